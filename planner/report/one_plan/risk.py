"""What a plan may come to: profit and spend over the drawn futures, and how much of the promise is optimism."""

from __future__ import annotations

from planner.figures import MoneyStyle, money_style
from planner.reasons.luck import QUANTILES, leaning, losing, promising, quantile_errors
from planner.reasons.used_up import funds_used_up
from planner.report.table import Column, FittedTable
from scenarios.answer.plan import PlanSet, RankedPlan

_LABELS = {"profit": "profit gained", "spend": "spend"}


def show_risk(plan: RankedPlan, plan_set: PlanSet) -> FittedTable:
    """One row a figure: expected, and at 5 %, 50 % and 95 % of the futures; optimism below."""
    outcome, ranges = plan.outcome, plan.outcome.quantiles
    expected = {"profit": outcome.profit_change, "spend": outcome.spend}
    amounts = [amount for each in ranges.values() for amount in (each.p05, each.p50, each.p95)]
    money = money_style(plan_set.currency, [*expected.values(), *amounts])
    rows = []
    for name, found in ranges.items():
        signed = name == "profit"
        figures = (expected.get(name), found.p05, found.p50, found.p95)
        rows.append((_LABELS.get(name, name), *(money(amount, signed=signed) for amount in figures)))
    notes = [f"the plan {losing(outcome)}"] if losing(outcome) else []
    notes += funds_used_up(outcome, plan.limits, plan_set.currency)
    notes.append(QUANTILES)
    moved = quantile_errors(ranges["profit"], money) if "profit" in ranges else ""
    if moved:
        notes.append(f"another seed draws other futures: of all that there may be, profit gained has {moved} (90%)")
    notes += _optimism(plan, plan_set, money)
    return FittedTable(
        title="What it may come to",
        columns=(
            Column(title="", least=13),
            Column(title="expected", number=True),
            Column(title="P5", number=True),
            Column(title="P50", number=True),
            Column(title="P95", number=True),
        ),
        rows=tuple(rows),
        notes=(*notes, money.caption),
    )


def _optimism(plan: RankedPlan, plan_set: PlanSet, money: MoneyStyle) -> list[str]:
    """One statement: how far this plan promises too much, and what another way of telling says of such plans."""
    halves = (
        ""
        if plan_set.cross_fit is None
        else f"plans made on one half of the futures promise {promising(plan_set.cross_fit, plan_set.cross_fit_error)}"
    )
    if plan.optimism is None:
        return [f"optimism by cross-fitting: {halves}"] if halves else []
    what = "objective" if plan_set.front is None else plan_set.front.leading.words
    own = f"optimism: against futures that no search has seen, this plan's {what} is {leaning(plan, plan_set, money)}"
    return [f"{own}; for comparison, by cross-fitting, {halves}" if halves else own]

"""The ranked plans side by side, and what the best one beats."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from planner.export.rest import BASELINES, habit_name
from planner.figures import MANY, NOTHING, MoneyStyle, count, money_style, part, plural, share, up_to_many
from planner.reasons.luck import CANNOT, as_amount, more_futures_lose, optimism_cell
from planner.report.side_by_side.plan_difference import difference_share
from planner.report.table import About, Column, FittedTable
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.first_few import NAMED, first_few
from scenarios.language.aim import Objective, caution_of, weights_of
from scenarios.language.schema import Scenario

HABITS = ("greedy", "uniform", "last_campaign")
"""Yardsticks that are mended where they break a limit."""


def show_ranking(plan_set: PlanSet, scenario: Scenario) -> FittedTable:
    """One row a plan: objective, gap, spend, return, units, lines, mechanics, its range, how much it differs."""
    plans = plan_set.plans
    money = money_style(
        plan_set.currency, [amount for plan in plans for amount in (plan.objective, plan.outcome.spend)]
    )
    profit_only = isinstance(scenario.objective, str)
    title = "profit gained" if profit_only else "objective"
    rows = []
    for plan in plans:
        outcome, range_ = plan.outcome, plan.outcome.quantiles.get("profit")
        rows.append(
            (
                str(plan.rank),
                money(plan.objective, signed=True),
                up_to_many(plan.gap, share(plan.gap, digits=2)),
                *(() if profit_only else (money(outcome.profit_change, signed=True),)),
                money(outcome.spend),
                NOTHING if outcome.roi is None else f"{outcome.roi:.2f}",
                count(outcome.units_change, signed=True),
                f"{len(plan.lines):,}",
                str(len(mechanics_of(plan, scenario))),
                NOTHING if range_ is None else f"{money(range_.p05)} to {money(range_.p95)}",
                optimism_cell(plan, plan_set, money) or NOTHING,
                NOTHING if plan.rank == 1 else part(difference_share(plans[0], plan)),
            )
        )
    return FittedTable(
        title=f"{plural(len(plans), 'plan')} for {scenario.title or scenario.scenario}",
        columns=(
            Column(title="#", number=True),
            Column(title=title, number=True),
            Column(title="gap", number=True),
            *(() if profit_only else (Column(title="profit", number=True),)),
            Column(title="spend", number=True),
            Column(title="ROI", number=True, gives_way=1),
            Column(title="units", number=True, gives_way=4),
            Column(title="lines", number=True, gives_way=2),
            Column(title="mechanics", number=True, gives_way=5),
            Column(title="profit, 90% of futures", number=True),
            Column(title="optimism", number=True, gives_way=6),
            Column(title="differs", number=True, gives_way=3),
        ),
        rows=tuple(rows),
        notes=(
            *filter(None, [more_futures_lose(plan_set, money)]),
            f"changes against no promotion; ROI = profit gained / gross spend; {money.caption}",
            *(() if profit_only else (f"objective: {plan_set.objective}",)),
            *_of_the_gap(plan_set, money),
        ),
        abouts=_of_optimism(plan_set),
        empty="no plan",
    )


def _of_the_gap(plan_set: PlanSet, money: MoneyStyle) -> Iterator[str]:
    """Say what the gap is, and what no plan is worth more than."""
    if all(plan.gap is None for plan in plan_set.plans):
        return
    first = plan_set.plans[0].objective
    best = "" if plan_set.bound is None else f"; none is worth more than {money(plan_set.bound, signed=True)}"
    if plan_set.bound is not None and first < 0:
        # A share of what a losing plan may come to says little: near nothing it is large whatever is missing.
        best += f", {money(plan_set.bound - first)} better than plan 1 (gaps are shares of that bound)"
    yield f"gap: how far a plan can be from the best possible one, proven under this response model{best}"


def _of_optimism(plan_set: PlanSet) -> tuple[About, ...]:
    """Say what the column of optimism is, where there is one."""
    if all(plan.optimism is None for plan in plan_set.plans):
        return ()
    text = "optimism: share of the objective that is missing on average in futures that the search has not seen"
    if any(plan.optimism_error is not None for plan in plan_set.plans):
        amounts = any(as_amount(plan, plan_set) for plan in plan_set.plans)
        text += "; an amount where the objective is small beside spend" if amounts else ""
        text += "; ± what the luck of their draw makes of it (90%); within ±: it " + CANNOT
    return (About(column="optimism", text=text),)


def mechanics_of(plan: RankedPlan, scenario: Scenario) -> tuple[str, ...]:
    """Mechanics that a plan uses, in the order of the scenario's offers."""
    used = {line.offer for line in plan.lines}
    return tuple(dict.fromkeys(offer.mechanic.value for offer in scenario.offers if offer.id in used))


def show_baselines(
    plan: RankedPlan, currency: str, *, timed: bool = False, objective: Objective = "profit"
) -> FittedTable:
    """Show the best plan beside what people would do without a planner; ``timed``: where time was limited."""
    ahead_by, behind_by = _lead_words(objective)
    known = [(name, amount) for name, amount in plan.baselines.items() if amount is not None]
    money = money_style(currency, [plan.objective, *(amount for _, amount in known)])
    rows: list[tuple[str | Text, str, str]] = [
        (Text("this plan", style="bold"), money(plan.objective, signed=True), "")
    ]
    for name, amount in known:
        ahead = plan.objective - amount
        telling = amount > 0 and abs(ahead) < MANY * amount
        more = f" ({share(float(ahead / amount), digits=0, signed=True)})" if telling else ""
        lead = f"{behind_by} {money(-ahead)}" if ahead < 0 else money(ahead, signed=True)
        rows.append((habit_name(name, plan), money(amount, signed=True), lead + more))
    return FittedTable(
        title="Beside the best plan",
        columns=(
            Column(title="plan", least=20),
            Column(title="objective", number=True),
            Column(title=f"the best plan {ahead_by}", number=True),
        ),
        rows=tuple(rows),
        notes=tuple(_of_habits(plan, timed=timed)),
    )


def _lead_words(objective: Objective) -> tuple[str, str]:
    """How a plan is said to be ahead, and behind: of what is to be small there is less or more."""
    weights = weights_of(objective)
    if caution_of(objective) is not None or any(weight >= 0 for weight in weights.values()):
        return "is ahead by", "behind by"
    if list(weights.values()) == [-1]:
        (measure,) = weights
        return f"has less {measure.words} by", f"more {measure.words} by"
    return "costs less by", "costs more by"


def _in_the_way(plan: RankedPlan) -> str:
    """Say what keeps a habit from being a plan: what no promotion breaks, where it begins, and limits at risk.

    Lines that gain break nothing on the expected account, so nothing else can stand in its way.
    """
    reasons = []
    if plan.no_promotion_breaks:
        reasons.append(f"it begins with no promotion, which breaks {first_few(plan.no_promotion_breaks)}")
    risky = [limit.id for limit in plan.limits if limit.at_risk is not None]
    if risky:
        reasons.append(f"{first_few(risky)} must hold in enough of the futures")
    return f"; {', and '.join(reasons)}" if reasons else ""


def _of_habits(plan: RankedPlan, *, timed: bool) -> Iterator[str]:
    """What a reader must know of habits that stand beside a plan, or do not.

    A run that was cut short, or planned a rest only, looked for none: its plan holds no entry of them.
    """
    sure = ("greedy", "uniform")
    if any(plan.baselines.get(name) is not None for name in HABITS):
        yield "all rows are valued by the same effects and response: they compare ways of choosing, not what is known"
    if plan.baselines and not any(name in plan.baselines for name in sure):
        yield f"{' and '.join(BASELINES[name] for name in sure)}: this run did not look for them"
    missing = [BASELINES[name] for name in sure if plan.baselines.get(name, 0) is None]
    if missing:
        late = ", or no time was left" if timed else ""
        yield f"{' and '.join(missing)}: none that keeps all limits and rules was found{late}{_in_the_way(plan)}"
    floors = [limit.id for limit in plan.limits if limit.sense == "min" and not limit.ratio]
    if floors and any(plan.baselines.get(name) is not None for name in HABITS):
        yield (
            f"a habit that misses {' or '.join(floors[:NAMED])} is mended with lines that are none of its own, and may "
            "earn more with them"
        )

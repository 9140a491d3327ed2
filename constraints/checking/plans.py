"""One plan of plans.json against its recomputation: every line, total, limit, rule and contribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from constraints.checking.differences import Difference, compare
from constraints.ledger import Ledger, LedgerReport
from constraints.line_words import line_words
from scenarios.answer.contributions import contribution_amounts
from scenarios.answer.json_records import to_data
from scenarios.answer.plan import Outcome, Quantiles, RankedPlan
from scenarios.answer.plan_files import PLANS
from scenarios.answer.summary import line_results
from scenarios.answer.verdicts import LimitResult, PriceRange
from scenarios.grid import LineError
from scenarios.language.plan_lines import PlanLine


def check_plan(ledger: Ledger, plan: RankedPlan, number: int) -> tuple[LedgerReport, list[Difference]]:
    """Recompute one plan from its lines and compare every value.

    Parameters
    ----------
    number
        Place of the plan in plans.json, from 0.

    Returns
    -------
    report, differences
        The account of the lines that stand on the scenario's grid; and what deviates, lines that do not among it.
    """
    place = f"plans[{number}]"
    found: list[Difference] = []
    usable: dict[int, PlanLine] = {}
    places: dict[int, int] = {}
    vector = ledger.grid.empty()
    for at, line in enumerate(plan.plan_lines):
        try:
            slot, choice = ledger.grid.locate(line)
            if not (0 <= slot.period < ledger.grid.shape[2]):
                raise LineError(f"{line.date} lies outside the horizon")
        except LineError as error:
            got = f"{line_words(line)}: {error}"
            found.append(
                Difference(file=PLANS, place=f"{place}.lines[{at}]", expected="a line of the scenario", got=got)
            )
            continue
        index = ledger.grid.slot_number(slot)
        if index in usable:
            expected, got = "one line in its place", f"a second one, {line_words(line)}"
            found.append(Difference(file=PLANS, place=f"{place}.lines[{at}]", expected=expected, got=got))
            continue
        usable[index], places[index] = line, at
        vector[index] = choice
    report = ledger.audit(vector)
    ordered = [usable[index] for index in sorted(usable)]
    written_at = [places[index] for index in sorted(usable)]
    if list(usable) != sorted(usable):
        at = next(n for n, (one, other) in enumerate(zip(usable, sorted(usable), strict=True)) if one != other)
        expected, got = line_words(ordered[at]), line_words(list(usable.values())[at])
        found.append(
            Difference(file=PLANS, place=f"{place}.lines[{at}]", expected=expected, got=f"{got}, out of order")
        )
    expected_data = to_data(_recomputed(ledger, plan, report, number, written_at))
    got_data = to_data(plan)
    wanted, written = expected_data.pop("lines"), got_data.pop("lines")
    found += compare(expected_data, got_data, file=PLANS, place=place)
    # Matched by where they stand, not by what they say: a day of the same week, or a coverage a hair off, is the same
    # line to the account, and every word and figure of it is compared.
    for line, at in zip(wanted, written_at, strict=True):
        name = f"{place}.lines[{at}] ({line_words(plan.lines[at].line)})"
        found += compare(line, written[at], file=PLANS, place=name)
    return report, found


def _priced(limit: LimitResult, price: float | None, holds: PriceRange | None) -> LimitResult:
    return replace(limit, shadow_price=price, price_holds=holds)


def _as_told(outcome: Outcome, told: Outcome) -> Outcome:
    """Leave out what older folders do not tell: how far quantiles move, how often a plan loses or uses a fund up."""
    ranges = {
        name: found
        if (old := told.quantiles.get(name)) is None or old.p05_low is not None
        else Quantiles(p05=found.p05, p50=found.p50, p95=found.p95)
        for name, found in outcome.quantiles.items()
    }
    return replace(
        outcome,
        quantiles=ranges,
        loss_share=None if told.loss_share is None else outcome.loss_share,
        unplaced=None if told.unplaced is None else outcome.unplaced,
        funds_used_up=None if told.funds_used_up is None else outcome.funds_used_up,
    )


def _recomputed(
    ledger: Ledger, plan: RankedPlan, report: LedgerReport, number: int, written_at: Sequence[int]
) -> RankedPlan:
    """Return the plan as it should be written; sealed values are taken over.

    Parameters
    ----------
    written_at
        Where each recomputed line stands among the written ones.
    """
    prices = {limit.id: (limit.shadow_price, limit.price_holds) for limit in plan.limits}
    amounts, interaction = contribution_amounts(ledger.model, report.account, report.expected)
    lines = line_results(report.account, amounts)
    told = any(line.contribution is not None for line in plan.lines) or plan.interaction is not None
    kept = [plan.lines[at] for at in written_at]
    return replace(
        plan,
        rank=number + 1,
        objective=report.objective,
        objectives=report.objectives,
        no_promotion_breaks=ledger.empty_breaks,
        outcome=_as_told(report.outcome, plan.outcome),
        interaction=interaction if told else None,
        limits=tuple(_priced(limit, *prices.get(limit.id, (None, None))) for limit in report.limits),
        rules=report.rules,
        lines=tuple(
            replace(
                line,
                why=old.why,
                contribution=line.contribution if told else None,
            )
            for line, old in zip(lines, kept, strict=True)
        ),
    )

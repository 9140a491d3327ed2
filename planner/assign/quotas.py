"""A plan as limits: how many customers of each segment it sends each offer to, and what its other lines use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from functools import cache
from pathlib import Path

import numpy as np

from constraints.assign.counted import Quotas
from constraints.assign.goods import goods_by_id
from constraints.limits.entries import LimitEntry, LimitRow, limit_entries
from planner.assign.customers.sources import FromPlan
from planner.assign.messages import Messages
from planner.flight.counted import as_counted
from scenarios.answer.past_use import PastUse
from scenarios.answer.plan import LineResult, PlanSet, RankedPlan
from scenarios.answer.plan_files import PLANS, plan_place, read_plans, sha256
from scenarios.answer.planned import planned
from scenarios.answer.sums import digits_of
from scenarios.currency import minor_digits
from scenarios.grid import Grid, build_grid
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Scenario
from scenarios.language.where import holds
from scenarios.language.words import EVERYBODY, Measure
from scenarios.loading.load import LoadedScenario
from scenarios.problems import InvalidInput, Problem
from scenarios.response.coefficients import build_coefficients
from scenarios.response.messages import met, reach_in, whole_customers
from scenarios.rounding import UNIT_DIGITS, to_decimal, units
from scenarios.scope_mask import in_scope


def quotas_of(grid: Grid, plan: RankedPlan, span: DateRange | None, past: Callable[[], PastUse]) -> Quotas:
    """Read a plan.

    Parameters
    ----------
    grid
        Of the scenario as it was planned: segments and products in place.
    span
        Dates on which the offers go out; all of the horizon where none is given.
    past
        Gives what lines before the horizon used, where some window reaches back to them.
    """
    scenario, segments = grid.scenario, grid.segments
    customers = np.zeros((len(segments), len(scenario.offers)), dtype=np.int64)
    pieces = Counter[tuple[int, int]]()
    reach = [reach_in(scenario, segment) for segment in segments]
    others = []
    for line in plan.lines:
        if not _assigned(scenario, line, span):
            others.append(line)
            continue
        place = grid.segment_index[line.segment], grid.offer_index[line.offer]
        told = line.coverage * reach[place[0]].get(scenario.offers[place[1]].channel or "", 1.0)
        reached = whole_customers(segments[place[0]].customers, told * line.quantity)
        # one message tells of an offer on several products: the same customers hear of all of them
        customers[place] = max(customers[place], reached)
        if line.pieces is not None:
            pieces[place] += line.pieces
    plain = (entry for entry in limit_entries(grid) if entry.whole is None)
    messages = Messages(grid, plan.lines)
    taken = {entry.id: _taken(grid, entry, others, span, past, messages) for entry in plain}
    sends_on = sorted({line.period for line in plan.lines if line.segment != EVERYBODY})
    sizes = {segment.id: segment.customers for segment in segments}
    return Quotas(customers=customers, taken=taken, pieces=pieces, sends_on=tuple(sends_on), sizes=sizes)


def _assigned(scenario: Scenario, line: LineResult, span: DateRange | None) -> bool:
    """Whether a line's offer is what single customers are given."""
    if line.segment == EVERYBODY:
        return False
    return span is None or holds((span,), line.period, scenario.horizon.period_days)


def _taken(
    grid: Grid,
    entry: LimitEntry,
    others: list[LineResult],
    span: DateRange | None,
    past: Callable[[], PastUse],
    messages: Messages,
) -> Decimal:
    """Return what lines use of a limit; of windows, weeks and months the one with the most that offers go out in."""
    rows = (row for row in entry.rows if row.at is None or span is None or _meet(row, span))
    return max((_used(grid, entry, row, others, past, messages) for row in rows), default=Decimal(0))


def _meet(row: LimitRow, span: DateRange) -> bool:
    return any(span.first <= days.last and days.first <= span.last for days in row.where.periods or ())


def _used(
    grid: Grid,
    entry: LimitEntry,
    row: LimitRow,
    others: list[LineResult],
    past: Callable[[], PastUse],
    messages: Messages,
) -> Decimal:
    """Return what lines use of one row of a limit, and what lines before the horizon used of it."""
    scenario, measure = grid.scenario, entry.measure
    goods, where = goods_by_id(scenario), row.where
    lines = [
        line
        for line in others
        if in_scope(where, scenario.offers[grid.offer_index[line.offer]], goods[line.product].vendor)
        and goods[line.product].inside(where)
        and (where.segments is None or line.segment == EVERYBODY or line.segment in where.segments)
        and holds(where.periods, line.period, scenario.horizon.period_days)
    ]
    before = Decimal(0)
    if row.past:
        digits = digits_of(measure, minor_digits(scenario.currency))
        before = to_decimal(past().used(measure, entry.limit.where, row.past), digits)
    if measure is Measure.CUSTOMERS_REACHED:
        return before + _reached(grid, lines)
    return before + sum((_amount(line, measure) for line in lines), start=Decimal(0)) + messages.beside(lines, measure)


def _amount(line: LineResult, measure: Measure | str) -> Decimal:
    if measure is Measure.CASH_COST:
        return line.gross_spend - line.discount
    amount = getattr(line, str(measure), None)
    return amount if isinstance(amount, Decimal) else Decimal(0)


def _reached(grid: Grid, lines: list[LineResult]) -> Decimal:
    """Customers whom at least one of some lines reaches, as the ledger counts them, rounded up: it is taken off."""
    people, offers = 0, grid.scenario.offers
    for segment in grid.segments:
        own = [line for line in lines if line.segment == segment.id]
        coverage, channels = (
            np.array([line.coverage for line in own]),
            [offers[grid.offer_index[line.offer]].channel for line in own],
        )
        people += int(units(met(reach_in(grid.scenario, segment), segment.customers, channels, coverage)))
    return to_decimal(people, UNIT_DIGITS).to_integral_value(ROUND_CEILING)


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanQuotas:
    """What is read of a plan directory."""

    quotas: Quotas
    plan: FromPlan
    segments: tuple[str, ...]


def plan_quotas(
    loaded: LoadedScenario, folder: Path, pick: Callable[[PlanSet], RankedPlan], span: DateRange | None
) -> PlanQuotas:
    """Read a plan directory that was made for a scenario.

    Raises
    ------
    InvalidInput
        For folders that hold no plans, plans of another scenario, and lines that are none of it.
    """
    directory = read_plans(folder)
    frozen = directory.problem()
    if frozen.raw != loaded.raw or frozen.overrides != loaded.overrides:
        what = "as it stands" if frozen.raw != loaded.raw else "with the same --set options"
        got = f"one of {frozen.scenario.scenario}, as it was then"
        remedy = "plan again, or give the scenario that was planned"
        problem = Problem(
            where="--quotas", what=str(folder), expected=f"a plan of {loaded.scenario.scenario} {what}", got=got,
            remedy=remedy,
        )  # fmt: skip
        raise InvalidInput([problem])
    ranked = pick(directory.plan_set)
    ranked = replace(ranked, lines=as_counted(frozen, ranked.lines))
    grid = build_grid(frozen.scenario, frozen.custom)
    planned(grid, ranked.plan_lines, where=plan_place(folder, ranked.rank))
    past = cache(lambda: PastUse(build_coefficients(grid, frozen.effects, frozen.baskets)))
    return PlanQuotas(
        quotas=quotas_of(grid, ranked, span, past),
        plan=FromPlan(plan=ranked.rank, sha256=sha256(directory.raw[PLANS])),
        segments=tuple(segment.id for segment in grid.segments),
    )

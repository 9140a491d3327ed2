"""A plan as limits: how many customers of each segment it sends each offer to, and what its other lines use."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from functools import cache
from pathlib import Path

import numpy as np

from constraints.assign.counted import COUNTED, Quotas
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
from scenarios.language.schema import Offer, Scenario
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
    sends, others = _sends(scenario, plan.lines, span), []
    for line in plan.lines:
        if not _assigned(scenario, line, span, sends):
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
    longer = _until_last(scenario, span, sends)
    taken = {
        entry.id: _taken(grid, entry, others, span if entry.measure in COUNTED else longer, past, messages)
        for entry in plain
    }
    sends_on = sorted({line.period for line in plan.lines if line.segment != EVERYBODY and _told(scenario, line)})
    sizes = {segment.id: segment.customers for segment in segments}
    return Quotas(customers=customers, taken=taken, pieces=pieces, sends_on=tuple(sends_on), sends=sends, sizes=sizes)


def _offer(scenario: Scenario, line: LineResult) -> Offer:
    return next(offer for offer in scenario.offers if offer.id == line.offer)


def _told(scenario: Scenario, line: LineResult) -> bool:
    """Whether a line's message goes out in its period."""
    return _offer(scenario, line).told_in(scenario.horizon, scenario.horizon.period_of(line.period))


def _within(scenario: Scenario, day: dt.date, span: DateRange | None) -> bool:
    return span is None or holds((span,), day, scenario.horizon.period_days)


def _sends(scenario: Scenario, lines: Sequence[LineResult], span: DateRange | None) -> dict[str, int]:
    """Period of the first sending on the dates of each planned offer that is sent once."""
    found: dict[str, int] = {}
    for line in lines:
        if _offer(scenario, line).valid is not None and _told(scenario, line) and _within(scenario, line.period, span):
            period = scenario.horizon.period_of(line.period)
            found[line.offer] = min(found.get(line.offer, period), period)
    return found


def _assigned(scenario: Scenario, line: LineResult, span: DateRange | None, sends: Mapping[str, int]) -> bool:
    """Whether a line's offer is what single customers are given: of one that is sent once, all days of a sending."""
    if line.segment == EVERYBODY:
        return False
    valid = _offer(scenario, line).valid
    if valid is None:
        return _within(scenario, line.period, span)
    sending = valid.sending_of(scenario.horizon, scenario.horizon.period_of(line.period))
    return sending is not None and sending == sends.get(line.offer)


def _until_last(scenario: Scenario, span: DateRange | None, sends: Mapping[str, int]) -> DateRange | None:
    """Dates on which customers have what goes out on some dates: what is sent once lasts longer."""
    if span is None:
        return None
    horizon = scenario.horizon
    valid = {offer.id: offer.valid for offer in scenario.offers}
    ends = [own.until(horizon, period) for name, period in sends.items() if (own := valid[name]) is not None]
    return DateRange(first=span.first, last=max([span.last, *ends]))


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
        own = [line for line in lines if line.segment == segment.id and _told(grid.scenario, line)]
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

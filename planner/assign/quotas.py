"""A plan as limits: how many customers of each segment it sends each offer to, and what its other lines use."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from math import floor
from pathlib import Path

import numpy as np

from constraints.assign.counted import Quotas
from constraints.assign.goods import goods_by_id
from constraints.limits.implied import written_and_implied
from constraints.limits.spans import spans_of
from planner.assign.record import FromPlan
from planner.flight.counted import as_counted
from scenarios.answer.plan import LineResult, PlanSet, RankedPlan
from scenarios.answer.plan_files import PLANS, read_plans, sha256
from scenarios.language.load import LoadedScenario
from scenarios.language.schema import Limit, Scenario, Segment
from scenarios.language.values import DateRange
from scenarios.language.where import holds
from scenarios.language.words import EVERYBODY, Layer, Measure
from scenarios.problems import InvalidInput, Problem
from scenarios.scope_mask import in_scope

_EPSILON = 1e-9


def quotas_of(scenario: Scenario, plan: RankedPlan, span: DateRange | None) -> Quotas:
    """Read a plan.

    Parameters
    ----------
    scenario
        As it was planned: segments and products in place.
    span
        Dates on which the offers go out; all of the horizon where none is given.
    """
    segments = scenario.segments if isinstance(scenario.segments, tuple) else ()
    offers = {offer.id: number for number, offer in enumerate(scenario.offers)}
    rows = {segment.id: number for number, segment in enumerate(segments)}
    customers = np.zeros((len(segments), len(offers)), dtype=np.int64)
    pieces = Counter[tuple[int, int]]()
    others = []
    for line in plan.lines:
        if not _assigned(scenario, line, span):
            others.append(line)
            continue
        place = rows[line.segment], offers[line.offer]
        reached = floor(segments[place[0]].customers * line.coverage * line.quantity + _EPSILON)
        # one message tells of an offer on several products: the same customers hear of all of them
        customers[place] = max(customers[place], reached)
        if line.pieces is not None:
            pieces[place] += line.pieces
    taken = {name: _taken(scenario, limit, others, span) for name, limit, _ in written_and_implied(scenario)}
    sends_on = sorted({line.period for line in plan.lines if line.segment != EVERYBODY})
    sizes = {segment.id: segment.customers for segment in segments}
    return Quotas(customers=customers, taken=taken, pieces=pieces, sends_on=tuple(sends_on), sizes=sizes)


def _assigned(scenario: Scenario, line: LineResult, span: DateRange | None) -> bool:
    """Whether a line's offer is what single customers are given."""
    if line.segment == EVERYBODY:
        return False
    return span is None or holds((span,), line.period, scenario.horizon.period_days)


def _taken(scenario: Scenario, limit: Limit, others: list[LineResult], span: DateRange | None) -> Decimal:
    """Return what lines use of a limit; of windows, weeks and months the one with the most that offers go out in."""
    days = scenario.horizon.period_days
    stretches: list[DateRange | None] = [None]
    if limit.window is not None or limit.each is not None:
        stretches = []
        for one in spans_of(limit, scenario.horizon):
            last = scenario.horizon.date_of(one.last) + dt.timedelta(days=days - 1)
            stretch = DateRange(first=scenario.horizon.date_of(max(one.first, 0)), last=last)
            if span is None or (span.first <= stretch.last and stretch.first <= span.last):
                stretches.append(stretch)
    return max((_used(scenario, limit, others, stretch) for stretch in stretches), default=Decimal(0))


def _used(scenario: Scenario, limit: Limit, others: list[LineResult], stretch: DateRange | None) -> Decimal:
    offers = {offer.id: offer for offer in scenario.offers}
    goods = goods_by_id(scenario)
    days = scenario.horizon.period_days
    total = Decimal(0)
    for line in others:
        inside = (
            in_scope(limit.where, offers[line.offer])
            and goods[line.product].inside(limit.where)
            and (limit.where.segments is None or line.segment == EVERYBODY or line.segment in limit.where.segments)
            and holds(limit.where.periods, line.period, days)
            and (stretch is None or holds((stretch,), line.period, days))
        )
        if inside:
            total += _amount(scenario, line, limit.measure, offers[line.offer].layer)
    return total


def _amount(scenario: Scenario, line: LineResult, word: str, layer: Layer) -> Decimal:
    measure = Measure.read(word)
    if measure is Measure.CASH_COST:
        return line.gross_spend - line.discount
    if measure is Measure.CUSTOMERS_REACHED:
        return Decimal(0) if layer is Layer.PUBLIC else _reached(scenario, line)
    amount = getattr(line, str(measure), None)
    return amount if isinstance(amount, Decimal) else Decimal(0)


def _reached(scenario: Scenario, line: LineResult) -> Decimal:
    segments: tuple[Segment, ...] = scenario.segments if isinstance(scenario.segments, tuple) else ()
    size = next((one.customers for one in segments if one.id == line.segment), 0)
    return (Decimal(size) * Decimal(repr(line.coverage))).to_integral_value(ROUND_FLOOR)


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
        For folders that hold no plans, and plans of another scenario.
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
    segments = frozen.scenario.segments if isinstance(frozen.scenario.segments, tuple) else ()
    return PlanQuotas(
        quotas=quotas_of(frozen.scenario, ranked, span),
        plan=FromPlan(plan=ranked.rank, sha256=sha256(directory.raw[PLANS])),
        segments=tuple(segment.id for segment in segments),
    )

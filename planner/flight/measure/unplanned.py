"""What ran otherwise than agreed, as evidence: what is sure of it, what was somebody's choice, and what a folder keeps.

The past of a plan that was made again holds what ran, so that nothing of it looks unplanned any more. Its folder keeps
which lines no plan had, and which did not run, for the next re-planning to weigh them as the first one did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.figures import plural
from planner.flight.measure.by_lot import without_lots
from planner.flight.measure.measured import Switch
from scenarios.answer.in_flight import InFlight, OtherLine
from scenarios.arrays import Flag, Plan
from scenarios.first_few import first_few
from scenarios.flight.actuals import Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.series import all_ran_as_planned
from scenarios.grid import Grid
from scenarios.language.words import BASKET


@dataclass(frozen=True, kw_only=True, eq=False)
class WhatRan:
    """A running plan with what ran in the place of its past. Letters as in `scenarios.grid`."""

    plan: Plan
    """[N] what ran, and what is to run."""
    sure: Plan
    """[N] the same without lines of which nobody knows whom they reached."""
    chosen: Flag
    """[K, T] cells on which something else ran than was agreed, because somebody chose so and no lot."""
    lines: tuple[OtherLine, ...]
    """What makes them so, with what earlier re-plannings knew."""
    said: tuple[str, ...]
    """Sentences: what of it teaches nothing, or less."""


def what_ran(flight: InFlight | None, plan: Plan, actuals: Actuals, switches: Sequence[Switch] = ()) -> WhatRan:
    """Tell what ran in place of a running plan, what of it is sure, and what was somebody's choice.

    Parameters
    ----------
    flight
        What the folder of the plan keeps of earlier re-plannings.
    plan
        The flat plan [N] that runs.
    switches
        Periods of public prices in the lots of its rollouts: what they switched off was agreed.
    """
    grid = actuals.grid
    by_lot = {(each.period, each.product, each.offer) for each in switches if not each.on}
    day = grid.scenario.horizon.period_of
    older = tuple(
        one
        for one in (() if flight is None else flight.otherwise)
        if one.ran or (day(one.date), one.product, one.offer) not in by_lot
    )
    agreed, _ = without_lots(grid, _without(grid, plan, older), switches, range(actuals.last + 1))
    ran = as_it_ran(actuals, plan)
    chosen = ~all_ran_as_planned(actuals, agreed)
    for one in older:
        where = slice(None) if one.product == BASKET else grid.product_index[one.product]
        chosen[where, day(one.date)] = True
    sure = as_it_ran(actuals, agreed, sure=True)
    new = (*_lines(grid, agreed, ran, ran=True), *_lines(grid, ran, agreed, ran=False))
    halved = chosen & all_ran_as_planned(actuals, sure)
    return WhatRan(
        plan=ran,
        sure=sure,
        chosen=chosen,
        lines=tuple(dict.fromkeys((*older, *new))),
        said=(
            *_taught_nothing(grid, _lines(grid, sure, ran, ran=True)),
            *_taught_less(actuals, halved),
        ),
    )


def _without(grid: Grid, plan: Plan, older: Sequence[OtherLine]) -> Plan:
    """Return a running plan without the lines of its past that no plan had."""
    unplanned = {(one.date, one.product, one.segment, one.offer) for one in older if one.ran}
    left = plan.copy()
    for line in grid.lines(plan) if unplanned else ():
        if (line.date, line.product, line.segment, line.offer) in unplanned:
            slot, _ = grid.locate(line)
            left[grid.slot_number(slot)] = 0
    return left


def _lines(grid: Grid, before: Plan, after: Plan, *, ran: bool) -> tuple[OtherLine, ...]:
    """Return the lines of one plan that the other one has not."""
    return tuple(
        OtherLine(date=line.date, product=line.product, segment=line.segment, offer=line.offer, ran=ran)
        for line in grid.lines(np.where(before != after, after, 0).astype(after.dtype))
    )


def _taught_nothing(grid: Grid, lines: Sequence[OtherLine]) -> Iterator[str]:
    """Say of which lines nothing is learned, because nobody knows how many customers they were for."""
    for counted, why in (
        (False, "the contacts of their rows do not tell whom they reached"),
        (True, "nobody knows how many pieces there were"),
    ):
        own = [one for one in lines if (grid.offer(one.offer).quantity is not None) == counted]
        if own:
            names = list(dict.fromkeys(f"{one.offer} on {one.product}, {one.date}" for one in own))
            yield f"nothing is learned of lines that ran unplanned where {why}: {first_few(names, joint='; ')}"


def _taught_less(actuals: Actuals, halved: Flag) -> Iterator[str]:
    """Say how much evidence counts half, because somebody chose what ran."""
    count = int((halved & actuals.observed)[:, : actuals.last + 1].sum())
    if count:
        unit, counts = actuals.grid.scenario.horizon.unit.value, "counts" if count == 1 else "count"
        yield (
            f"{plural(count, unit)} of single products on which something else ran than planned {counts} half as "
            "evidence: whoever chose it may have had a reason"
        )

"""The plan as it really ran: what the actuals show not to have run is taken out, what ran unplanned is put in.

A line that ran unplanned takes the coverage and the pieces of the offer's line that is nearest in time, on the same
product and for the same segment first; where the plan has none, all of the segment, and pieces for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import Actuals, Ran
from scenarios.grid import Choice, Grid, Slot
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import BASKET, Layer

Plan = NDArray[np.int8]


def as_it_ran(actuals: Actuals, plan: Plan) -> Plan:
    """Return the plan with what really ran in place of what was planned; the plan itself where no offer is told.

    An offer that ran for some segments stays. So do lines on whole baskets in periods without rows of baskets: only
    these could tell of them. What ran where the scenario does not let it run is not put in: see `beyond_the_grid`.

    Parameters
    ----------
    plan
        The flat plan [N] that was to run.
    """
    if actuals.ran is None:
        return plan
    grid, ran = actuals.grid, plan.copy()
    for line in grid.lines(plan):
        if not _ran(actuals, actuals.ran, line):
            slot, _ = grid.locate(line)
            ran[grid.slot_number(slot)] = 0
    for told, slots in _unplanned(actuals, plan):
        for slot in slots:
            number = grid.slot_number(slot)
            if not ran[number]:
                ran[number] = _level(grid, plan, slot, told.offer)
    return ran


def beyond_the_grid(actuals: Actuals, plan: Plan) -> tuple[Ran, ...]:
    """Return what ran and cannot be put in: where ``applies_to`` has no place for it, or another offer ran, too."""
    ran = as_it_ran(actuals, plan)
    return tuple(
        told
        for told, slots in _unplanned(actuals, plan)
        if not any(_holds(actuals.grid, ran, slot, told.offer) for slot in slots)
    )


def _ran(actuals: Actuals, told: frozenset[Ran], line: PlanLine) -> bool:
    """Whether a line ran, or may have run, because nothing is told of its place."""
    grid, period = actuals.grid, actuals.grid.scenario.horizon.period_of(line.date)
    product = None if line.product == BASKET else grid.product_index[line.product]
    rows = np.isfinite(actuals.tables["units"][:, :, -1 if product is None else product, period])
    if not rows.any():
        return True
    everybody = range(len(grid.segments))
    own = [grid.segment_index[line.segment]] if line.segment in grid.segment_index else list(everybody)
    places: list[int | None] = [*own] if rows[:, :-1].any() else [None]
    offer = grid.offer_index[line.offer]
    return any(Ran(period=period, product=product, segment=place, offer=offer) in told for place in places)


def _unplanned(actuals: Actuals, plan: Plan) -> Iterator[tuple[Ran, list[Slot]]]:
    """What ran and no line of the plan says, with the slots that it would hold, in order.

    Of a targeted offer on a row of everybody nobody knows for whom it ran: for all who may get it, unless the plan has
    it for some.
    """
    grid = actuals.grid
    for told in sorted(actuals.ran or (), key=lambda each: tuple(-1 if one is None else one for one in each)):
        public = grid.scenario.offers[told.offer].layer is Layer.PUBLIC
        block = (0 if public else 1) + (2 if told.product is None else 0)
        whom: list[int | None] = [None] if public else [told.segment]
        if not public and told.segment is None:
            whom = list(range(len(grid.segments)))
        slots = [Slot(period=told.period, product=told.product, segment=who, block=block) for who in whom]
        if any(_holds(grid, plan, slot, told.offer) for slot in slots):
            continue
        allowed = [slot for slot in slots if _levels(grid, slot, told.offer)]
        yield told, allowed


def _holds(grid: Grid, plan: Plan, slot: Slot, offer: int) -> bool:
    choice = int(plan[grid.slot_number(slot)])
    return choice > 0 and grid.choices[slot.block][choice - 1].offer == offer


def _levels(grid: Grid, slot: Slot, offer: int) -> list[int]:
    """Choices of a slot that are an offer."""
    allowed = grid.allowed_flat[grid.slot_number(slot)]
    return [n for n, choice in enumerate(grid.choices[slot.block], start=1) if choice.offer == offer and allowed[n]]


def _level(grid: Grid, plan: Plan, slot: Slot, offer: int) -> int:
    """Choice of a slot that is an offer, at the level of the plan's line that is most like it."""
    levels, found = _levels(grid, slot, offer), list[tuple[bool, bool, int, int, int]]()
    numbers = [n for n, choice in enumerate(grid.choices[slot.block], start=1) if choice.offer == offer]
    start = grid.offsets[slot.block]
    for index in np.flatnonzero(np.isin(plan[start : grid.offsets[slot.block + 1]], numbers)).tolist():
        other = grid.slot(start + index)
        far = abs(other.period - slot.period)
        found.append(
            (other.product != slot.product, other.segment != slot.segment, far, other.period, int(plan[start + index]))
        )
    for *_, level in sorted(found):
        if level in levels:
            return level

    def served(number: int) -> tuple[float, float]:
        choice: Choice = grid.choices[slot.block][number - 1]
        return choice.coverage, choice.quantity

    return max(levels, key=served)

"""The plan as it really ran: what the actuals show not to have run is taken out, what ran unplanned is put in.

A line that ran unplanned takes the coverage that the messages of its row tell (column ``contacts``), else that of the
offer's line that is nearest in time, on the same product and for the same segment first, and so its pieces; where the
plan has none, all of the segment, and pieces for everybody. Whom it reached is sure only of a public offer, and where
contacts come to a coverage that the offer may have; how many pieces it had nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Int, Plan
from scenarios.flight.actuals import Actuals, Ran
from scenarios.flight.messages.kept_out import kept_out_shares
from scenarios.flight.messages.unplanned_reach import reached_levels
from scenarios.grid import Grid, Slot
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import BASKET, Layer


def as_it_ran(actuals: Actuals, plan: Plan, *, sure: bool = False) -> Plan:
    """Return the plan with what really ran in place of what was planned; the plan itself where no offer is told.

    An offer that ran for some segments stays. So do lines on whole baskets in periods without rows of baskets: only
    these could tell of them. What ran where the scenario does not let it run is not put in: see `beyond_the_grid`.

    Parameters
    ----------
    plan
        The flat plan [N] that was to run.
    sure
        Leave out what ran unplanned and is not known to have reached as many, with as many pieces, as it would say.
    """
    if actuals.ran is None:
        return plan
    grid, ran = actuals.grid, plan.copy()
    for line in grid.lines(plan):
        if not _ran(actuals, actuals.ran, line):
            slot, _ = grid.locate(line)
            ran[grid.slot_number(slot)] = 0
    lines: dict[int, _Lines] = {}
    kept_out = kept_out_shares(actuals)
    for told, slots in _unplanned(actuals, plan):
        reached, known = reached_levels(actuals, told, slots, kept_out)
        if sure and not known:
            continue
        for slot in slots:
            number = grid.slot_number(slot)
            if not ran[number]:
                if told.offer not in lines:
                    lines[told.offer] = _lines_of(grid, plan, slot.block, told.offer)
                ran[number] = _level(grid, lines[told.offer], slot, told.offer, reached)
    return ran


def beyond_the_grid(actuals: Actuals, plan: Plan) -> tuple[Ran, ...]:
    """Return what ran and cannot be put in: where ``applies_to`` has no place for it, or another offer ran, too."""
    unplanned = list(_unplanned(actuals, plan))
    if not unplanned:
        return ()
    held = _held(actuals.grid, as_it_ran(actuals, plan))
    return tuple(told for told, slots in unplanned if not any((*_place(slot), told.offer) in held for slot in slots))


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


_Place = tuple[int, int | None, int | None]
"""Period, product (None for baskets) and segment (None for everybody)."""


def _place(slot: Slot) -> _Place:
    return slot.period, slot.product, slot.segment


def _held(grid: Grid, plan: Plan) -> set[tuple[int, int | None, int | None, int]]:
    """Places of a plan's lines, each with its offer."""
    found = set()
    for index in np.flatnonzero(plan).tolist():
        slot = grid.slot(index)
        found.add((*_place(slot), grid.choices[slot.block][int(plan[index]) - 1].offer))
    return found


def _unplanned(actuals: Actuals, plan: Plan) -> Iterator[tuple[Ran, list[Slot]]]:
    """What ran and no line of the plan says, with the slots that it may hold, in order.

    Of a targeted offer on a row of everybody nobody knows for whom it ran: for all who may get it, unless the plan has
    it for some.
    """
    grid, held = actuals.grid, _held(actuals.grid, plan)
    somebody = {(period, product, offer) for period, product, _, offer in held}
    public = [offer.layer is Layer.PUBLIC for offer in grid.scenario.offers]
    new = [
        told
        for told in actuals.ran or ()
        if (told.period, told.product, told.offer) not in somebody
        or not (public[told.offer] or told.segment is None or tuple(told) in held)
    ]
    for told in sorted(new, key=lambda each: tuple(-1 if one is None else one for one in each)):
        block = (0 if public[told.offer] else 1) + (2 if told.product is None else 0)
        whom: list[int | None] = [None] if public[told.offer] else [told.segment]
        if not public[told.offer] and told.segment is None:
            whom = list(range(len(grid.segments)))
        slots = [Slot(period=told.period, product=told.product, segment=who, block=block) for who in whom]
        yield told, [slot for slot in slots if _levels(grid, slot, told.offer)]


def _levels(grid: Grid, slot: Slot, offer: int) -> list[int]:
    """Choices of a slot that are an offer."""
    allowed = grid.allowed_flat[grid.slot_number(slot)]
    return [n for n, choice in enumerate(grid.choices[slot.block], start=1) if choice.offer == offer and allowed[n]]


class _Lines(NamedTuple):
    """Lines of one offer; -1 stands for everybody, or for baskets."""

    period: Int
    product: Int
    segment: Int
    choice: Int


def _lines_of(grid: Grid, plan: Plan, block: int, offer: int) -> _Lines:
    own = [n for n, choice in enumerate(grid.choices[block], start=1) if choice.offer == offer]
    start = grid.offsets[block]
    found = start + np.flatnonzero(np.isin(plan[start : grid.offsets[block + 1]], own))
    slots = [grid.slot(int(index)) for index in found]
    columns = [[-1 if one is None else one for one in column] for column in zip(*map(_place, slots), strict=True)]
    period, product, segment = (np.array(column, dtype=np.int64) for column in columns or ([], [], []))
    return _Lines(period=period, product=product, segment=segment, choice=plan[found].astype(np.int64))


def _level(grid: Grid, lines: _Lines, slot: Slot, offer: int, coverage: float | None) -> int:
    """Choice of a slot that is an offer: of a coverage, where that is told, at the level of the line most like it."""
    choices = grid.choices[slot.block]
    levels = _levels(grid, slot, offer)
    levels = [n for n in levels if coverage in (None, choices[n - 1].coverage)] or levels
    product, segment = (-1 if one is None else one for one in (slot.product, slot.segment))
    likeness = (lines.period, np.abs(lines.period - slot.period), lines.segment != segment, lines.product != product)
    for level in lines.choice[np.lexsort(likeness)].tolist():
        if level in levels:
            return int(level)
    return max(levels, key=lambda number: (choices[number - 1].coverage, choices[number - 1].quantity))

"""Which changes go together: one of them taken back alone says nothing of what they do.

Lines that share their messages go together, since one of them alone pays for all of it; so do all days of what is sent
once and valid for some days, and lines that a rule lets come and go only as a whole, such as a shortest run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from decimal import Decimal

import numpy as np

from constraints.rulebook import RuleBook
from scenarios.arrays import Int, Plan
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.validity import sent_on

Held = tuple[str, Decimal | float, Decimal | float] | None
"""What a slot holds: an offer, whom its message reaches, for how many there are pieces."""
Sides = tuple[PlanLine | None, PlanLine | None]
"""What a slot holds in the plan that runs, and in the new one."""


def go_together(grid: Grid, lines: Sequence[Sides], tied: Sequence[Sequence[int]] = ()) -> tuple[tuple[int, ...], ...]:
    """Part changed slots into those that go together, by their places, in the order of their first ones.

    Lines of one day, offer, channel and segment that change alike are one message, as are those of one sending. All
    days of a sending on a product go together, whatever takes their place; so do lines that a rule ties, where they
    change alike. Segments whose messages carry the same products go together, too: a row can name both. Other lines
    stand by themselves.

    Parameters
    ----------
    tied
        Places of each set of lines that a rule ties, as `tied_places` returns them.
    """
    keys = [_keys(grid, sides) for sides in lines]
    for number, places in enumerate(tied):
        for place in places:
            keys[place].append(("rule", number, *map(held_by, lines[place])))
    single: list[tuple[int, ...]] = []
    alike: dict[Hashable, list[int]] = {}
    for places in _sharing(keys):
        if any(_has_channel(grid, lines[place]) for place in places):
            products = frozenset(_either(lines[place]).product for place in places)
            told = frozenset(_how(grid, lines[place]) for place in places)
            alike.setdefault((products, told), []).extend(places)
        else:
            single.append(tuple(places))
    return tuple(sorted((*single, *(tuple(sorted(places)) for places in alike.values()))))


def tied_places(book: RuleBook, running: Plan, new: Plan, slots: Int) -> tuple[tuple[int, ...], ...]:
    """Places among changed slots of each set of lines that a rule ties, in the plan that runs or in the new one."""
    found: dict[tuple[int, ...], None] = {}
    for plan in (running, new):
        for block in book.blocks(plan):
            places = tuple(np.flatnonzero(np.isin(slots, block)).tolist())
            if len(places) > 1:
                found[places] = None
    return tuple(found)


def held_by(line: PlanLine | None) -> Held:
    """What tells one line from another, beside its day, product and segment."""
    return None if line is None else (line.offer, line.coverage, line.quantity)


def sent_day(grid: Grid, line: PlanLine | None) -> dt.date | None:
    """First day of the period in which what a line holds was sent; None of a line without validity."""
    return None if line is None else sent_on(grid.offer(line.offer).valid, grid.scenario.horizon, line.date)


def _keys(grid: Grid, sides: Sides) -> list[Hashable]:
    """What a changed slot shares with others that go with it."""
    line, keys = _either(sides), list[Hashable]()
    if _has_channel(grid, sides):
        keys.append(("message", line.segment, *_how(grid, sides)))
    for side in sides:
        sent = sent_day(grid, side)
        if side is not None and sent is not None:
            keys.append(("sending", line.segment, line.product, side.offer, sent))
    return keys


def _how(grid: Grid, sides: Sides) -> tuple[Hashable, ...]:
    """How a slot changes, and when: the day of its sending where it has one."""
    return tuple(
        None if line is None else (sent_day(grid, line) or line.date, *(held_by(line) or ())) for line in sides
    )


def _has_channel(grid: Grid, sides: Sides) -> bool:
    return any(side is not None and grid.offer(side.offer).channel is not None for side in sides)


def _sharing(keys: Sequence[Sequence[Hashable]]) -> list[list[int]]:
    """Places that share a key with each other, directly or by way of others, in the order of their first ones."""
    holders: dict[Hashable, list[int]] = {}
    for place, own in enumerate(keys):
        for key in own:
            holders.setdefault(key, []).append(place)
    found, seen = [], set[int]()
    for first in range(len(keys)):
        if first in seen:
            continue
        seen.add(first)
        inside = [first]
        for place in inside:  # grows while it is read
            near = [other for key in keys[place] for other in holders.pop(key, ()) if other not in seen]
            seen.update(near)
            inside += dict.fromkeys(near)
        found.append(sorted(inside))
    return found


def _either(sides: Sides) -> PlanLine:
    line = sides[1] if sides[1] is not None else sides[0]
    if line is None:
        raise ValueError("a change needs a line on one side")
    return line

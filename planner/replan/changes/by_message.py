"""Which changes go together: lines that share their messages, since one of them taken back alone pays for all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine

Held = tuple[str, Decimal | float, Decimal | float] | None
"""What a slot holds: an offer, whom its message reaches, for how many there are pieces."""
Sides = tuple[PlanLine | None, PlanLine | None]
"""What a slot holds in the plan that runs, and in the new one."""


def by_message(grid: Grid, lines: Sequence[Sides]) -> tuple[tuple[int, ...], ...]:
    """Part changed slots into those that go together, by their places, in the order of their first ones.

    Lines of one day, offer, channel and segment that change alike are one message. Segments whose messages carry the
    same products go together, too: a row can name both. Lines without a channel stand by themselves.
    """
    messages: dict[tuple[dt.date, str, Held, Held], list[int]] = {}
    single: list[tuple[int, ...]] = []
    for place, sides in enumerate(lines):
        line = _either(sides)
        if any(side is not None and grid.offer(side.offer).channel is not None for side in sides):
            messages.setdefault((line.date, line.segment, held_by(sides[0]), held_by(sides[1])), []).append(place)
        else:
            single.append((place,))
    alike: dict[tuple[dt.date, Held, Held, tuple[str, ...]], list[int]] = {}
    for (day, _, before, after), places in messages.items():
        products = tuple(sorted(_either(lines[place]).product for place in places))
        alike.setdefault((day, before, after, products), []).extend(places)
    return tuple(sorted((*single, *(tuple(sorted(places)) for places in alike.values()))))


def held_by(line: PlanLine | None) -> Held:
    """What tells one line from another, beside its day, product and segment."""
    return None if line is None else (line.offer, line.coverage, line.quantity)


def _either(sides: Sides) -> PlanLine:
    line = sides[1] if sides[1] is not None else sides[0]
    if line is None:
        raise ValueError("a change needs a line on one side")
    return line

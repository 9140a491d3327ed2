"""Changes that a reader sees as one row, and what all of them gain together: not what each gains alone, added up.

Lines that go together (`planner.replan.changes.going_together`) are one row. One of them taken back alone pays the
whole message again, or leaves a part of what is valid as a whole: single gains say nothing of it, nor does their sum.
Other lines are one row where they change alike on the same days, for one reason.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from planner.evolution.workspace import Workspace
from planner.replan.changes.because import tried
from planner.replan.changes.differences import BESIDE, Change, only_beside
from planner.replan.changes.going_together import Held, go_together, held_by, tied_places
from planner.replan.changes.sendings_changed import ChangedSending, sendings_changed
from planner.replan.changes.taken_back import lost_without
from scenarios.arrays import Float, Plan
from scenarios.currency import minor_digits
from scenarios.grid import Grid
from scenarios.rounding import scaled, to_decimal


@dataclass(frozen=True, kw_only=True)
class Together:
    """Changes that are told as one row."""

    changes: tuple[Change, ...]
    gain: Decimal
    """Objective that would be lost if all of them were taken back at once."""
    beside: bool
    """Whether they are worth that much only beside the other changes."""
    sendings: tuple[ChangedSending, ...] = ()
    """What is sent once, of which the lines are days."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why they are made, each reason once, first what most lines tell; that others are one is told by `beside`."""
        return _most_told(self.changes)

    @property
    def shared(self) -> str | None:
        """The first reason, where it is that of all lines."""
        return next(
            (reason for reason in self.reasons[:1] if all(reason in _told(each) for each in self.changes)), None
        )


def together(
    space: Workspace,
    running: Plan,
    new: Plan,
    changes: Sequence[Change],
    *,
    freed: Float | None = None,
    judged: Callable[[Plan], float] | None = None,
) -> tuple[Together, ...]:
    """Put changes into rows, and value what each row gains; a row of one change gains what that does.

    Parameters
    ----------
    changes
        As `planner.replan.changes.differences.differences` returns them, in time order; the others as it takes them.
    """
    grid = space.grid
    places = {_slot(grid, new, running, int(n)): int(n) for n in np.flatnonzero(running != new)}
    slots = np.array([places[change.slot] for change in changes], dtype=np.int64)
    rows = in_rows(grid, changes, tied_places(space.written, running, new, slots))
    several = [row for row in rows if len(row) > 1]
    of_row: dict[tuple[int, ...], tuple[Decimal, bool]] = {}
    if several:
        sets = [slots[list(row)] for row in several]
        quiet = [0.0 if freed is None else float(freed[each][new[each] == 0].sum()) for each in sets]
        lost = lost_without(space, running, new, sets, np.array(quiet), judged)
        digits = minor_digits(grid.scenario.currency)
        for n, (row, minor, alone) in enumerate(
            zip(several, scaled(lost.gains, digits).tolist(), tried(space, running, new, sets), strict=True)
        ):
            told = n in lost.judged or n in lost.unpaid or quiet[n] > 0
            gain = to_decimal(minor, digits)
            of_row[row] = gain, not told and only_beside(float(gain), *alone)
    return tuple(
        Together(
            changes=tuple(changes[place] for place in row),
            gain=of_row[row][0] if row in of_row else changes[row[0]].gain,
            beside=of_row[row][1] if row in of_row else BESIDE in changes[row[0]].reasons,
            sendings=sendings_changed(grid, [(changes[place].before, changes[place].after) for place in row]),
        )
        for row in rows
    )


def in_rows(grid: Grid, changes: Sequence[Change], tied: Sequence[Sequence[int]] = ()) -> tuple[tuple[int, ...], ...]:
    """Places of the changes of each row, in the order of their first ones; ``tied`` as `go_together` takes it."""
    rows = []
    by_product: dict[tuple[tuple[dt.date, ...], str, Held, Held], list[tuple[int, ...]]] = {}
    for places in go_together(grid, [(change.before, change.after) for change in changes], tied):
        here = [changes[place] for place in places]
        runs = {(*change.slot[1:], held_by(change.before), held_by(change.after)) for change in here}
        if len(runs) > 1 or (len(places) > 1 and any(_has_message(grid, change) for change in here)):
            rows += _by_reason(grid, changes, places)
            continue
        ((product, _, before, after),) = runs
        days = tuple(change.slot[0] for change in here)
        by_product.setdefault((days, product, before, after), []).append(places)
    alike = dict[tuple[object, ...], list[int]]()
    for (days, _, *holds), same in by_product.items():
        whom = tuple(changes[places[0]].slot[2] for places in same)
        why = tuple(dict.fromkeys(reason for places in same for each in places for reason in _told(changes[each])))
        alike.setdefault((days, whom, *holds, why), []).extend(place for places in same for place in places)
    return tuple(sorted((*rows, *(tuple(sorted(each)) for each in alike.values()))))


def _by_reason(grid: Grid, changes: Sequence[Change], places: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Part what goes together into segments that it is sent to for different reasons; all of a day's message is one."""
    sides = [(changes[place].before, changes[place].after) for place in places]
    if not sendings_changed(grid, sides):
        return [places]
    of_segment: dict[str, list[int]] = {}
    for place in places:
        of_segment.setdefault(changes[place].slot[2], []).append(place)
    parts: dict[tuple[str, ...], list[int]] = {}
    for own in of_segment.values():
        parts.setdefault(_most_told([changes[place] for place in own])[:1], []).extend(own)
    return [tuple(sorted(own)) for own in parts.values()]


def _most_told(changes: Sequence[Change]) -> tuple[str, ...]:
    """Reasons of some changes, each once, first what most of them tell."""
    count = Counter(reason for change in changes for reason in _told(change))
    return tuple(sorted(count, key=lambda reason: -count[reason]))


def _has_message(grid: Grid, change: Change) -> bool:
    return any(
        line is not None and grid.offer(line.offer).channel is not None for line in (change.before, change.after)
    )


def _told(change: Change) -> list[str]:
    return [reason for reason in change.reasons if reason != BESIDE]


def _slot(grid: Grid, new: Plan, running: Plan, slot: int) -> tuple[dt.date, str, str]:
    line = grid.line(slot, int(new[slot] or running[slot]))
    return line.date, line.product, line.segment

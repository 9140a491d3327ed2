"""Changes that a reader sees as one row, and what all of them gain together: not what each gains alone, added up.

Lines that share their messages are one row. One of them taken back alone pays the whole message again, so that the sum
of single gains counts it as often as there are lines. Other lines are one row where they change alike on a day, for one
reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from planner.evolution.workspace import Workspace
from planner.replan.changes.because import tried
from planner.replan.changes.by_message import Held, by_message, held_by
from planner.replan.changes.differences import BESIDE, Change, only_beside
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

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why they are made, each reason once; that others are one is told by `beside`."""
        return tuple(dict.fromkeys(reason for change in self.changes for reason in _told(change)))


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
    rows = in_rows(grid, changes)
    several = [row for row in rows if len(row) > 1]
    of_row: dict[tuple[int, ...], tuple[Decimal, bool]] = {}
    if several:
        places = {_slot(grid, new, running, int(n)): int(n) for n in np.flatnonzero(running != new)}
        sets = [np.array([places[changes[place].slot] for place in row], dtype=np.int64) for row in several]
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
        )
        for row in rows
    )


def in_rows(grid: Grid, changes: Sequence[Change]) -> tuple[tuple[int, ...], ...]:
    """Places of the changes of each row, in the order of their first ones."""
    rows, by_product = [], dict[tuple[dt.date, str, Held, Held], list[int]]()
    for places in by_message(grid, [(change.before, change.after) for change in changes]):
        if len(places) > 1:
            rows.append(places)
            continue
        change = changes[places[0]]
        day, product, _ = change.slot
        by_product.setdefault((day, product, held_by(change.before), held_by(change.after)), []).extend(places)
    alike = dict[tuple[object, ...], list[int]]()
    for (day, _, *holds), same in by_product.items():
        whom = tuple(changes[place].slot[2] for place in same)
        why = tuple(dict.fromkeys(reason for place in same for reason in _told(changes[place])))
        alike.setdefault((day, whom, *holds, why), []).extend(same)
    return tuple(sorted((*rows, *(tuple(each) for each in alike.values()))))


def _told(change: Change) -> list[str]:
    return [reason for reason in change.reasons if reason != BESIDE]


def _slot(grid: Grid, new: Plan, running: Plan, slot: int) -> tuple[dt.date, str, str]:
    line = grid.line(slot, int(new[slot] or running[slot]))
    return line.date, line.product, line.segment

"""Stretches of time: a run of one offer gets longer or shorter by several periods, or changes to another offer.

Where customers tire or stock up, a day more of an offer may lose while four more win: the days after it are spoilt
already. Single changes stop at the first of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.evolution.workspace import Workspace
from scenarios.arrays import Plan


class Stretch(NamedTuple):
    """What a stretch of one series holds."""

    row: int
    first: int
    last: int
    choice: int
    """0 clears it."""

    def on(self, series: Plan) -> Plan:
        """Series [R, T] with the choice through the stretch, whatever was there."""
        changed = series.copy()
        changed[self.row, self.first : self.last + 1] = self.choice
        return changed


class Stretches:
    """Every run of a plan made longer or shorter at either end, ended altogether, or changed to another offer."""

    def __init__(self, space: Workspace, plan: Plan) -> None:
        self._periods = space.grid.shape[2]
        self._runs = _runs(plan.reshape(-1, self._periods))
        # As many as there are periods, less one, and lines of the run to end it at, but for the run itself.
        counts = [self._periods + run.last - run.first + space.grid.width - 2 for run in self._runs]
        self._before = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])

    def __len__(self) -> int:
        """How many there are."""
        return int(self._before[-1])

    def at(self, number: int) -> Stretch:
        """One of them."""
        place = int(np.searchsorted(self._before, number, side="right")) - 1
        run, left = self._runs[place], number - int(self._before[place])
        row, first, last, choice = run
        after, length = self._periods - 1 - last, last - first + 1
        if left < after:
            return Stretch(row, last + 1, last + 1 + left, choice)
        left -= after
        if left < first:
            return Stretch(row, left, first - 1, choice)
        left -= first
        if left < length:
            return Stretch(row, first, first + left, 0)
        left -= length
        if left < length - 1:
            return Stretch(row, first + 1 + left, last, 0)
        other = left - (length - 1) + 1
        return run._replace(choice=other if other < choice else other + 1)


def _runs(series: Plan) -> list[Stretch]:
    """The longest stretches of one and the same offer, series by series."""
    found = []
    for row in np.flatnonzero((series > 0).any(axis=1)):
        edges = np.flatnonzero(np.diff(series[row])) + 1
        for first, end in zip([0, *edges], [*edges, series.shape[1]], strict=True):
            if series[row, first]:
                found.append(Stretch(int(row), int(first), int(end) - 1, int(series[row, first])))
    return found

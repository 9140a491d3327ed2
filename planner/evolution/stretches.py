"""Stretches of time: a run of one offer gets longer or shorter by several periods, or changes to another offer.

Where customers tire or stock up, a day more of an offer may lose while four more win: the days after it are spoilt
already. Single changes stop at the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from planner.evolution.workspace import Plan, Workspace


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


def every_stretch(space: Workspace, plan: Plan) -> list[Stretch]:
    """Every run of a plan made longer or shorter at either end, ended altogether, or changed to another offer."""
    width, periods = space.grid.width, space.grid.shape[2]
    found: list[Stretch] = []
    for run in _runs(plan.reshape(-1, periods)):
        row, first, last, choice = run
        found += (Stretch(row, last + 1, end, choice) for end in range(last + 1, periods))
        found += (Stretch(row, begin, first - 1, choice) for begin in range(first))
        found += (Stretch(row, first, end, 0) for end in range(first, last + 1))
        found += (Stretch(row, begin, last, 0) for begin in range(first + 1, last + 1))
        found += (run._replace(choice=other) for other in range(1, width) if other != choice)
    return found


def some_stretches(space: Workspace, plan: Plan, rng: np.random.Generator) -> Iterator[Stretch]:
    """Random ones of `every_stretch` without end; none where the plan has no line."""
    every = every_stretch(space, plan)
    while every:
        yield every[int(rng.integers(len(every)))]


def _runs(series: Plan) -> list[Stretch]:
    """The longest stretches of one and the same offer, series by series."""
    found = []
    for row in np.flatnonzero((series > 0).any(axis=1)):
        edges = np.flatnonzero(np.diff(series[row])) + 1
        for first, end in zip([0, *edges], [*edges, series.shape[1]], strict=True):
            if series[row, first]:
                found.append(Stretch(int(row), int(first), int(end) - 1, int(series[row, first])))
    return found

"""Shifts in time: lines of one product, or of baskets, move together, what belongs to them keeping its distance.

Where rules and carry-over join lines (a teaser before a sale, a run, the rest after it) the same lines some days later
are many single changes away, each of them wrong alone; in time they are one step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from planner.evolution.workspace import Workspace
from scenarios.arrays import Int, Plan


class Shift(NamedTuple):
    """What moves, and how far."""

    rows: Int
    """Numbers of series of one product, or of baskets."""
    first: int
    last: int
    """Lines between these periods move."""
    by: int
    """Periods; below 0 to earlier ones."""

    def on(self, series: Plan) -> Plan:
        """Series [R, T] after the shift; a line that moves onto another takes its place."""
        rows, first, last, by = self
        changed = series.copy()
        changed[rows, first : last + 1] = 0
        there = np.s_[rows, first + by : last + by + 1]
        moved = series[rows, first : last + 1]
        changed[there] = np.where(moved > 0, moved, changed[there])
        return changed


class Shifts:
    """All shifts of a plan, made one by one: on a long horizon there are millions."""

    def __init__(self, space: Workspace, plan: Plan) -> None:
        self._groups = _groups(space, plan)
        spans = [np.zeros((0, 3), dtype=np.int64)]
        for number, (_, active) in enumerate(self._groups):
            first, last = (active[ends] for ends in np.triu_indices(len(active)))
            spans.append(np.stack([np.full(len(first), number), first, last], axis=1))
        self._spans = np.concatenate(spans)
        _, first, last = self._spans.T
        self._before = np.concatenate([[0], np.cumsum(space.grid.shape[2] - 1 - (last - first))])

    def __len__(self) -> int:
        """How many there are."""
        return int(self._before[-1])

    def at(self, number: int) -> Shift:
        """One of them."""
        span = int(np.searchsorted(self._before, number, side="right")) - 1
        group, first, last = (int(each) for each in self._spans[span])
        by = number - int(self._before[span]) - first
        return Shift(self._groups[group][0], first, last, by if by < 0 else by + 1)


def some_shifts(space: Workspace, plan: Plan, rng: np.random.Generator) -> Iterator[Shift]:
    """Random shifts of a plan without end; none where it has no line."""
    groups, periods = _groups(space, plan), space.grid.shape[2]
    while groups:
        rows, active = groups[int(rng.integers(len(groups)))]
        first, last = np.sort(rng.choice(active, size=2))
        yield Shift(rows, int(first), int(last), int(rng.integers(-first, periods - last)))


def _groups(space: Workspace, plan: Plan) -> list[tuple[Int, Int]]:
    """Series that move together, and the periods in which they hold lines: all of a product (or of baskets), or one."""
    s, k, t = space.grid.shape
    series = plan.reshape(-1, t) > 0
    found = []
    for product in range(k + 1):
        rows = product + k * np.arange(s + 1) if product < k else k * (s + 1) + np.arange(s + 1)
        rows = rows[series[rows].any(axis=1)]
        together = [rows] if len(rows) else []
        found += [*together, *(np.array([row]) for row in rows if len(rows) > 1)]
    return [(rows, np.flatnonzero(series[rows].any(axis=0))) for rows in found]

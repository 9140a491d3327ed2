"""Exchanges in time: what an offer does in one period and what it does in another change places.

Where a rule lets few lines stand in a period (one shop window, two flash sales), the better days for one product are
held by another, and moving either alone breaks the rule, or a floor that needs it. Exchanged, both move at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.evolution.workspace import Workspace
from scenarios.arrays import Flag, Int, Plan

_ANY = -1
"""Stands for all offers together, and in tables of what is held for none."""


class Exchange(NamedTuple):
    """Two periods of some series."""

    rows: Int
    """Numbers of the series."""
    one: int
    other: int

    def on(self, series: Plan) -> Plan:
        """Series [R, T] with what the rows hold in the two periods exchanged."""
        changed = series.copy()
        changed[self.rows, self.one] = series[self.rows, self.other]
        changed[self.rows, self.other] = series[self.rows, self.one]
        return changed


class Exchanges:
    """All exchanges of a plan: of each offer that it holds, and of all lines together, for every two periods."""

    def __init__(self, space: Workspace, plan: Plan) -> None:
        self._held = held_offers(space, plan)
        found = []
        for offer in (_ANY, *np.unique(self._held[self._held >= 0])):
            active = self._holds(int(offer)).sum(axis=0) > 0
            one, other = np.nonzero(np.broadcast_to(active[:, None], (len(active), len(active))))
            new = (one < other) | ((one > other) & ~active[other])
            found.append(np.stack([np.full(int(new.sum()), offer), one[new], other[new]], axis=1))
        self._every = np.concatenate(found)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._every)

    def at(self, number: int) -> Exchange:
        """One of them."""
        offer, one, other = (int(each) for each in self._every[number])
        holds = self._holds(offer)
        return Exchange(np.flatnonzero(holds[:, one] | holds[:, other]), one, other)

    def _holds(self, offer: int) -> Flag:
        """[R, T] where a line of the offer stands."""
        return self._held >= 0 if offer == _ANY else self._held == offer


def held_offers(space: Workspace, plan: Plan) -> Int:
    """[R, T] the offer that each slot holds, by its number; -1 for none."""
    held = np.full(len(plan), _ANY)
    offsets = space.grid.offsets
    for start, end, choices in zip(offsets[:-1], offsets[1:], space.grid.choices, strict=True):
        held[start:end] = np.array([_ANY, *(choice.offer for choice in choices)])[plan[start:end]]
    return held.reshape(-1, space.grid.shape[2])

"""Schedules near a given one: a line comes, goes, changes, moves in time or to a rival, or does so for all segments."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.evolution.workspace import Plan, Workspace

Ints = NDArray[np.int64]


def variants(space: Workspace, slots: Ints, own: Plan) -> Iterator[Plan]:
    """Yield other contents of some slots, masks and locks kept; rules are left to the caller.

    Parameters
    ----------
    slots : [M]
        All slots of some products, or all of baskets.
    own : int8 [M]
        What they hold.
    """
    free, base = ~space.rules.fixed[slots], space.rules.base[slots]
    for at in np.flatnonzero(free):
        for choice in np.flatnonzero(base[at]):
            if choice != own[at]:
                yield _with(own, at, choice)
    series, period = np.divmod(slots, space.grid.shape[2])
    for at in np.flatnonzero(free & (own > 0) & base[:, 0]):
        shorter = _with(own, at, 0)
        for to in np.flatnonzero(free & (series == series[at]) & base[:, own[at]]):
            if own[to] != own[at]:
                yield _with(shorter, to, own[at])
        for to in np.flatnonzero(free & (series != series[at]) & (period == period[at])):
            for choice in np.flatnonzero(base[to]):
                if choice not in (0, own[to]):
                    yield _with(shorter, to, choice)
    yield from _for_all(space, slots, own)


def _for_all(space: Workspace, slots: Ints, own: Plan) -> Iterator[Plan]:
    """One offer in a period for all segments that may have it, of each product; or of baskets."""
    segments, products, periods = space.grid.shape
    series, period = np.divmod(slots, periods)
    product = np.where(series < products * (segments + 1), series % products, products)
    public = (series < products) | (series == products * (segments + 1))
    free, base = ~space.rules.fixed[slots], space.rules.base[slots]
    for number in np.unique(product):
        for when in range(periods):
            here = np.flatnonzero(free & ~public & (product == number) & (period == when))
            for choice in np.flatnonzero(base[here].any(axis=0)) if len(here) > 1 else ():
                changed = here[base[here, choice]]
                if (own[changed] != choice).sum() > 1:
                    yield _with(own, changed, choice)


def _with(own: Plan, at: Ints | np.int64, choice: int | np.integer) -> Plan:
    changed = own.copy()
    changed[at] = choice
    return changed

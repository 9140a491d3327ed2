"""Schedules near a given one: a line comes, goes, changes, moves in time or to a rival, or does so for all segments.

Where rules tie lines, a whole package does so (`planner.evolution.joining.packages`); and all lines of a product may
go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from planner.evolution.joining.packages import Packages
from planner.evolution.operators.schedules import products_of
from planner.evolution.workspace import Workspace
from scenarios.arrays import Int, Plan


class _Edits(NamedTuple):
    """Changes of one schedule, each of which makes another: of one slot each, or of the same slots in each."""

    start: Plan
    """[M] what is changed."""
    at: Int
    """[E] slot of each change; or [Z] the slots of the only one."""
    choice: Int
    """[E] what each slot holds then; or [1] what all of them hold."""
    together: bool = False

    @property
    def number(self) -> int:
        return 1 if self.together else len(self.at)

    def made(self, number: int) -> Plan:
        """Return the schedule of one change."""
        changed = self.start.copy()
        changed[self.at if self.together else self.at[number]] = self.choice[0 if self.together else number]
        return changed


def variants(
    space: Workspace, slots: Int, own: Plan, most: int, rng: np.random.Generator, packages: Packages | None = None
) -> list[Plan]:
    """Return other contents of some slots, masks and locks kept; rules are left to the caller.

    A line of a large group of rivals may move to thousands of other slots, so that of many schedules some are drawn.

    Parameters
    ----------
    slots : [M]
        All slots of some products, or all of baskets.
    own : int8 [M]
        What they hold.
    most
        Schedules at most.
    packages
        Those inside the slots, where they are known.
    """
    tied = [at for at in (Packages(space, slots) if packages is None else packages).of(own) if _free(space, slots[at])]
    whole = list(_packages_changed(space, slots, own, tied))
    if len(whole) > most // 2:
        whole = [whole[number] for number in np.sort(rng.choice(len(whole), most // 2, replace=False))]
    edits = [*_all(space, slots, own), *_packages_moved(space, slots, own, tied)]
    ends = np.cumsum([each.number for each in edits])
    total, most = int(ends[-1]) if len(ends) else 0, most - len(whole)
    picked = np.arange(total) if total <= most else np.sort(rng.choice(total, most, replace=False))
    block = np.searchsorted(ends, picked, side="right")
    first = ends[block] - np.array([each.number for each in edits], dtype=np.int64)[block]
    drawn = [edits[b].made(n) for b, n in zip(block.tolist(), (picked - first).tolist(), strict=True)]
    return [*drawn, *(each.made(0) for each in whole)]


def _free(space: Workspace, slots: Int) -> bool:
    return not space.rules.fixed[slots].any()


def _all(space: Workspace, slots: Int, own: Plan) -> Iterator[_Edits]:
    free, base = ~space.rules.fixed[slots], space.rules.base[slots]
    other = base & free[:, None]
    other[np.arange(len(slots)), own] = False
    place, choice = np.nonzero(other)
    yield _Edits(own, place, choice)
    series, period = np.divmod(slots, space.grid.shape[2])
    of_period = {int(when): np.flatnonzero(period == when) for when in np.unique(period)}
    for at in np.flatnonzero(free & (own > 0) & base[:, 0]):
        shorter = own.copy()
        shorter[at] = 0
        later = np.flatnonzero(other[:, own[at]] & (series == series[at]))
        yield _Edits(shorter, later, np.full(len(later), own[at], dtype=np.int64))
        near = of_period[int(period[at])]
        near = near[series[near] != series[at]]
        place, choice = np.nonzero(other[near, 1:])
        yield _Edits(shorter, near[place], choice + 1)
    yield from _for_all(space, slots, own)


def _for_all(space: Workspace, slots: Int, own: Plan) -> Iterator[_Edits]:
    """One offer in a period for all segments that may have it, of each product; or of baskets."""
    segments, products, periods = space.grid.shape
    series, period = np.divmod(slots, periods)
    product = np.where(series < products * (segments + 1), series % products, products)
    public = (series < products) | (series == products * (segments + 1))
    free, base = ~space.rules.fixed[slots], space.rules.base[slots]
    order = np.flatnonzero(free & ~public)
    order = order[np.lexsort((period[order], product[order]))]
    cell = product[order] * periods + period[order]
    for here in np.split(order, np.flatnonzero(np.diff(cell)) + 1):
        for choice in np.flatnonzero(base[here].any(axis=0)) if len(here) > 1 else ():
            changed = here[base[here, choice]]
            if (own[changed] != choice).sum() > 1:
                yield _Edits(own, changed, np.array([choice]), together=True)


def _packages_changed(space: Workspace, slots: Int, own: Plan, tied: list[Int]) -> Iterator[_Edits]:
    """One offer through a package, which comes, goes or changes; and products without a line."""
    for at, choice in _possible(space, slots, tied):
        if (own[at] != choice).any():
            yield _Edits(own, at, np.array([choice]), together=True)
    product = products_of(space)[slots] if tied else slots[:0]
    droppable = ~space.rules.fixed[slots] & space.rules.base[slots, 0] & (own > 0)
    for each in np.unique(product):
        lines = np.flatnonzero((product == each) & droppable)
        if len(lines) > 1:
            yield _Edits(own, lines, np.array([0]), together=True)


def _packages_moved(space: Workspace, slots: Int, own: Plan, tied: list[Int]) -> Iterator[_Edits]:
    """A package that goes, and another that comes, of whatever offer."""
    possible = [(at, choice) for at, choice in _possible(space, slots, tied) if choice]
    for held in tied:
        if own[held].any() and space.rules.base[slots[held], 0].all():
            without = own.copy()
            without[held] = 0
            for at, choice in possible:
                if not np.array_equal(at, held):
                    yield _Edits(without, at, np.array([choice]), together=True)


def _possible(space: Workspace, slots: Int, tied: list[Int]) -> list[tuple[Int, int]]:
    """What packages may hold: a choice that each of their slots has, none included."""
    base = space.rules.base[slots]
    return [(at, choice) for at in tied for choice in np.flatnonzero(base[at].all(axis=0)).tolist()]

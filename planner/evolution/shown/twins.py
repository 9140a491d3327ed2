"""Twins: plans that are the same but for their dates, and worth the same, so that nothing says which to take.

Where nothing is known of a season, or all days of a week sell alike, lines may stand on many dates at one worth. Such
plans differ in a large share of their lines, and are no choice between plans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from planner.evolution.workspace import Candidate
from scenarios.arrays import Int, Plan
from scenarios.choices import Choice
from scenarios.grid import Grid

SAME = 1e-6
"""Share of an amount up to which two plans are worth the same: what accounts round may move them by a little."""


def alike(one: float, other: float) -> bool:
    """Tell whether two amounts are the same, but for rounding."""
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def twin_of(grid: Grid, one: Candidate, others: Iterable[Candidate]) -> bool:
    """Tell whether a plan is one of some others but for its dates, and worth the same."""
    worth = (other for other in others if alike(one.objective, other.objective))
    return any(same_but_for_dates(grid, one.plan, other.plan) for other in worth)


def same_but_for_dates(grid: Grid, one: Plan, other: Plan) -> bool:
    """Tell whether two plans hold the same lines, dates left out: as often the same level of an offer in each place."""
    return _undated(grid, one) == _undated(grid, other)


def on_all_dates(grid: Grid, plan: Plan, slot: int) -> tuple[Int, Plan]:
    """Slots and choices, as pairs: on any date, the same level of an offer in the same place as in a slot of a plan."""
    block = grid.slot(slot).block
    place = np.flatnonzero(_places(grid) == _places(grid)[slot])
    levels = _numbers(grid.choices[block])
    same = np.flatnonzero(levels == levels[plan[slot]])
    return np.repeat(place, len(same)), np.tile(same, len(place)).astype(plan.dtype)


def _undated(grid: Grid, plan: Plan) -> Counter[tuple[int, int]]:
    """How often each place holds each level of an offer."""
    slots = np.flatnonzero(plan)
    places, levels = _places(grid)[slots], _levels(grid, plan)[slots]
    return Counter(zip(places.tolist(), levels.tolist(), strict=True))


def _places(grid: Grid) -> NDArray[np.int64]:
    """[N] Number of each slot's place: all periods of a product, or of whole baskets, for everybody or a segment."""
    periods, parts, first = grid.shape[2], [], 0
    for shape in grid.slot_shapes:
        places = int(np.prod(shape)) // periods
        parts.append(np.repeat(np.arange(first, first + places), periods))
        first += places
    return np.concatenate(parts)


def _levels(grid: Grid, plan: Plan) -> NDArray[np.int64]:
    """[N] What each slot holds; 0 for nothing."""
    blocks = zip(grid.choices, grid.split(plan), strict=True)
    return np.concatenate([_numbers(choices)[held.ravel()] for choices, held in blocks])


def _numbers(choices: tuple[Choice, ...]) -> NDArray[np.int64]:
    """The level that each choice of a block is; days of a sending are one, told of it that day or before."""
    known = [(choice.offer, choice.coverage, choice.quantity) for choice in choices]
    return np.array([0, *(known.index(each) + 1 for each in known)], dtype=np.int64)

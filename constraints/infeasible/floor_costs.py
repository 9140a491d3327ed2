"""What rules that ask for lines cost at the least: fairness beside an optimistic bound on a limit.

The optimistic bound picks the best pair of choices in each cell, mostly "none". A floor asks for ``n`` matching lines
in a segment, and each of them costs at least what the best pair with it is worse than the best pair of its cell. The
``n`` smallest of these, over all cells of the segment, are what every plan pays that keeps the floor. Segments pick
their pairs each for itself, so their costs add up; of several floors of one segment the dearest counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.rules.forms import CompiledRule, FloorRows
from constraints.rules.kinds.fairness import floored
from scenarios.arrays import Flag, Float
from scenarios.grid import Grid
from scenarios.language.schemas.rule import Fairness

Counts = NDArray[np.int8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Floor:
    """At least ``lines`` matching lines in a segment."""

    segment: int
    lines: int
    public: Flag
    """[K, T, P] choices that match."""
    targeted: Flag
    """[K, T, Q]"""
    basket_public: Flag
    """[T, V]"""
    basket_targeted: Flag
    """[T, U]"""

    @property
    def cells(self) -> Counts:
        """[K, T, E] matching lines in each pair of choices."""
        return _both(self.public, self.targeted)

    @property
    def baskets(self) -> Counts:
        """[T, Y] matching lines on baskets in each pair of choices."""
        return _both(self.basket_public, self.basket_targeted)


def _both(public: Flag, targeted: Flag) -> Counts:
    counts = public[..., :, None].astype(np.int8) + targeted[..., None, :]
    return counts.reshape(*counts.shape[:-2], -1)


def floors_of(grid: Grid, rules: Iterable[CompiledRule]) -> tuple[Floor, ...]:
    """Floors that some rules ask for."""
    records = {rule.id: rule for rule in grid.scenario.rules if isinstance(rule, Fairness)}
    found = []
    for rule in rules:
        for form in rule.forms:
            if isinstance(form, FloorRows) and rule.id in records:
                segments = floored(records[rule.id], grid)
                found += [_floor(grid, form, row, segment) for row, segment in enumerate(segments)]
    return tuple(found)


def _floor(grid: Grid, form: FloorRows, row: int, segment: int) -> Floor:
    """One row of a rule, by the choices that its segment may get."""
    entries, matches = form.entries, np.zeros((grid.slots, grid.width), dtype=bool)
    inside = entries.cell == row
    matches[entries.slot[inside]] = entries.sets[entries.choice_set[inside]]
    public, targeted, everybody, chosen = (
        matches[grid.offsets[block] : grid.offsets[block + 1], : grid.widths[block]].reshape(*shape, -1)
        for block, shape in enumerate(grid.slot_shapes)
    )
    return Floor(
        segment=segment,
        lines=int(form.floor[row]),
        public=public,
        targeted=targeted[segment],
        basket_public=everybody,
        basket_targeted=chosen[segment],
    )


def least_cost(floors: Iterable[Floor], cells: Float, baskets: Float) -> float:
    """What floors add to a bound at the least.

    Parameters
    ----------
    cells : [S, K, T, E]
        Least value of every pair of a row; inf where no plan holds the pair.
    baskets : [S, T, Y]
    """
    dearest: dict[int, float] = {}
    for floor in floors:
        each = np.concatenate(
            [_per_line(cells[floor.segment], floor.cells), _per_line(baskets[floor.segment], floor.baskets)]
        )
        cheapest = np.sort(each)[: floor.lines]
        cost = float(cheapest.sum()) if len(cheapest) == floor.lines else float("inf")
        dearest[floor.segment] = max(dearest.get(floor.segment, 0.0), cost)
    return sum(dearest.values())


def _per_line(values: Float, lines: Counts) -> Float:
    """Least cost of each of up to two matching lines of every cell; inf where a cell can hold no such line."""
    best = values.min(axis=-1)
    one, two = (np.where(lines == number, values, np.inf).min(axis=-1) - best for number in (1, 2))
    first = np.minimum(one, two / 2).ravel()
    return np.concatenate([first, np.where(np.isfinite(two.ravel()), first, np.inf)])

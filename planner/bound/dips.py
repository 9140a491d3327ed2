"""Dips in the bound: how much a cell can have been borrowed from, by how tired its customers are.

A line that borrows sales from the days after it also tires customers. So the sum y of the dips that a cell meets is at
most ``rate * m``, m the tiredness that `planner.bound.ladder` tracks: after a line of reach r that state is at least
``follow(... follow(psi(lambda r)))``, and because `follow` is convex with ``follow(0) = 0``, the state after several
lines is at least the sum of what each would leave alone. Nobody has borrowed from rested customers. Where the programs
carry rules (`planner.bound.paths`), nor has a line that leads to another state of theirs.
"""

from __future__ import annotations

import numpy as np

from planner.bound.ladder import Ladder, follow
from planner.bound.tables import Cells, Columns
from scenarios.arrays import Float


def tiredness_per_dip(columns: Columns, cells: Cells, steps: Ladder) -> Float:
    """[T, S, K] largest dip per unit of tiredness that any earlier line can have left; inf where lines do not tire."""
    t = len(cells.units)
    rate = np.zeros(cells.units.shape)
    left = steps.tire
    for lag, dips in enumerate(cells.dips, start=1):
        table = np.where(cells.allowed, dips, 0.0)[: max(t - lag, 0)]
        for number, (first, last) in enumerate(columns.slices):
            largest = table[..., first:last].max(axis=-1, initial=0.0)
            here = np.where(largest > 0, largest / left[number] if left[number] > 0 else np.inf, 0.0)
            rate[lag:] = np.maximum(rate[lag:], here)
        left = follow(left, steps.caps)
    return rate


def most_dips(columns: Columns, cells: Cells, steps: Ladder, largest: Float) -> Float:
    """[T, A, S, K, M] most that the dips of a cell can sum to in each state; ``largest`` [T, A, S, K] in any of M.

    Between two states the straight line lies above ``min(rate * m, largest sum)``: the first state at which the largest
    sum is passed keeps ``rate * m``.
    """
    rate = tiredness_per_dip(columns, cells, steps)[:, None, ..., None]
    most = largest[..., None]
    finite = np.where(np.isfinite(rate), rate, 0.0)
    before = np.concatenate([[-1.0], steps.level[:-1]])
    return np.asarray(np.where(np.isfinite(rate) & (finite * before < most), finite * steps.level, most))

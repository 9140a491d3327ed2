"""Theft in the bound: how much of a cell's sales rivals can leave, by the load that the whole group puts on itself.

Rivals leave ``C = prod (1 - x_r)`` of a cell, ``x_r = theft * fatigue`` in [0, X_r]. For a given sum z the product is
largest where the x_r are as equal as their ends allow, and that largest value ``h(z)`` falls and is convex in z. So
over any interval of z, C is at most the chord of h: exact at its ends, and the closer the shorter the interval.

The load of a group of rivals in a segment and period is the sum of all its x. Its range is cut into intervals. In
interval i a cell with a column whose own x lies in [a, b] meets a z between ``M_i - b`` and ``M_{i+1} - a``. All cells
of a group must name the same interval; payments that sum to zero over the group tie what they name, and on a common
interval they cancel.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.bound.tables import Cells
from scenarios.response.coefficients import Coefficients

Array = Any
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

KNOTS = 65
"""Points at which h is known; chords between them lie above it."""


class Loads(NamedTuple):
    """I intervals of a group's load."""

    left: Float
    """[I, 2, T, S, K, C] most that rivals leave of a cell's sales at the ends of an interval."""
    lost: Float
    """[I, 2, T, S, K, C] sum of rivals' thefts there."""
    possible: Bool
    """[I, T, S, K, C] whether a cell's column fits an interval."""
    slope: Float
    """[I, T, S, K] guess of the price of being robbed, per unit of what is kept."""
    start: Float
    """[I, T, S, K] load at which an interval begins; the same in all cells of a group."""
    group: Float
    """[K, G] 1 where a product belongs to a group of rivals."""


def _most_left(most: Float, total: Float) -> Float:
    """Largest product of ``1 - x`` over x in [0, most] with sum ``total``; at least as large, never smaller.

    Parameters
    ----------
    most : [..., R]
    total : [..., J]

    Returns
    -------
    [..., J]
    """
    low, high = np.zeros(total.shape), np.broadcast_to(most.max(axis=-1, initial=0.0)[..., None], total.shape).copy()
    caps = most[..., None, :]
    for _ in range(40):
        middle = 0.5 * (low + high)
        below = np.minimum(caps, middle[..., None]).sum(axis=-1) <= total
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((1.0 - np.minimum(caps, low[..., None])).prod(axis=-1))


def loads(model: Coefficients, cells: Cells, cuts: tuple[float, ...]) -> Loads:
    """Cut the load of every group of rivals at shares ``cuts`` of what it can be at most."""
    t, s, k, _ = cells.lift.shape
    theft = np.where(cells.allowed, cells.theft, 0.0)
    most = theft.max(axis=-1) * cells.fresh_high
    padded = np.concatenate([most, np.zeros((t, s, 1))], axis=2)
    rivals = padded[:, :, model.rivals]
    others = rivals.sum(axis=-1)
    whole = others + most
    share = np.linspace(0.0, 1.0, KNOTS)
    kept = _most_left(rivals, others[..., None] * share)
    kept[..., 0] = 1.0

    def at(load: Float) -> Float:
        """Most that is left at [..., C] loads, by chords."""
        place = np.clip(load / np.maximum(others, 1e-30)[..., None], 0.0, 1.0) * (KNOTS - 1)
        lower = np.minimum(place.astype(np.int64), KNOTS - 2)
        weight = place - lower
        return np.asarray(
            np.take_along_axis(kept, lower, axis=-1) * (1.0 - weight)
            + np.take_along_axis(kept, lower + 1, axis=-1) * weight
        )

    own_high, own_low = theft * cells.fresh_high[..., None], theft * cells.fresh_low[..., None]
    ends = [0.0, *cuts, 1.0]
    left, lost, possible, slopes, starts = [], [], [], [], []
    for first, last in pairwise(ends):
        lowest = np.clip(first * whole[..., None] - own_high, 0.0, others[..., None])
        highest = np.minimum(last * whole[..., None] - own_low, others[..., None])
        fits = (highest >= -1e-12) & (first * whole[..., None] - own_high <= others[..., None] + 1e-12)
        highest = np.maximum(highest, lowest)
        lost.append(np.stack([lowest, highest]))
        left.append(np.stack([at(lowest), at(highest)]))
        possible.append(fits)
        starts.append(first * whole)
        slopes.append((1.0 - kept[..., -1]) / np.maximum(others, 1e-12))
    groups = model.grid.rival_group
    table = np.zeros((k, max(1, int(groups.max(initial=-1)) + 1)))
    inside = groups >= 0
    table[np.flatnonzero(inside), groups[inside]] = 1.0
    return Loads(
        left=np.stack(left),
        lost=np.stack(lost),
        possible=np.stack(possible),
        slope=np.stack(slopes),
        start=np.stack(starts),
        group=table,
    )

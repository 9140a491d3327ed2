"""Theft in the bound: how much of a cell's sales rivals can leave, by the load that the whole group puts on itself.

Rivals leave ``C = prod (1 - x_r)`` of a cell, ``x_r = theft * fatigue``. Counted as loads ``y_r = -log(1 - x_r)`` they
add up, and ``C = exp(-z)`` with z the sum of all rivals' loads: exact whoever robs, and convex in z, so that over any
interval of z a cell that pays for its z does best at one of the ends. A load is convex in fatigue: where it is paid for
it is at least its tangent, where it earns it is at most its chord, both affine in fatigue as the programs need them.

The load of a group of rivals in a segment and period is the sum of all its y. Its range is cut into intervals. In
interval i a cell with a column whose own y lies in [a, b] meets a z between ``M_i - b`` and ``M_{i+1} - a``. All cells
of a group must name the same interval; payments that sum to zero over the group tie what they name, and on a common
interval they cancel.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.bound.series import NEVER
from planner.bound.tables import Cells
from scenarios.response.coefficients import Coefficients

Array = Any
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

FRESH = 0.7
"""Where the tangent of a load touches, as a share of the way from the tiredest customers can be to the freshest."""


class Loads(NamedTuple):
    """I intervals of a group's load, each with two ends: V = 2 I ways."""

    left: Float
    """[T, V, S, K, C] what rivals leave of a cell's sales at the end of an interval."""
    least: Float
    """[T, V, S, K, C] a tangent that lies below: what they leave of losses."""
    lost: Float
    """[T, V, S, K, C] sum of rivals' loads there."""
    possible: Bool
    """[T, I, S, K, C] whether a cell's column fits an interval."""
    slope: Float
    """[T, S, K] guess of the price of a unit of load, per unit of what is kept."""
    start: Float
    """[I, T, S, K] load at which an interval begins; the same in all cells of a group."""
    group: Float
    """[K, G] 1 where a product belongs to a group of rivals."""
    paid: Float
    """[T, 2, S, K, C] the least load of a column is ``paid[0] + paid[1] * fatigue``."""
    earned: Float
    """[T, 2, S, K, C] its most."""


def _affine(theft: Float, low: Float, high: Float) -> tuple[Float, Float]:
    """Tangent and chord of ``-log(1 - theft * F)`` for F from ``low`` to ``high``, as constant and slope."""
    touch = low + FRESH * (high - low)
    rise = theft / (1.0 - theft * touch)
    tangent = np.stack([-np.log1p(-theft * touch) - rise * touch, rise], axis=1)
    first, wide = -np.log1p(-theft * low), np.maximum(high - low, 1e-12)
    steep = np.where(high - low > 1e-9, (-np.log1p(-theft * high) - first) / wide, theft / (1.0 - theft * high))
    return tangent, np.stack([first - steep * low, steep], axis=1)


def loads_of(model: Coefficients, cells: Cells, cuts: tuple[float, ...]) -> Loads:
    """Cut the load of every group of rivals at shares ``cuts`` of what it can be at most."""
    t, s, k, _ = cells.lift.shape
    theft = np.where(cells.allowed, cells.theft, 0.0)
    low, high = cells.fresh_low[..., None], cells.fresh_high[..., None]
    own_low, own_high = -np.log1p(-theft * low), -np.log1p(-theft * high)
    most = own_high.max(axis=-1)
    others = np.concatenate([most, np.zeros((t, s, 1))], axis=2)[:, :, model.rivals].sum(axis=-1)
    whole = (others + most)[..., None]
    left, least, lost, possible, starts = [], [], [], [], []
    for first, last in pairwise([0.0, *cuts, 1.0]):
        lowest = np.clip(first * whole - own_high, 0.0, others[..., None])
        highest = np.minimum(last * whole - own_low, others[..., None])
        possible.append((highest >= -1e-12) & (first * whole - own_high <= others[..., None] + 1e-12))
        highest = np.maximum(highest, lowest)
        middle = 0.5 * (lowest + highest)
        for end in (lowest, highest):
            lost.append(end)
            left.append(np.exp(-end))
            least.append(np.exp(-middle) * (1.0 - (end - middle)))
        starts.append(first * whole[..., 0])
    groups = model.grid.rival_group
    table = np.zeros((k, max(1, int(groups.max(initial=-1)) + 1)))
    inside = groups >= 0
    table[np.flatnonzero(inside), groups[inside]] = 1.0
    paid, earned = _affine(theft, low, high)
    return Loads(
        left=np.stack(left, axis=1),
        least=np.stack(least, axis=1),
        lost=np.stack(lost, axis=1),
        possible=np.stack(possible, axis=1),
        slope=(1.0 - np.exp(-others)) / np.maximum(others, 1e-12),
        start=np.stack(starts),
        group=table,
        paid=paid,
        earned=earned,
    )


def robbing_pays(price: Array, paid: Array, earned: Array, rivals: Array, xp: Any) -> tuple[Array, Array]:
    """What columns pay for the load that they put on rivals in one period, by interval: a constant, and per freshness.

    Parameters
    ----------
    price
        [I, S, K] what a unit of load costs whoever puts it on a cell; below 0 it earns.
    paid, earned
        [2, S, K, C] of `Loads`, one period.

    Returns
    -------
    [I, S, K, C] each
    """
    padded = xp.concatenate([price, xp.zeros_like(price[..., :1])], axis=-1)[..., rivals]
    dear, cheap = (xp.where(side, padded, 0.0).sum(axis=-1)[..., None] for side in (padded > 0, padded <= 0))
    return paid[0] * dear + earned[0] * cheap, paid[1] * dear + earned[1] * cheap


def load_ties(reward: Array, extra: Array, units: Array, group: Array, xp: Any) -> Array:
    """Guess what cells pay in one period for intervals of their group's load: [I, S, K], sums to 0 over a group.

    ``reward`` [V, S, K] is roughly what a cell earns in each way, very low where it cannot; ``extra`` [I, S, K] is
    added to the guess; ``units`` [S, K] weigh cells.
    """
    gain = xp.maximum(reward[::2], reward[1::2])
    members = group.sum(axis=0)

    def total(values: Array) -> Array:
        return xp.einsum("...k,kg,jg->...j", values, group, group)

    able = gain > NEVER / 2
    possible = total(xp.where(able & able[:1], 0.0, 1.0)) < 0.5
    own = xp.where(possible, gain - gain[:1], 0.0)
    inside = group.sum(axis=1)
    tie = 0.3 * ((units + 1e-9) / xp.maximum(total(units + 1e-9), 1e-9) * total(own) - own) * inside
    mean = total(extra) / xp.maximum(group @ members, 1.0)
    tie = tie + (extra - mean) * inside
    return xp.where(np.arange(len(gain))[:, None, None] == 0, 0.0, tie)

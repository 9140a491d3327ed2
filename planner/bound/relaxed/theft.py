"""Theft in the bound: how much of a cell's sales rivals can leave, by the load that the whole group puts on itself.

Rivals leave ``C = prod (1 - x_r)`` of a cell, ``x_r = theft * fatigue``. Counted as loads ``y_r = -log(1 - x_r)`` they
add up, and ``C = exp(-z)`` with z the sum of all rivals' loads: exact whoever robs, and convex in z, so that over any
interval of z a cell that pays for its z does best at one of the ends. A load is convex in fatigue: where it is paid for
it is at least its tangent, where it earns it is at most its chord, both affine in fatigue as the programs need them.

The load of a group of rivals in a segment and period is the sum of all its y. Its range is cut into intervals. In
interval i a cell with a column whose own y lies in [a, b] meets a z between ``M_i - b`` and ``M_{i+1} - a``. All cells
of a group must name the same interval; payments that sum to zero over the group tie what they name, and on a common
interval they cancel.

Tables by column and way are made where they are needed, from a column's own loads: kept for the whole horizon they
would be the largest of the bound.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planner.bound.never import NEVER
from planner.bound.tables import Cells
from scenarios.arrays import Float
from scenarios.response.coefficients import Coefficients

Array = Any

FRESH = 0.7
"""Where the tangent of a load touches, as a share of the way from the tiredest customers can be to the freshest."""
SAME = 1e-4
"""Freshness that varies by less counts as one number."""
TOUCH = 1e-7
"""Loads this far outside of an interval still count as in it: both its neighbours may be named at their border."""


class Loads(NamedTuple):
    """What the loads of all cells follow from."""

    others: Float
    """[T, S, K] most load that rivals put on a cell."""
    whole: Float
    """[T, S, K] most load of the cell's group; the same in all its cells."""
    spared: Float
    """[T, S, K] factor on what rivals leave of losses: 1, less only where ``others`` is left out."""
    slope: Float
    """[T, S, K] guess of the price of a unit of load, per unit of what is kept."""
    group: Float
    """[K, G] 1 where a product belongs to a group of rivals."""
    own: Float
    """[T, 6, C, S * K] of `own_loads`; [T, 0] where nobody robs anybody."""


class Ends(NamedTuple):
    """What cells meet at the two ends of each of I intervals of their group's load."""

    left: Array
    """[I, 2, ...] what rivals leave of a column's sales."""
    least: Array
    """[I, 2, ...] a tangent that lies below: what they leave of losses."""
    lost: Array
    """[I, 2, ...] sum of rivals' loads."""
    possible: Array
    """[I, ...] whether a column fits an interval."""


def loads_of(model: Coefficients, cells: Cells) -> Loads:
    """Most load of every cell's rivals and of every group."""
    t, s, k, _ = cells.theft.shape
    most = -np.log1p(-cells.theft * cells.fresh_high[..., None]).min(axis=-1)
    others = np.concatenate([most, np.zeros((t, s, 1))], axis=2)[:, :, model.rivals].sum(axis=-1)
    groups = model.grid.rival_group
    table = np.zeros((k, max(1, int(groups.max(initial=-1)) + 1)))
    inside = groups >= 0
    table[np.flatnonzero(inside), groups[inside]] = 1.0
    own = np.zeros((t, 0))
    if cells.stolen_sum.any():
        found = own_loads(cells.theft, (cells.fresh_low[..., None], cells.fresh_high[..., None]))
        own = np.ascontiguousarray(found.transpose(1, 0, 4, 2, 3).reshape(t, len(found), -1, s * k))
    return Loads(
        others=others,
        whole=others + most,
        spared=np.ones_like(others),
        slope=(1.0 - np.exp(-others)) / np.maximum(others, 1e-12),
        group=table,
        own=own,
    )


def unrobbed(loads: Loads) -> Loads:
    """Loads of the naive bound: rivals leave everything of gains, and of losses the least that they can."""
    none = np.broadcast_to(0.0, loads.others.shape)
    own = np.broadcast_to(0.0, loads.own.shape)
    return loads._replace(others=none, whole=none, spared=np.exp(-loads.others), own=own)


def own_loads(theft: Float, fresh: tuple[Float, Float]) -> Float:
    """Loads of columns between two fatigue factors: the lowest, the highest, `least_load` and `most_load`, [6, ...]."""
    low, high = (-np.log1p(-theft * each) for each in fresh)
    return np.stack([low, high, *least_load(theft, fresh, np), *most_load(theft, fresh)])


def ends_of(
    own_low: Array, own_high: Array, others: Array, whole: Array, spared: Array, cuts: tuple[float, ...], xp: Any
) -> Ends:
    """Cut the load of every group at shares ``cuts`` of the most that it can be.

    Parameters
    ----------
    own_low, own_high
        Least and most load of each column, 0 where a cell does not allow it; all others of shapes that broadcast to
        theirs.
    others, whole, spared
        As `Loads` has them.
    cuts
        Where intervals meet, rising; I is one more.
    """
    borders = np.array((0.0, *cuts, 1.0), dtype=own_low.dtype).reshape(-1, *(1 for _ in own_low.shape))
    begins = borders[:-1] * whole - own_high
    lowest = xp.clip(begins, 0.0, others)
    highest = xp.minimum(borders[1:] * whole - own_low, others)
    possible = (highest >= -TOUCH) & (begins <= others + TOUCH)
    highest = xp.maximum(highest, lowest)
    middle = (0.5 * (lowest + highest))[:, None]
    lost = xp.stack([lowest, highest], axis=1)
    least = xp.exp(-middle) * spared * (1.0 - (lost - middle))
    return Ends(left=xp.exp(-lost), least=least, lost=lost, possible=possible)


def least_load(theft: Array, fresh: tuple[Array, Array], xp: Any) -> tuple[Array, Array]:
    """Tangent of ``-log(1 - theft * F)``, F between two fatigue factors: constant and slope."""
    low, high = fresh
    touch = low + FRESH * (high - low)
    rise = theft / (1.0 - theft * touch)
    return -xp.log1p(-theft * touch) - rise * touch, rise


def most_load(theft: Float, fresh: tuple[Float, Float]) -> tuple[Float, Float]:
    """Chord of the same; where F hardly varies, the steepest line through its low end."""
    low, high = fresh
    first, wide = -np.log1p(-theft * low), high - low
    steep = (-np.log1p(-theft * high) - first) / np.maximum(wide, SAME)
    steep = np.where(wide > SAME, steep, theft / (1.0 - theft * high))
    return first - steep * low, steep


def robbing_pays(price: Array, own: Array, rivals: Array, xp: Any) -> tuple[Array, Array]:
    """What columns pay for the load that they put on rivals in one period, by interval: a constant, and per freshness.

    Parameters
    ----------
    price
        [I, S, K] what a unit of load costs whoever puts it on a cell; below 0 it earns.
    own
        [4, C, S * K] constant and slope of columns' least and most loads.

    Returns
    -------
    [I, C, S * K] each
    """
    padded = xp.concatenate([price, xp.zeros_like(price[..., :1])], axis=-1)[..., rivals]
    above = xp.where(padded > 0, padded, 0.0)
    dear, cheap = (side.sum(axis=-1).reshape(len(price), 1, -1) for side in (above, padded - above))
    return own[0] * dear + own[2] * cheap, own[1] * dear + own[3] * cheap


def load_ties(gain: Array, extra: Array, units: Array, group: Array, xp: Any) -> Array:
    """Guess what cells pay in one period for intervals of their group's load: [I, S, K], sums to 0 over a group.

    ``gain`` [I, S, K] is roughly what a cell earns in each interval, very low where it cannot; ``extra`` [I, S, K] is
    added to the guess; ``units`` [S, K] weigh cells.
    """
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

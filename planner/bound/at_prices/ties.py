"""What segments pay each other for public choices, which all make alike: prices guessed from what each gains."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.bound.inputs import Data
from planner.bound.layout import Layout
from planner.bound.never import NEVER
from planner.bound.relaxed.theft import least_load
from scenarios.arrays import Int

Array = Any

BUMPED = 0.8
"""Share of the most that a bump can be, at which a guess counts it: other promotions tire customers in part."""


def ties(gain: Array, public: Int, allowed: Array, weight: Array, extra: Array, xp: Any) -> Array:
    """What segments pay for public choices: [T, S, K, P'], sums to 0 over segments.

    A guess, by which each segment's own gain from a choice (its best column) is replaced by its ``weight`` of all
    segments' gain, and ``extra`` [T, S, K, P'] beside it.
    """
    width = extra.shape[-1]
    if width == 1:
        return xp.zeros_like(extra)
    own = _best_by_choice(xp.where(allowed, gain, NEVER), public, width, xp)
    possible = (own > NEVER / 2).all(axis=1, keepdims=True) & (own[..., :1] > NEVER / 2).all(axis=1, keepdims=True)
    own = xp.where(possible, own - own[..., :1], 0.0)
    tie = weight[..., None] * own.sum(axis=1, keepdims=True) - own + extra - extra.mean(axis=1, keepdims=True)
    return xp.where(np.arange(width) == 0, 0.0, tie)


def public_pay(
    base: Array,
    bump: Array,
    fixed: Array,
    theft_price: Array,
    extra: Array,
    data: Data,
    shape: Layout,
    xp: Any,
) -> Array:
    """[T, S, K, C] what columns earn for their public choice, by roughly what they are worth to each segment."""
    cells = data.cells
    if extra.shape[-1] == 1:
        return xp.zeros_like(fixed)
    rough = (cells.units * cells.past_dip)[..., None] * base
    rough = rough + (BUMPED * cells.units * cells.fresh_high)[..., None] * bump + fixed
    if shape.robbed:
        rough = rough - _robbing(theft_price.mean(axis=0), data, shape, xp)
    weight = (cells.units + 1e-9) / (cells.units + 1e-9).sum(axis=1, keepdims=True)
    tie = ties(rough, shape.public, cells.allowed, weight, extra, xp)
    return _of_choices(tie, shape.public, xp)


def _best_by_choice(value: Array, public: NDArray[np.int64], width: int, xp: Any) -> Array:
    """[..., P'] largest value [..., C] among the columns of each public choice.

    One expression for all choices where they are compiled: written one by one, programs grow with their number. What
    NumPy would make of it is a table of columns times choices.
    """
    if xp is np:
        return np.stack([np.where(public == number, value, NEVER).max(axis=-1) for number in range(width)], axis=-1)
    return xp.where(public[..., None] == np.arange(width), value[..., None], NEVER).max(axis=-2)


def _of_choices(tie: Array, public: NDArray[np.int64], xp: Any) -> Array:
    """[T, S, K, C] entries [T, S, K, P'] of columns' public choices, of which the first has 0."""
    if xp is np:
        return np.asarray(tie[:, :, np.arange(len(public))[:, None], public])
    return xp.where(public[..., None] == np.arange(tie.shape[-1]), tie[..., None, :], 0.0).sum(axis=-1)


def _robbing(price: Array, data: Data, shape: Layout, xp: Any) -> Array:
    """[T, S, K, C] roughly what columns pay for robbing at prices [T, S, K] that no interval changes."""
    padded = xp.concatenate([price, xp.zeros_like(price[..., :1])], axis=-1)
    here = padded[..., shape.rivals].sum(axis=-1)[..., None]
    low, high = data.cells.fresh_low[..., None], data.cells.fresh_high[..., None]
    constant, slope = least_load(data.cells.theft, (low, high), xp)
    return (constant + slope * high) * here

"""What a base unit, a bump and a line on orders are worth at given prices, and what the baskets around them may change.

Every choice is free to be optimistic about the basket factor, which lies between two ends; letters as in
`planner.bound.tables`, and B counts the ends of the factor (one where nothing is on offer to orders).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from planner.bound.above_zero import above_zero
from planner.bound.inputs import Data, Prices
from planner.bound.never import NEVER
from planner.bound.relaxed.weights import UnitWeights
from planner.bound.tables import Baskets, Cells

Array = Any

STEEPEST = 1e30
"""Price per lift where no line on orders helps: none is taken up."""


class OrderLines(NamedTuple):
    """What lines on orders earn."""

    plain: Array
    """[T, S, Y] whatever customers' freshness."""
    tiring: Array
    """[T, S, Y] per unit of freshness."""
    slope: Array
    """[T, S] part of a line's cost, per lift, that cells pay on true orders."""


class Worth(NamedTuple):
    """What units are worth in every column."""

    base: Array
    """[T, S, K, C] of a base unit, at basket factor 1."""
    bump: Array
    """[T, S, K, C] of a unit of flow, per lift, at basket factor 1."""
    above: Array
    """[B, T, S, K] what the factor adds to 1, as far as it can be supplied."""
    extra: Array
    """[B, T, S, K, 1] what a base unit sold by the factor is worth beside ``base``."""
    base_here: Array
    """[B, T, S, K, C] of a base unit, at the ends of the factor."""
    bump_here: Array
    """[B, T, S, K, C]"""


def order_lines(unit: UnitWeights, baskets: Baskets, xp: Any) -> OrderLines:
    """Tell what lines on orders earn, their cost split into a share of the lift, which cells pay, and the rest."""
    first = (baskets.base * unit.order_base).sum(axis=2)
    second = (baskets.bump * unit.order_bump).sum(axis=2)
    moved = baskets.lift * baskets.fresh_high[..., None]
    helps = baskets.allowed & (moved > 1e-12)
    cost = -(first + second * baskets.fresh_high[..., None]) / xp.where(helps, moved, 1.0)
    slope = xp.where(helps, cost, STEEPEST).min(axis=-1)
    slope = xp.where(helps.any(axis=-1), above_zero(slope, xp), 0.0) * (1.0 - 1e-6)
    second = second + slope[..., None] * baskets.lift
    at_high = first + second * baskets.fresh_high[..., None]
    low, high = baskets.orders_low[..., None], baskets.orders_high[..., None]
    spent = (first <= 0.0) & (at_high <= 0.0)
    plain = xp.where(spent, first * low, xp.maximum(first * low, first * high))
    low, high = baskets.rising_low[..., None], baskets.rising_high[..., None]
    tiring = xp.where(spent, second * low, xp.maximum(second * low, second * high))
    return OrderLines(plain=plain, tiring=tiring, slope=slope)


def worth(prices: Prices, unit: UnitWeights, slope: Array | None, data: Data, xp: Any) -> Worth:
    """Tell what units are worth in every column.

    Parameters
    ----------
    prices, data
        What the bound is a function of.
    unit
        The priced weights.
    slope
        [T, S] from `order_lines`; None for 0 everywhere.
    xp
        NumPy or JAX's.
    """
    cells = data.cells
    base, bump = _at_factor_one(prices, unit, cells, xp)
    ahead = data.ahead_margin * unit.charges
    above = xp.zeros((1, *cells.units.shape), cells.lift.dtype)
    base_here, bump_here, extra = base[None], bump[None], ahead[None, ..., None]
    if slope is not None:
        factors = xp.stack([data.baskets.factor_low, data.baskets.factor_high])
        above = (factors - 1.0)[..., None] * cells.supplied
        # A factor below 1 buys nothing ahead: what it would spare may be credited here, what it would cost may not.
        ahead = xp.where(above < 0.0, xp.minimum(ahead, 0.0), ahead)
        extra = (ahead - slope[..., None] * cells.orders_per_unit)[..., None]
        base_here = base + above[..., None] * (base + extra)
        bump_here = bump + above[..., None] * (bump + cells.lift * extra)
    best = xp.where(cells.allowed, base_here, NEVER).max(axis=-1)
    given = xp.einsum("jk,btsk->btsj", data.halo, best * cells.supplied)
    bump_here = bump_here + cells.spill * given[..., None]
    return Worth(base=base, bump=bump, above=above, extra=extra, base_here=base_here, bump_here=bump_here)


def _at_factor_one(prices: Prices, unit: UnitWeights, cells: Cells, xp: Any) -> tuple[Array, Array]:
    """Weight of one base unit and of one unit of flow per lift, [T, S, K, C], where nothing is on offer to orders."""
    per_unit = xp.cumsum(prices.stock[::-1], axis=0)[::-1]
    cell = (unit.cell - per_unit[:, None, :] + unit.order[..., None] * cells.orders_per_unit)[..., None]
    base = cell + (cells.base * unit.base).sum(axis=2)
    return base, cells.lift * cell + (cells.bump * unit.bump).sum(axis=2)

"""What the bound needs of a model's tables, as arrays that start with periods, over columns of allowed pairs.

Letters as in `scenarios.grid`; C columns are the pairs of offers that at least one cell of a product allows, padded to
one width and ordered by reach, so that every class of equal reach is one slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float, Int
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients, pair_reach


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """The pairs that some cell of a product may hold."""

    pair: Int
    """[K, C] pair number ``p * Q + q``."""
    public: Int
    """[K, C] p."""
    targeted: Int
    """[K, C] q."""
    real: Flag
    """[1, K, C] False for padding; [S, K, C] where reach differs by segment: a pair has a column for each of its
    reaches, and False where it is not the segment's."""
    reach: tuple[float, ...]
    """Reach of each class, the first is 0."""
    slices: tuple[tuple[int, int], ...]
    """First and last + 1 column of each class."""


def class_columns(possible: Flag, reach: Float, width: int) -> Columns:
    """Lay out the possible pairs [K, E] of each product by class of equal ``reach`` [1 or S, E]; ``width`` is Q."""
    levels = sorted({0.0, *(float(x) for x in reach[:, possible.any(axis=0)].ravel())})
    count = len(possible)
    pairs, real, slices, start = [], [], [], 0
    for level in levels:
        rows = [np.flatnonzero(possible[k] & (reach == level).any(axis=0)) for k in range(count)]
        size = max(1, max(len(row) for row in rows))
        table, here = np.zeros((count, size), dtype=np.int64), np.zeros((count, size), dtype=bool)
        for k, row in enumerate(rows):
            table[k, : len(row)], here[k, : len(row)] = row, True
        pairs.append(table)
        real.append(here & (reach[:, table] == level))
        slices.append((start, start + size))
        start += size
    pair = np.concatenate(pairs, axis=1)
    return Columns(
        pair=pair,
        public=pair // width,
        targeted=pair % width,
        real=np.concatenate(real, axis=2),
        reach=tuple(levels),
        slices=tuple(slices),
    )


class Cells(NamedTuple):
    """[T, S, K, C] shares of every column, and [T, S, K] constants of the cells."""

    allowed: Flag
    lift: Float
    base: Float
    """[T, S, 3, K, C] share of base units under a public line, a targeted line and both ..."""
    bump: Float
    """[T, S, 3, K, C] ... and of a bump."""
    theft: Float
    """0 where a cell does not allow the column."""
    spill: Float
    beyond: Float
    dips: Float
    """[W, T, S, K, C]"""
    units: Float
    past_dip: Float
    orders_per_unit: Float
    supplied: Float
    """[T, 1, K] 1 where halo and basket lines can bring units."""
    fresh_high: Float
    """[T, S, K] largest fatigue factor: what the past leaves."""
    fresh_low: Float
    """[T, S, K] smallest: the widest offer in every earlier period."""
    stolen_sum: Float
    """[T, S, K] largest sum of rivals' thefts."""
    stolen_low: Float
    """[T, S, K] smallest share of sales that rivals leave."""
    dip_sum: Float
    """[T, S, K] largest sum of dips."""
    dip_low: Float
    """[T, S, K] smallest product of dips."""
    tail_past: Float
    """[H, S, K] past fatigue after the horizon."""


class Baskets(NamedTuple):
    """[T, S, Y] shares of every basket column, [T, S] constants."""

    allowed: Flag
    lift: Float
    base: Float
    """[T, S, 2, Y] share of base orders under a public and a targeted line ..."""
    bump: Float
    """[T, S, 2, Y] ... and of further ones."""
    fresh_high: Float
    fresh_low: Float
    factor_low: Float
    """[T, S] smallest and largest basket factor."""
    factor_high: Float
    orders_low: Float
    """[T, S] fewest and most orders before the basket factor."""
    orders_high: Float
    rising_low: Float
    """[T, S] the same of products that basket lines can raise."""
    rising_high: Float


def allowed_blocks(grid: Grid, allowed: Flag) -> list[Flag]:
    """[N, width] as [K, T, P], [S, K, T, Q], [T, V], [S, T, U]."""
    parts = []
    for block, (shape, width) in enumerate(zip(grid.slot_shapes, grid.widths, strict=True)):
        rows = allowed[grid.offsets[block] : grid.offsets[block + 1], :width]
        parts.append(rows.reshape(*shape, width))
    return parts


def _front(table: NDArray[Any]) -> NDArray[Any]:
    """Move periods to the front: [S, K, T, ...] to [T, S, K, ...]."""
    return np.ascontiguousarray(np.moveaxis(table, 2, 0))


def _worn_out(reach: float, model: Coefficients) -> Float:
    """[T] fatigue when the widest offer ran in every earlier period of the horizon."""
    periods = model.grid.shape[2]
    lags = np.arange(1, periods)
    steps = 1.0 - reach * model.strengths.fatigue * model.strengths.fatigue_decay**lags
    return np.concatenate([[1.0], np.cumprod(steps)])


def cell_columns(model: Coefficients, blocks: list[Flag], bans: Flag | None = None) -> tuple[Columns, Cells]:
    """Columns and tables of the product layers; ``bans`` [S, K, T, P, Q] are pairs that must not meet."""
    grid, tables = model.grid, model.cells
    s, k, t = grid.shape
    meeting = blocks[0].transpose(1, 0, 2)[:, None, :, :, None] & _front(blocks[1])[:, :, :, None, :]
    pairs = (meeting if bans is None else meeting & ~_front(bans)).reshape(t, s, k, -1)
    columns = class_columns(pairs.any(axis=(0, 1)), pair_reach(grid, (0, 1)), grid.widths.targeted)
    index = columns.pair[None, :, None, :]

    def take(table: Float) -> Float:
        return _front(np.take_along_axis(table, index, axis=-1))

    def side_by_side(*tables: Float) -> Float:
        return np.stack([take(table) for table in tables], axis=2)

    allowed = np.take_along_axis(pairs, columns.pair[None, None], axis=-1) & columns.real
    theft, lift, spill = np.where(allowed, take(tables.theft), 0.0), take(tables.lift), take(tables.spill)
    dips = np.stack([take(table) for table in tables.dips])
    past, units = _front(model.past.fatigue), _front(model.base_units)
    fresh_high = past[:t]
    fresh_low = fresh_high * _worn_out(columns.reach[-1], model)[:, None, None]

    def largest(table: Float) -> Float:
        return np.asarray(np.where(allowed, table, 0.0).max(axis=-1, initial=0.0))

    worst = theft.max(axis=-1, initial=0.0) * fresh_high
    padded = np.concatenate([worst, np.zeros((t, s, 1))], axis=2)[:, :, model.rivals]
    sums, products = np.zeros((t, s, k)), np.ones((t, s, k))
    for lag, table in enumerate(dips, start=1):
        share = largest(table)[: max(t - lag, 0)]
        sums[lag:] += share
        products[lag:] *= 1.0 - share
    return columns, Cells(
        allowed=allowed,
        lift=lift,
        base=side_by_side(tables.base_public, tables.base_targeted, tables.base_both),
        bump=side_by_side(tables.bump_public, tables.bump_targeted, tables.bump_both),
        theft=theft,
        spill=spill,
        beyond=take(tables.beyond),
        dips=dips,
        units=units,
        past_dip=_front(model.past.dip),
        orders_per_unit=_front(model.orders_per_unit),
        supplied=(np.ones((k, t)) if model.supplied is None else model.supplied).T[:, None],
        fresh_high=fresh_high,
        fresh_low=fresh_low,
        stolen_sum=padded.sum(axis=-1),
        stolen_low=(1.0 - padded).prod(axis=-1),
        dip_sum=sums,
        dip_low=products,
        tail_past=past[t:],
    )


def basket_columns(model: Coefficients, blocks: list[Flag], cells: Cells) -> tuple[Columns, Baskets]:
    """Columns and tables of the basket layers; one "product" with the segments' own series."""
    grid, tables = model.grid, model.basket
    t = grid.shape[2]
    both = np.logical_and(blocks[2][:, None, :, None], blocks[3].transpose(1, 0, 2)[:, :, None, :])
    pairs: Flag = np.asarray(both).reshape(t, grid.shape[0], -1)
    columns = class_columns(
        np.asarray(pairs.any(axis=(0, 1)))[None], pair_reach(grid, (2, 3)), grid.widths.basket_targeted
    )

    def take(table: Float) -> Float:
        return np.ascontiguousarray(table.transpose(1, 0, 2)[..., columns.pair[0]])

    allowed = pairs[..., columns.pair[0]] & columns.real[:, 0]
    lift = take(tables.lift)
    fresh_high = model.past.basket_fatigue.T.copy()
    fresh_low = fresh_high * _worn_out(columns.reach[-1], model)[:, None]
    moves = np.where(allowed, lift, 0.0) * fresh_high[..., None]
    lifts = np.where(cells.allowed, cells.lift, 0.0)
    spills = np.where(cells.allowed, cells.spill, 0.0).max(axis=-1, initial=0.0)
    fewest = (
        cells.units
        * cells.stolen_low
        * (cells.past_dip * cells.dip_low + lifts.min(axis=-1, initial=0.0) * cells.fresh_high)
    )
    most = cells.units * (cells.past_dip + lifts.max(axis=-1, initial=0.0) * cells.fresh_high)
    most = most + cells.supplied * np.einsum("tsj,jk->tsk", spills * cells.units * cells.fresh_high, model.halo)
    fewest_orders = cells.orders_per_unit * np.maximum(fewest, 0.0)
    most_orders = cells.orders_per_unit * most
    return columns, Baskets(
        allowed=allowed,
        lift=lift,
        base=np.stack([take(tables.base_public), take(tables.base_targeted)], axis=2),
        bump=np.stack([take(tables.bump_public), take(tables.bump_targeted)], axis=2),
        fresh_high=fresh_high,
        fresh_low=fresh_low,
        factor_low=1.0 + moves.min(axis=-1, initial=0.0),
        factor_high=1.0 + moves.max(axis=-1, initial=0.0),
        orders_low=fewest_orders.sum(axis=-1),
        orders_high=most_orders.sum(axis=-1),
        rising_low=(cells.supplied * fewest_orders).sum(axis=-1),
        rising_high=(cells.supplied * most_orders).sum(axis=-1),
    )

"""What the bound needs of a model, as arrays that start with periods: columns of allowed pairs, and grouped weights.

Letters as in `scenarios.grid`; C columns are the pairs of offers that at least one cell of a product allows, padded to
one width and ordered by reach, so that every class of equal reach is one slice. F counts functionals: the objective
first, then the limits that are priced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.coefficients import Coefficients, pair_reach
from scenarios.grid import Grid
from scenarios.measures import Functional
from scenarios.totals import customers

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """The pairs that some cell of a product may hold."""

    pair: Int
    """[K, C] pair number ``p * Q + q``."""
    public: Int
    """[K, C] p."""
    targeted: Int
    """[K, C] q."""
    real: Bool
    """[K, C] False for padding."""
    reach: tuple[float, ...]
    """Reach of each class, the first is 0."""
    slices: tuple[tuple[int, int], ...]
    """First and last + 1 column of each class."""


def class_columns(possible: Bool, reach: Float, width: int) -> Columns:
    """Lay out the possible pairs [K, E] of each product by class of equal ``reach`` [E]; ``width`` is Q."""
    levels = sorted({0.0, *(float(x) for x in reach[possible.any(axis=0)])})
    count = len(possible)
    pairs, real, slices, start = [], [], [], 0
    for level in levels:
        rows = [np.flatnonzero(possible[k] & (reach == level)) for k in range(count)]
        size = max(1, max(len(row) for row in rows))
        table, here = np.zeros((count, size), dtype=np.int64), np.zeros((count, size), dtype=bool)
        for k, row in enumerate(rows):
            table[k, : len(row)], here[k, : len(row)] = row, True
        pairs.append(table)
        real.append(here)
        slices.append((start, start + size))
        start += size
    pair = np.concatenate(pairs, axis=1)
    return Columns(
        pair=pair,
        public=pair // width,
        targeted=pair % width,
        real=np.concatenate(real, axis=1),
        reach=tuple(levels),
        slices=tuple(slices),
    )


class Cells(NamedTuple):
    """[T, S, K, C] shares of every column, and [T, S, K] constants of the cells."""

    allowed: Bool
    lift: Float
    base_public: Float
    base_targeted: Float
    base_both: Float
    bump_public: Float
    bump_targeted: Float
    bump_both: Float
    theft: Float
    spill: Float
    beyond: Float
    dips: Float
    """[W, T, S, K, C]"""
    units: Float
    past_dip: Float
    orders_per_unit: Float
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

    allowed: Bool
    lift: Float
    base_public: Float
    base_targeted: Float
    bump_public: Float
    bump_targeted: Float
    fresh_high: Float
    fresh_low: Float
    factor_low: Float
    """[T, S] smallest and largest basket factor."""
    factor_high: Float
    orders_low: Float
    """[T, S] fewest and most orders before the basket factor."""
    orders_high: Float


def allowed_blocks(grid: Grid, allowed: Bool) -> list[Bool]:
    """[N, width] as [K, T, P], [S, K, T, Q], [T, V], [S, T, U]."""
    parts = []
    for block, (shape, width) in enumerate(zip(grid.slot_shapes, grid.widths, strict=True)):
        rows = allowed[grid.offsets[block] : grid.offsets[block + 1], :width]
        parts.append(rows.reshape(*shape, width))
    return parts


def _front(table: Float) -> Float:
    """Move periods to the front: [S, K, T, ...] to [T, S, K, ...]."""
    return np.ascontiguousarray(np.moveaxis(table, 2, 0))


def _worn_out(reach: float, model: Coefficients) -> Float:
    """[T] fatigue when the widest offer ran in every earlier period of the horizon."""
    periods = model.grid.shape[2]
    lags = np.arange(1, periods)
    steps = 1.0 - reach * model.strengths.fatigue * model.strengths.fatigue_decay**lags
    return np.concatenate([[1.0], np.cumprod(steps)])


def cell_columns(model: Coefficients, blocks: list[Bool]) -> tuple[Columns, Cells]:
    """Columns and tables of the product layers."""
    grid, tables = model.grid, model.cells
    s, k, t = grid.shape
    pairs = (blocks[0].transpose(1, 0, 2)[:, None, :, :, None] & _front(blocks[1])[:, :, :, None, :]).reshape(
        t, s, k, -1
    )
    columns = class_columns(pairs.any(axis=(0, 1)), pair_reach(grid, (0, 1)), grid.widths.targeted)
    index = columns.pair[None, :, None, :]

    def take(table: Float) -> Float:
        return _front(np.take_along_axis(table, index, axis=-1))

    allowed = np.take_along_axis(pairs, columns.pair[None, None], axis=-1) & columns.real
    theft, lift, spill = take(tables.theft), take(tables.lift), take(tables.spill)
    dips = np.stack([take(table) for table in tables.dips])
    past, units = _front(model.past.fatigue), _front(model.base_units)
    fresh_high = past[:t]
    fresh_low = fresh_high * _worn_out(columns.reach[-1], model)[:, None, None]

    def largest(table: Float) -> Float:
        return np.asarray(np.where(allowed, table, 0.0).max(axis=-1, initial=0.0))

    worst = largest(theft) * fresh_high
    padded = np.concatenate([worst, np.zeros((t, s, 1))], axis=2)[:, :, model.rivals]
    sums, products = np.zeros((t, s, k)), np.ones((t, s, k))
    for lag, table in enumerate(dips, start=1):
        share = largest(table)[: max(t - lag, 0)]
        sums[lag:] += share
        products[lag:] *= 1.0 - share
    return columns, Cells(
        allowed=allowed,
        lift=lift,
        base_public=take(tables.base_public),
        base_targeted=take(tables.base_targeted),
        base_both=take(tables.base_both),
        bump_public=take(tables.bump_public),
        bump_targeted=take(tables.bump_targeted),
        bump_both=take(tables.bump_both),
        theft=theft,
        spill=spill,
        beyond=take(tables.beyond),
        dips=dips,
        units=units,
        past_dip=_front(model.past.dip),
        orders_per_unit=_front(model.orders_per_unit),
        fresh_high=fresh_high,
        fresh_low=fresh_low,
        stolen_sum=padded.sum(axis=-1),
        stolen_low=(1.0 - padded).prod(axis=-1),
        dip_sum=sums,
        dip_low=products,
        tail_past=past[t:],
    )


def basket_columns(model: Coefficients, blocks: list[Bool], cells: Cells) -> tuple[Columns, Baskets]:
    """Columns and tables of the basket layers; one "product" with the segments' own series."""
    grid, tables = model.grid, model.basket
    t = grid.shape[2]
    pairs = (blocks[2][:, None, :, None] & blocks[3].transpose(1, 0, 2)[:, :, None, :]).reshape(t, grid.shape[0], -1)
    columns = class_columns(pairs.any(axis=(0, 1))[None], pair_reach(grid, (2, 3)), grid.widths.basket_targeted)

    def take(table: Float) -> Float:
        return np.ascontiguousarray(table.transpose(1, 0, 2)[..., columns.pair[0]])

    allowed = pairs[..., columns.pair[0]] & columns.real[0]
    lift = take(tables.lift)
    fresh_high = model.past.basket_fatigue.T.copy()
    fresh_low = fresh_high * _worn_out(columns.reach[-1], model)[:, None]
    moves = np.where(allowed, lift, 0.0) * fresh_high[..., None]
    lifts = np.where(cells.allowed, cells.lift, 0.0)
    spills = np.where(cells.allowed, cells.spill, 0.0).max(axis=-1, initial=0.0)
    fewest = cells.units * cells.stolen_low * (
        cells.past_dip * cells.dip_low + lifts.min(axis=-1, initial=0.0) * cells.fresh_high
    )
    most = cells.units * (cells.past_dip + lifts.max(axis=-1, initial=0.0) * cells.fresh_high)
    most = most + np.einsum("tsj,jk->tsk", spills * cells.units * cells.fresh_high, model.halo)
    return columns, Baskets(
        allowed=allowed,
        lift=lift,
        base_public=take(tables.base_public),
        base_targeted=take(tables.base_targeted),
        bump_public=take(tables.bump_public),
        bump_targeted=take(tables.bump_targeted),
        fresh_high=fresh_high,
        fresh_low=fresh_low,
        factor_low=1.0 + moves.min(axis=-1, initial=0.0),
        factor_high=1.0 + moves.max(axis=-1, initial=0.0),
        orders_low=(cells.orders_per_unit * np.maximum(fewest, 0.0)).sum(axis=-1),
        orders_high=(cells.orders_per_unit * most).sum(axis=-1),
    )


class Weights(NamedTuple):
    """Weights of all functionals, side by side; `split` names the parts of the last axis."""

    units: Float
    """[F, X] per unit, line and order, see `unit_weights`."""
    group: Float
    """[F, G] 1 where a functional has the masks of group g."""
    masks: Float
    """[G, T, S]"""
    message: Float
    """[F, J] per message of distinct message scope j."""
    contact_cells: Float
    """[J, K, C] coverage."""
    contact_basket: Float
    """[J, Y]"""
    reached: Float
    """[F, S] per customer reached."""
    reached_cells: Float
    """[F, K, C] coverage."""
    reached_basket: Float
    """[F, Y]"""
    reached_periods: Float
    """[F, T]"""


UNIT_PARTS = ("public", "public_base", "targeted", "targeted_base", "both", "public_line", "targeted_line")
BASKET_PARTS = (
    "basket_public",
    "basket_targeted",
    "basket_public_base",
    "basket_targeted_base",
    "basket_public_line",
    "basket_targeted_line",
)


def _row(functional: Functional, cells: Columns, orders: Columns) -> Float:
    """Flatten one functional's weights: cell [K], charges [K], order [1], then UNIT_PARTS [K, C], BASKET_PARTS [Y]."""
    k = np.arange(len(cells.pair))[:, None]
    p, q, v, u = cells.public, cells.targeted, orders.public[0], orders.targeted[0]
    return np.concatenate(
        [
            functional.cell,
            functional.charges,
            [functional.order],
            functional.public[k, p].ravel(),
            functional.public_base[k, p].ravel(),
            functional.targeted[k, p, q].ravel(),
            functional.targeted_base[k, p, q].ravel(),
            functional.both[k, p, q].ravel(),
            functional.public_line[k, p].ravel(),
            functional.targeted_line[k, q].ravel(),
            functional.basket_public[v],
            functional.basket_targeted[u],
            functional.basket_public_base[v],
            functional.basket_targeted_base[u],
            functional.basket_public_line[v],
            functional.basket_targeted_line[u],
        ]
    )


def weights_of(functionals: tuple[Functional, ...], cells: Columns, orders: Columns) -> Weights:
    """Collect the weights of all functionals over the columns."""
    k = np.arange(len(cells.pair))[:, None]
    groups: dict[bytes, int] = {}
    masks: list[Float] = []
    scopes: dict[bytes, int] = {}
    contacts: list[tuple[Float, Float]] = []
    entries: list[tuple[int, int, float]] = []
    member = []
    for number, each in enumerate(functionals):
        mask = np.outer(each.periods, each.segments)
        if mask.tobytes() not in groups:
            groups[mask.tobytes()] = len(masks)
            masks.append(mask)
        member.append(groups[mask.tobytes()])
        for row, basket, weight in zip(each.contact_targeted, each.contact_basket, each.message, strict=True):
            key = row.tobytes() + basket.tobytes()
            if key not in scopes:
                scopes[key] = len(contacts)
                contacts.append((row[k, cells.targeted], basket[orders.targeted[0]]))
            entries.append((number, scopes[key], float(weight)))
    message = np.zeros((len(functionals), len(contacts)))
    for number, scope, weight in entries:
        message[number, scope] += weight
    return Weights(
        units=np.stack([_row(each, cells, orders) for each in functionals]),
        group=np.eye(len(masks))[member],
        masks=np.stack(masks),
        message=message,
        contact_cells=np.array([c for c, _ in contacts]).reshape(-1, *cells.pair.shape),
        contact_basket=np.array([b for _, b in contacts]).reshape(-1, orders.pair.shape[1]),
        reached=np.stack([each.reached * each.segments for each in functionals]),
        reached_cells=np.stack([each.reached_targeted[k, cells.targeted] for each in functionals]),
        reached_basket=np.stack([each.reached_basket[orders.targeted[0]] for each in functionals]),
        reached_periods=np.stack([each.periods for each in functionals]),
    )


def people_of(model: Coefficients) -> Float:
    """[S] customers."""
    return customers(model)

"""Coefficients: the response model's tables, one number per cell and pair of choices. Made once, before the search."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from scenarios.grid import Grid
from scenarios.response.baskets import Baskets
from scenarios.response.economics import Economics, build_economics
from scenarios.response.effects import Effects
from scenarios.response.entries import CellTables, Surroundings, cell_entries
from scenarios.response.history import Past, read_past
from scenarios.response.interactions import Strengths, cut_at_stock, strengths
from scenarios.response.pairs import Pair, pair_up
from scenarios.response.served import Served, demand, kept_uses, reach_of, served, who_is_served

Float = NDArray[np.float64]

BLOCK_ENTRIES = 100_000
"""Entries that tables are made of at a time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerTables:
    """What each layer's offers do alone, before they meet: [S, K, T, P] and [S, K, T, Q], 0 for none.

    Public offers over all customers, whether their quantity serves them or not; targeted ones per customer served.
    """

    lift_public: Float
    take_public: Float
    lift_targeted: Float
    take_targeted: Float


@dataclass(frozen=True, kw_only=True, eq=False)
class BasketTables:
    """[S, T, Y] per segment, period and pair of basket offers; Y = V * U. Shares are per order."""

    lift: Float
    base_public: Float
    base_targeted: Float
    bump_public: Float
    bump_targeted: Float
    reach: Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Coefficients:
    """Everything that the response of one grid needs."""

    grid: Grid
    economics: Economics
    strengths: Strengths
    base_units: Float
    """[S, K, T] expected baseline, cut at stock in time order."""
    available: Float
    """[K, T] stock and arrivals, cumulative; inf without a stock limit."""
    rivals: NDArray[np.int64]
    """[K, R] the rivals of each product, padded with K."""
    halo: Float
    """[K, K] units of the second product per truly new unit of the first."""
    orders_per_unit: Float
    """[S, K, T] orders that one unit stands for."""
    carry_value: Float
    """[S, K] profit that an average line earns at the mean baseline: what left-over fatigue is charged with."""
    past: Past
    kept: Float
    """[S, K+1, O] share of the uses that an offer's cap per customer leaves; the last row is the basket."""
    demand: Float
    """[S, K+1, T, O] uses of each offer alone that pieces are a share of; the last row is the basket."""
    layers: LayerTables
    cells: CellTables
    basket: BasketTables

    @property
    def unit_margin(self) -> Float:
        """[K] what one unit at the regular price leaves."""
        return self.economics.unit_margin


def available_units(grid: Grid) -> Float:
    """[K, T] stock plus arrivals up to each period, cumulative; inf without a stock limit."""
    horizon = grid.scenario.horizon
    available = np.full((len(grid.products), horizon.periods), np.inf)
    for k, product in enumerate(grid.products):
        if product.stock is None:
            continue
        available[k] = product.stock
        for day, units in product.arrivals.items():
            available[k, max(horizon.period_of(day), 0) :] += units
    return available


def rival_table(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """[K, R] indices of the other members of each product's rival group, padded with K."""
    count = len(group)
    members = [[r for r in range(count) if r != k and group[r] == group[k] and group[k] >= 0] for k in range(count)]
    width = max((len(row) for row in members), default=0)
    return np.array([row + [count] * (width - len(row)) for row in members], dtype=np.int64).reshape(count, width)


def rival_units(units: Float, rivals: NDArray[np.int64]) -> Float:
    """[..., S, K, T] baseline of all rivals of each product together."""
    padded = np.concatenate([units, np.zeros_like(units[..., :1, :])], axis=-2)
    return np.asarray(padded[..., rivals, :].sum(axis=-2)) if rivals.shape[1] else np.zeros_like(units)


def halo_table(grid: Grid, economics: Economics, base_units: Float) -> Float:
    """[K, K] halo in units; a scalar is a share of the bump's revenue, spread outside the group by baseline revenue."""
    count = len(grid.products)
    table = np.zeros((count, count))
    halo = grid.scenario.response.halo
    if not isinstance(halo, tuple):
        revenue = base_units.sum(axis=(0, 2)) * economics.price
        for j in range(count):
            outside = np.array(
                [
                    k != j and (grid.rival_group[k] < 0 or grid.rival_group[k] != grid.rival_group[j])
                    for k in range(count)
                ]
            )
            total = revenue[outside].sum()
            if total > 0:
                share = np.where(outside, revenue / total, 0.0)
                table[j] = float(halo) * economics.price[j] * share / np.where(economics.price > 0, economics.price, 1)
        return table
    for pair in halo:
        table[grid.product_index[pair.from_], grid.product_index[pair.to]] += pair.units
    return table


def layered(grid: Grid, per_offer: Float, block: int) -> Float:
    """Spread an [..., O] table over the choices of a block: [..., choices], zero for none."""
    picked = [choice.offer for choice in grid.choices[block]]
    return np.concatenate([np.zeros_like(per_offer[..., :1]), per_offer[..., picked]], axis=-1)


def layer_tables(grid: Grid, lift: Float, take_up: Float, served: Served) -> LayerTables:
    """Spread effects [S, K, T, O] over the choices of the two product layers."""
    return LayerTables(
        lift_public=layered(grid, lift, 0) * served.public,
        take_public=layered(grid, take_up, 0) * served.public,
        lift_targeted=layered(grid, lift, 1),
        take_targeted=layered(grid, take_up, 1),
    )


def basket_pairs(grid: Grid, economics: Economics, lift: Float, take_up: Float, served: Served) -> Pair:
    """Pairs of the two basket layers; ``lift`` and ``take_up`` are [S, T, O], results [S, T, V, U]."""
    return pair_up(
        (layered(grid, lift, 2) * served.public)[..., :, None],
        (layered(grid, take_up, 2) * served.public)[..., :, None],
        layered(grid, lift, 3)[..., None, :],
        layered(grid, take_up, 3)[..., None, :],
        served.targeted[..., None, :],
        economics.basket_stacked,
        economics.basket_used,
        np,
        served.public[..., :, None],
    )


def pair_reach(grid: Grid, blocks: tuple[int, int]) -> Float:
    """[E] share of a segment that a pair serves, whichever of its offers serves more: what tires."""
    public, targeted = served(grid, blocks[0]), served(grid, blocks[1])
    return np.maximum(public[:, None], targeted[None, :]).ravel()


def _flat(table: Float) -> Float:
    """Join the last two axes, one per layer, into one of pairs."""
    return np.ascontiguousarray(table.reshape(*table.shape[:-2], -1))


def surroundings(units: Float, rivals: NDArray[np.int64], strength: Strengths, axes: int) -> Surroundings:
    """Surroundings of every cell, [S, K, T] with ``axes`` trailing axes of length 1; ``units`` may lead with draws."""
    shape = (..., *([None] * axes))
    later = []
    for lag in range(1, strength.pull_forward_periods + 1):
        ahead = np.zeros_like(units)
        if lag < units.shape[-1]:
            ahead[..., :-lag] = units[..., lag:]
        later.append(ahead[shape])
    count = (rivals < units.shape[-2]).sum(axis=1)[:, None]
    return Surroundings(
        units=units[shape],
        rival_units=rival_units(units, rivals)[shape],
        rival_count=count[shape],
        later_units=tuple(later),
    )


def _cell_tables(
    grid: Grid,
    economics: Economics,
    layers: LayerTables,
    on_products: Served,
    strength: Strengths,
    units: Float,
    rivals: NDArray[np.int64],
) -> tuple[CellTables, Float]:
    """Entries of all pairs in all cells, [S, K, T, E], and the gross lifts of the first period, [S, K, 1, E].

    Made in blocks that stay in the processor's cache, which is several times faster than all at once.
    """
    around, reach = surroundings(units, rivals, strength, 2), reach_of(grid, 0, on_products)
    s, k, t = units.shape
    count_p, count_q = grid.widths[:2]
    shape = (s, k, t, count_p, count_q)
    names = [field.name for field in fields(CellTables) if field.name != "dips"]
    tables = {name: np.empty(shape) for name in names}
    dips = [np.empty(shape) for _ in around.later_units]
    first_lift = np.empty((s, k, 1, count_p, count_q))
    step = max(1, BLOCK_ENTRIES // (t * count_p * count_q))
    for segment in range(s):
        for first in range(0, k, step):
            here = np.s_[segment : segment + 1, first : first + step]
            public, targeted = (_cut(table, here, 4) for table in (on_products.public, on_products.targeted))
            pair = pair_up(
                layers.lift_public[here][..., :, None],
                layers.take_public[here][..., :, None],
                layers.lift_targeted[here][..., None, :],
                layers.take_targeted[here][..., None, :],
                targeted[..., None, :],
                economics.stacked,
                economics.used[None, here[1], None],
                np,
                public[..., :, None],
            )
            cells = Surroundings(
                units=around.units[here],
                rival_units=around.rival_units[here],
                rival_count=around.rival_count[here[1]],
                later_units=tuple(later[here] for later in around.later_units),
            )
            entries = cell_entries(pair, _cut(reach, here, 5), cells, strength, np)
            for name in names:
                tables[name][here] = getattr(entries, name)
            for table, dip in zip(dips, entries.dips, strict=True):
                table[here] = dip
            first_lift[here] = pair.lift[:, :, :1]
    flat = {name: _flat(table) for name, table in tables.items()}
    return CellTables(dips=tuple(_flat(dip) for dip in dips), **flat), _flat(first_lift)


def _cut(table: Float, here: tuple[slice, slice], axes: int) -> Float:
    """Take a block of a table of [S, K, ...]; one without these axes is the same everywhere."""
    return np.asarray(table[here] if table.ndim == axes else table)


def _carry_value(grid: Grid, economics: Economics, units: Float, cells: CellTables) -> Float:
    """[S, K] mean over the choices that may be chosen of the profit of their bump, at the mean baseline."""
    count_p, count_q = grid.widths[:2]
    public = np.broadcast_to(economics.line_money(0), (len(grid.products), count_p, count_q))
    targeted = economics.line_money(1)
    flat = (len(grid.products), 1, count_p * count_q)
    gain = (
        cells.lift * economics.unit_margin[:, None, None]
        + cells.bump_public * public.reshape(flat)
        + cells.bump_targeted * targeted.reshape(flat)
    )
    pairs = np.zeros((*units.shape, count_p, count_q), dtype=bool)
    pairs[..., 1:, 0] = grid.allowed.public[None, ..., 1:]
    pairs[..., 0, 1:] = grid.allowed.targeted[..., 1:]
    chosen = pairs.reshape(gain.shape)
    number = np.maximum(chosen.sum(axis=(2, 3)), 1)
    return np.asarray((np.maximum(gain, 0.0) * chosen).sum(axis=(2, 3)) / number * units.mean(axis=2))


def _orders_per_unit(grid: Grid, economics: Economics, units: Float, baskets: Baskets | None) -> Float:
    """[S, K, T] orders per unit: a segment's orders are spread over its baseline sales by value."""
    if baskets is None:
        return np.zeros_like(units)
    orders = np.array([float(baskets.orders_per_period(segment.id)) for segment in grid.segments])
    value = (units * economics.price[:, None]).sum(axis=1)
    mean_value = value.mean(axis=1)
    ratio = np.divide(orders, mean_value, out=np.zeros_like(orders), where=mean_value > 0)
    return np.broadcast_to(ratio[:, None, None] * economics.price[:, None], units.shape).copy()


def build_coefficients(
    grid: Grid, effects: Effects, baskets: Baskets | None, counted_for: Float | None = None
) -> Coefficients:
    """Make the tables of one frozen set of expected effects.

    Parameters
    ----------
    effects
        Effects; their mean over ensemble members is what the account is kept on.
    baskets
        Order values per segment, where basket offers exist.
    counted_for
        Demand [S, K+1, T, O] that pieces were counted for, where it is not that of these effects; see
        `served.in_time`. Such tables are for accounts, not for the search, which reads one level a choice.
    """
    economics = build_economics(grid)
    strength = strengths(grid.scenario.response, grid.scenario.effects)
    available = available_units(grid)
    units = cut_at_stock(effects.base_units.mean(axis=0), available)
    kept = kept_uses(grid, baskets)
    lift, take_up = effects.lift.mean(axis=0) * kept[:, :, None], effects.take_up * kept[:, :, None]
    rivals = rival_table(grid.rival_group)
    orders_per_unit = _orders_per_unit(grid, economics, units, baskets)
    wanted = demand(units, orders_per_unit, lift, take_up)
    on_products, on_baskets = (who_is_served(grid, blocks, wanted, counted_for) for blocks in ((0, 1), (2, 3)))
    layers = layer_tables(grid, lift[:, :-1], take_up[:, :-1], on_products)
    cells, first_lift = _cell_tables(grid, economics, layers, on_products, strength, units, rivals)
    basket = basket_pairs(grid, economics, lift[:, -1], take_up[:, -1], on_baskets)
    shape = basket.lift.shape
    basket_tables = BasketTables(
        lift=_flat(basket.lift),
        base_public=_flat(np.broadcast_to(basket.base_public, shape)),
        base_targeted=_flat(np.broadcast_to(basket.base_targeted, shape)),
        bump_public=_flat(basket.bump_public),
        bump_targeted=_flat(basket.bump_targeted),
        reach=_flat(np.broadcast_to(reach_of(grid, 2, on_baskets), shape)),
    )
    return Coefficients(
        grid=grid,
        economics=economics,
        strengths=strength,
        base_units=units,
        available=available,
        rivals=rivals,
        halo=halo_table(grid, economics, units),
        orders_per_unit=orders_per_unit,
        carry_value=_carry_value(grid, economics, units, cells),
        past=read_past(grid, strength, units, first_lift),
        kept=kept,
        demand=wanted if counted_for is None else counted_for,
        layers=layers,
        cells=cells,
        basket=basket_tables,
    )

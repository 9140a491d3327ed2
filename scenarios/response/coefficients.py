"""Coefficients: the response model's tables, one number per cell and pair of choices. Made once, before the search."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.grid import Grid
from scenarios.response.baskets import Baskets
from scenarios.response.cell_tables import LayerTables, cell_tables, flat_pairs, layer_tables, layered
from scenarios.response.economics import Economics
from scenarios.response.effects import Effects
from scenarios.response.entries import CellTables
from scenarios.response.history import Past, read_past
from scenarios.response.interactions import Strengths, can_sell_more, cut_for_account, strengths
from scenarios.response.priced_choices import build_economics
from scenarios.response.served import Served, demand, kept_uses, reach_of, tiring, who_is_served
from scenarios.response.strength_ranges import StrengthRanges, strength_ranges
from scenarios.response.two_layers import Pair, pair_up
from scenarios.supply import as_if_sold, in_shop, on_sale, supply_of, while_sold


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
    ranges: StrengthRanges | None
    """How far strengths may be off; None where all are exact."""
    base_units: Float
    """[S, K, T] expected baseline, cut at stock in time order so that the account's rounded cells fit, too."""
    available: Float
    """[K, T] stock and arrivals, cumulative; inf without a stock limit."""
    sold: Flag
    """[K, T + W] periods in which products are in the range, those that the last ones borrow from included."""
    supplied: Float | None
    """[K, T] 1 where a product can sell more than its baseline, 0 until it was sold out by itself for the last time.

    Halo and basket lines bring units only where it is 1. None where that is everywhere.
    """
    rivals: Int
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

    @property
    def ahead_margin(self) -> Float:
        """[..., K, T] what a unit that a basket line brings is charged: the share that is bought ahead, at full margin.

        Less the share of the later periods, which units are bought ahead of, that lies after the last sale.
        """
        ahead = self.strengths.pull_forward * self.unit_margin
        return ahead[..., None] * still_sold(self.sold, self.strengths.pull_forward_periods)


def unlimited(model: Coefficients) -> Coefficients:
    """The tables as if nothing ever sold out: demand, of which sold-out products would hide a part."""
    return replace(model, available=np.full_like(model.available, np.inf))


def available_units(grid: Grid) -> Float:
    """[K, T] stock plus arrivals up to each period, cumulative; inf without a stock limit."""
    horizon = grid.scenario.horizon
    rows = [supply_of(product, horizon) for product in grid.products]
    return np.array(rows).reshape(len(rows), horizon.periods)


def still_sold(sold: Flag, periods: int) -> Float:
    """[K, T] share of the W ``periods`` after each in which a product is in the range, from ``sold`` [K, T + W]."""
    return np.asarray(np.lib.stride_tricks.sliding_window_view(sold[:, 1:], periods, axis=1).mean(axis=2))


def rival_table(group: Int) -> Int:
    """[K, R] indices of the other members of each product's rival group, padded with K."""
    count = len(group)
    of_group = {int(number): np.flatnonzero(group == number) for number in np.unique(group[group >= 0])}
    members = [[int(r) for r in of_group.get(int(group[k]), ()) if r != k] for k in range(count)]
    width = max((len(row) for row in members), default=0)
    return np.array([row + [count] * (width - len(row)) for row in members], dtype=np.int64).reshape(count, width)


def halo_table(grid: Grid, economics: Economics, base_units: Float) -> Float:
    """[K, K] halo in units; a scalar is a share of the bump's revenue, spread outside the group by baseline revenue."""
    count = len(grid.products)
    table = np.zeros((count, count))
    halo = grid.scenario.response.halo
    if not isinstance(halo, tuple):
        if not halo:
            return table
        revenue, group = base_units.sum(axis=(0, 2)) * economics.price, grid.rival_group
        for j in range(count):
            outside = (group < 0) | (group != group[j])
            outside[j] = False
            total = revenue[outside].sum()
            if total > 0:
                share = np.where(outside, revenue / total, 0.0)
                table[j] = float(halo) * economics.price[j] * share / np.where(economics.price > 0, economics.price, 1)
        return table
    for pair in halo:
        table[grid.product_index[pair.from_], grid.product_index[pair.to]] += pair.units
    return table


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
    """[1, E] or [S, E] share of a segment that a pair tires, whichever of its offers tires more."""
    public, targeted = tiring(grid, blocks[0]), np.atleast_2d(tiring(grid, blocks[1]))
    return np.maximum(public[:, None], targeted[:, None, :]).reshape(len(targeted), -1)


def _carry_value(grid: Grid, economics: Economics, units: Float, cells: CellTables, tail: int) -> Float:
    """[S, K] mean over the choices that may be chosen of the profit of their bump, at the mean baseline.

    Only where something is sold: elsewhere there is nothing to lift, and rivals have no share that theft could be held
    to. It stands for what lines in the ``tail`` of periods after the horizon earn, by the share of these in which there
    is anything left to sell.
    """
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
    chosen = pairs.reshape(gain.shape) & (units > 0)[..., None]
    number = np.maximum(chosen.sum(axis=(2, 3)), 1)
    horizon = grid.scenario.horizon
    usual = while_sold(units, grid.products, horizon)
    after = in_shop(grid.products, horizon, tail)[:, horizon.periods :].mean(axis=1)
    return np.asarray((np.maximum(gain, 0.0) * chosen).sum(axis=(2, 3)) / number * usual * after)


def _orders_per_unit(grid: Grid, economics: Economics, units: Float, baskets: Baskets | None) -> Float:
    """[S, K, T] orders per unit: a segment's orders are spread over its baseline sales by value.

    They are those of open periods in which everything is sold; with products that leave the range orders go, too.
    """
    if baskets is None:
        return np.zeros_like(units)
    orders = np.array([float(baskets.orders_per_period(segment.id)) for segment in grid.segments])
    horizon = grid.scenario.horizon
    value = (as_if_sold(units, grid.products, horizon) * economics.price[:, None]).sum(axis=1)
    mean_value = value.mean(axis=1)
    ratio = np.divide(orders, mean_value, out=np.zeros_like(orders), where=mean_value > 0)
    return np.broadcast_to(ratio[:, None, None] * economics.price[:, None], units.shape).copy()


def build_coefficients(
    grid: Grid,
    effects: Effects,
    baskets: Baskets | None,
    counted_for: Float | None = None,
    strength: Strengths | None = None,
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
    strength
        Strengths, where they are not the scenario's own.
    """
    baseline = effects.base_units.mean(axis=0)
    economics = build_economics(grid, baseline)
    if strength is None:
        strength = strengths(grid.scenario.response, grid.scenario.effects, grid.products)
    available = available_units(grid)
    units = cut_for_account(baseline, available)
    sold = on_sale(grid.products, grid.scenario.horizon, strength.pull_forward_periods)
    supplied = can_sell_more(units, available)
    supplied[:, : effects.known_periods] = True  # what is over has sold what it sold
    kept = kept_uses(grid, baskets)
    lift, take_up = effects.lift.mean(axis=0) * kept[:, :, None], effects.take_up * kept[:, :, None]
    rivals = rival_table(grid.rival_group)
    s, k, _ = grid.shape
    orders_per_unit = _orders_per_unit(grid, economics, units, baskets)
    wanted = demand(units, orders_per_unit, lift, take_up)
    on_products, on_baskets = (who_is_served(grid, blocks, wanted, counted_for) for blocks in ((0, 1), (2, 3)))
    layers = layer_tables(grid, lift[:, :-1], take_up[:, :-1], on_products)
    cells, first_lift = cell_tables(grid, economics, layers, on_products, strength, units, rivals, sold)
    basket = basket_pairs(grid, economics, lift[:, -1], take_up[:, -1], on_baskets)
    shape = basket.lift.shape
    basket_tables = BasketTables(
        lift=flat_pairs(basket.lift),
        base_public=flat_pairs(np.broadcast_to(basket.base_public, shape)),
        base_targeted=flat_pairs(np.broadcast_to(basket.base_targeted, shape)),
        bump_public=flat_pairs(basket.bump_public),
        bump_targeted=flat_pairs(basket.bump_targeted),
        reach=flat_pairs(np.broadcast_to(reach_of(grid, 2, on_baskets), shape)),
    )
    return Coefficients(
        grid=grid,
        economics=economics,
        strengths=strength,
        ranges=strength_ranges(grid.scenario.response, grid.scenario.effects, grid.products),
        base_units=units,
        available=available,
        sold=sold,
        supplied=None if supplied.all() else supplied.astype(float),
        rivals=rivals,
        halo=halo_table(grid, economics, units),
        orders_per_unit=orders_per_unit,
        carry_value=_carry_value(grid, economics, units, cells, strength.tail_periods)
        if strength.charges_carry_over
        else np.zeros((s, k)),
        past=read_past(grid, strength, units, first_lift),
        kept=kept,
        demand=wanted if counted_for is None else counted_for,
        layers=layers,
        cells=cells,
        basket=basket_tables,
    )

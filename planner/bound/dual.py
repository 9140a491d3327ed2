"""The relaxed, priced objective as one function of its prices: every value that it takes is a valid upper bound."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planner.bound.inputs import BlockTables, Data, Inside, Layout, Prices
from planner.bound.messages import message_gains, message_prices
from planner.bound.rewards import Periods, rewards
from planner.bound.rules import rule_charges
from planner.bound.series import NEVER, best_histories
from planner.bound.ties import public_pay, ties
from planner.bound.weights import UnitWeights, priced_weights, reach_gains
from planner.bound.worth import OrderLines, Worth, order_lines, worth

Array = Any


class _Guess(NamedTuple):
    """Prices of what cells do to each other, from the cell without an offer."""

    theft: Array
    """[I, T, S, K]"""
    dip: Array
    """[T, S, K]"""
    basket: Array
    """[T, S, K]"""


class _Fees(NamedTuple):
    """What columns cost or bring apart from the flows."""

    cells: Array
    """[T, S, K, C]"""
    orders: Array
    """[T, S, Y]"""
    sent: Array
    """[T, S, K, C] part of ``cells`` for messages."""
    order_sent: Array
    message_price: Array
    charge: Array
    """[N, width] what choices pay for rules."""
    ruled: Array
    """What rules earn whatever is chosen."""
    reached: Array
    """What customers reached earn whatever is chosen."""


class _Orders(NamedTuple):
    plain: Array
    """[T, 1, Y, S]"""
    tiring: Array


class _Priced(NamedTuple):
    """What everything is worth at some prices."""

    unit: UnitWeights
    lines: OrderLines
    values: Worth
    guess: _Guess
    fees: _Fees


def dual(
    prices: Prices, data: Data, shape: Layout, xp: Any, inside: list[Inside] | None = None
) -> tuple[Array, dict[str, Array]]:
    """Upper bound on the objective (not yet counted from the empty plan), and the parts that it is the sum of.

    Where a list ``inside`` is given, the tables behind the value are appended to it.
    """
    baskets = data.baskets
    unit, lines, values, guess, fees = _priced(prices, data, shape, xp)
    plain = lines.plain + fees.orders
    tiring = lines.tiring + baskets.lift * guess.basket.sum(axis=-1)[..., None]

    fixed, gains = fees.cells, (values.base_here[0], values.bump_here[0])
    fixed = fixed + public_pay(*gains, fixed, guess.theft, prices.public, data, shape, xp)
    rough = plain + tiring * baskets.fresh_high[..., None]
    even = xp.ones(plain.shape[:2], plain.dtype) / plain.shape[1]
    tie = ties(rough, shape.basket_public, baskets.allowed, even, prices.basket_public, xp)
    plain = plain + tie[..., shape.basket_public]

    table = _periods(prices, values, guess, fixed, data, xp)
    series = _cell_programs(table, unit, data, shape, xp) * xp.broadcast_to(data.programs, guess.dip.shape[1:]).ravel()
    order_series = _order_programs(plain, tiring, data, shape, xp)
    if inside is not None:
        inside.append(_inside(values, guess, fees, table, series, data, shape))
    parts = {
        "cells": series.sum(),
        "baskets": order_series.sum(),
        "reached": fees.reached,
        "limits": (prices.limit * data.sign * data.bound).sum(),
        "stock": (prices.stock * data.available).sum(),
        "rules": fees.ruled - (prices.message_floor * data.message_floors.least).sum(),
    }
    return sum(parts.values()), parts


def _priced(prices: Prices, data: Data, shape: Layout, xp: Any) -> _Priced:
    cells, baskets = data.cells, data.baskets
    coefficients = xp.concatenate([xp.ones(1, cells.lift.dtype), -(prices.limit @ data.rows)])
    _, _, products, columns = cells.lift.shape
    unit = priced_weights(coefficients, data.weights, products, columns, baskets.lift.shape[-1], xp)
    lines = order_lines(unit, baskets, xp)
    values = worth(prices, unit, lines.slope, data, shape.pull_forward, xp)
    guess = _guess(prices, values, data, xp)
    return _Priced(unit, lines, values, guess, _fees(prices, coefficients, unit, guess.dip, data, shape, xp))


def worth_of_blocks(
    prices: Prices, data: Data, taken: BlockTables, shape: Layout, xp: Any
) -> tuple[Array, BlockTables]:
    """Worth of what the schedules of blocks take of the priced tables, and these tables."""
    unit, _, values, guess, fees = _priced(prices, data, shape, xp)
    tables = BlockTables(
        base=values.base_here,
        bump=values.bump_here,
        line=fees.cells,
        left=unit.charges[-1] * data.carry_value,
        basket=guess.basket * values.above,
    )
    return sum((share * table).sum() for share, table in zip(taken, tables, strict=True)), tables


def _guess(prices: Prices, values: Worth, data: Data, xp: Any) -> _Guess:
    cells = data.cells
    steady = cells.units * cells.past_dip
    kept = xp.maximum(steady * values.base_here[-1, ..., 0], 0.0)
    return _Guess(
        theft=prices.theft * kept * data.loads.slope,
        dip=prices.dip * kept * (1.0 - cells.dip_low) / xp.maximum(cells.dip_sum, 1e-12),
        basket=prices.basket * cells.supplied * steady * (values.base[..., 0] + values.extra[-1, ..., 0]),
    )


def _fees(
    prices: Prices, coefficients: Array, unit: UnitWeights, dip_price: Array, data: Data, shape: Layout, xp: Any
) -> _Fees:
    cells, weights, floors = data.cells, data.weights, data.message_floors
    share = data.people / data.people.sum()
    fixed = (
        unit.public_line * share[:, None, None]
        + unit.targeted_line
        + unit.targeted_issued * data.redeemers
        + (unit.charges * data.unit_margin)[..., None] * cells.beyond
    )
    for lag in range(1, len(cells.dips) + 1):
        fixed = fixed - cells.dips[lag - 1] * _later(dip_price, lag, xp)[..., None]
    order_fixed = unit.basket_public_line * share[:, None] + unit.basket_targeted_line
    order_fixed = order_fixed + unit.basket_issued * data.order_redeemers
    message_price = message_prices(coefficients, prices.message_floor, weights, floors, data.people, xp)
    sent, order_sent = message_gains(prices.message, message_price, weights, xp)
    met, order_met, met_rest = reach_gains(prices.reached, coefficients, weights, data.people, xp)
    charge, ruled = rule_charges(prices.count, prices.window, prices.word, prices.literal, data.rules, shape.rules, xp)
    fee, order_fee = _rule_fees(charge, share, shape)
    return _Fees(
        cells=fixed + sent + met - fee,
        orders=order_fixed + order_sent + order_met - order_fee,
        sent=sent,
        order_sent=order_sent,
        message_price=message_price,
        charge=charge,
        ruled=ruled,
        reached=met_rest,
    )


def _later(values: Array, lag: int, xp: Any) -> Array:
    """Values ``lag`` periods later along the first axis; 0 beyond the horizon."""
    return xp.concatenate([values[lag:], xp.zeros_like(values[: min(lag, len(values))])], axis=0)


def _rule_fees(charge: Array, share: Array, shape: Layout) -> tuple[Array, Array]:
    """What columns pay for rules, [T, S, K, C] and [T, S, Y], from what choices pay; segments share public lines."""
    blocks, start = [], 0
    for size in shape.sizes:
        count = int(np.prod(size[:-1]))
        blocks.append(charge[start : start + count, : size[-1]].reshape(size))
        start += count
    columns, orders = shape.columns, shape.orders
    k = np.arange(len(columns.pair))[:, None]
    public = blocks[0].transpose(1, 0, 2)[:, k, columns.public]
    targeted = blocks[1].transpose(2, 0, 1, 3)[:, :, k, columns.targeted]
    basket = blocks[2][:, orders.public[0]]
    chosen = blocks[3].transpose(1, 0, 2)[..., orders.targeted[0]]
    return public[:, None] * share[:, None, None] + targeted, basket[:, None] * share[:, None] + chosen


def _periods(prices: Prices, values: Worth, guess: _Guess, fixed: Array, data: Data, xp: Any) -> Periods:
    """Lay out what the cells' programs earn in each period; N counts pairs of segment and product."""
    cells, loads = data.cells, data.loads

    def flat(table: Array) -> Array:
        """[..., S, K] to [..., N]."""
        return table.reshape(*table.shape[:-2], -1)

    def upright(table: Array) -> Array:
        """[..., S, K, C] to [..., C, N]."""
        return flat(xp.moveaxis(table, -1, -3))

    return Periods(
        base=upright(xp.moveaxis(values.base_here, 0, 1)),
        bump=upright(xp.moveaxis(values.bump_here, 0, 1)),
        above=flat(xp.moveaxis(values.above, 0, 1)),
        fixed=upright(fixed),
        theft_price=xp.moveaxis(guess.theft, 0, 1),
        load=xp.moveaxis(prices.load, 0, 1),
        dip_price=flat(guess.dip),
        fall=flat((1.0 - cells.dip_low) / xp.maximum(cells.dip_sum, 1e-12)),
        basket_price=flat(guess.basket),
        units=flat(cells.units),
        steady=flat(cells.units * cells.past_dip),
        fresh_low=flat(cells.fresh_low),
        fresh_high=flat(cells.fresh_high),
        others=flat(loads.others),
        whole=flat(loads.whole),
        spared=flat(loads.spared),
        theft=upright(cells.theft),
        allowed=upright(cells.allowed),
        choice=upright(data.choice),
    )


def _cell_programs(table: Periods, unit: UnitWeights, data: Data, shape: Layout, xp: Any) -> Array:
    """[N] the best history of each segment's product."""

    def earn(here: Any) -> tuple[Array, Array, Array | None]:
        plain, tiring, owed, _ = rewards(here, data.loads.group, shape.rivals, shape.cuts, xp)
        return plain, tiring, owed if shape.dipped else None

    left_over = _left_over(unit.charges[-1], data, xp)
    slices = shape.columns.slices
    return best_histories(
        earn, table, data.dip_most, table.fresh_high, left_over, data.cell_steps, slices, xp, data.paths
    )


def _order_programs(plain: Array, tiring: Array, data: Data, shape: Layout, xp: Any) -> Array:
    """[S] the best history of each segment's offers on orders, which earn [T, S, Y] plainly and by freshness."""
    baskets, states = data.baskets, len(data.basket_steps.shrink)
    plain = plain - xp.maximum(-tiring, 0.0) * baskets.fresh_low[..., None]
    table = _Orders(
        xp.swapaxes(xp.where(baskets.allowed & data.order_choice, plain, NEVER), 1, 2)[:, None],
        xp.swapaxes(xp.maximum(tiring, 0.0), 1, 2)[:, None],
    )
    periods, segments = plain.shape[:2]
    return best_histories(
        lambda here: (here.plain, here.tiring, None),
        table,
        xp.zeros((periods, states, segments), plain.dtype),
        baskets.fresh_high,
        xp.zeros((states, segments), plain.dtype),
        data.basket_steps,
        shape.orders.slices,
        xp,
    )


def _inside(
    values: Worth, guess: _Guess, fees: _Fees, table: Periods, series: Array, data: Data, shape: Layout
) -> Inside:
    periods, segments, products = data.cells.units.shape
    tied = [
        rewards(Periods(*(each[now] for each in table)), data.loads.group, shape.rivals, shape.cuts, np)[-1]
        for now in range(periods)
    ]
    return Inside(
        base=values.base,
        extra=values.extra[-1],
        bump=values.bump,
        above=values.above,
        theft_price=guess.theft,
        tied=np.stack(tied, axis=1),
        dip_price=guess.dip,
        basket_price=guess.basket,
        message_price=fees.message_price,
        sent=fees.sent,
        order_sent=fees.order_sent,
        charge=fees.charge,
        series=series.reshape(segments, products),
        blocks=np.zeros(products),
    )


def _left_over(charges: Array, data: Data, xp: Any) -> Array:
    """[M, S * K] charge for fatigue that outlasts the horizon, at least as small as the true one."""
    tail = xp.einsum("hsk,mh->msk", data.cells.tail_past, data.cell_steps.lost)
    price = charges * data.carry_value
    value = xp.where(price <= 0, price * tail, price * data.cells.tail_past.sum(axis=0))
    return value.reshape(len(tail), -1)

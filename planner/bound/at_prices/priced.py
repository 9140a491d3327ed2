"""What everything is worth at some prices of limits, stock and rules, before programs and blocks choose of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planner.bound.above_zero import above_zero
from planner.bound.at_prices.worth import OrderLines, Worth, order_lines, worth
from planner.bound.inputs import BlockTables, Data, Prices
from planner.bound.layout import Layout
from planner.bound.relaxed.messages import message_gains, message_prices
from planner.bound.relaxed.rules import rule_charges
from planner.bound.relaxed.weights import UnitWeights, priced_weights, reach_gains

Array = Any


class Guess(NamedTuple):
    """Prices of what cells do to each other, from the cell without an offer."""

    theft: Array
    """[I, T, S, K]"""
    dip: Array
    """[T, S, K]"""
    basket: Array
    """[T, S, K]"""


class Fees(NamedTuple):
    """What columns cost or bring apart from the flows."""

    cells: Array
    """[T, S, K, C]"""
    orders: Array
    """[T, S, Y]"""
    sent: Array
    """[T, S, K, C] part of ``cells`` for messages."""
    order_sent: Array
    sent_by_load: Array
    """[T, I, S, K, C] more for messages in each interval of the load of rivals; I is 0 where that is not told apart."""
    message_price: Array
    charge: Array
    """[N, width] what choices pay for rules."""
    ruled: Array
    """What rules earn whatever is chosen."""
    reached: Array
    """What customers reached earn whatever is chosen."""


class Priced(NamedTuple):
    """What everything is worth at some prices."""

    unit: UnitWeights
    lines: OrderLines | None
    """None where no line on orders does anything to them."""
    values: Worth
    guess: Guess
    fees: Fees


def priced(prices: Prices, data: Data, shape: Layout, xp: Any) -> Priced:
    """Price the weights of a question, what its cells do to each other, and what its columns cost or bring."""
    cells, baskets = data.cells, data.baskets
    coefficients = xp.concatenate([xp.ones(1, cells.lift.dtype), -(prices.limit @ data.rows)])
    _, _, products, columns = cells.lift.shape
    unit = priced_weights(coefficients, data.weights, products, columns, baskets.lift.shape[-1], xp)
    lines = order_lines(unit, baskets, xp) if shape.ordered else None
    values = worth(prices, unit, None if lines is None else lines.slope, data, xp)
    guess = _guess(prices, values, data, shape, xp)
    return Priced(unit, lines, values, guess, _fees(prices, coefficients, unit, guess.dip, data, shape, xp))


def block_tables(prices: Prices, data: Data, shape: Layout, xp: Any) -> BlockTables:
    """Tables that the schedules of blocks of rivals are made of."""
    here = priced(prices, data, shape, xp)
    return BlockTables(
        base=here.values.base_here,
        bump=here.values.bump_here,
        line=here.fees.cells,
        left=here.unit.charges[-1] * data.carry_value,
        basket=here.guess.basket * here.values.above,
    )


def worth_of(taken: BlockTables, tables: BlockTables) -> Array:
    """What is taken of the tables of blocks is worth."""
    return sum((share * table).sum() for share, table in zip(taken, tables, strict=True))


def _guess(prices: Prices, values: Worth, data: Data, shape: Layout, xp: Any) -> Guess:
    cells = data.cells
    steady = cells.units * cells.past_dip
    kept = above_zero(steady * values.base_here[-1, ..., 0], xp)
    theft, dip, basket = (xp.zeros_like(each) for each in (prices.theft, prices.dip, prices.basket))
    if shape.robbed:
        theft = prices.theft * kept * data.loads.slope
    if shape.dipped:
        dip = prices.dip * kept * (1.0 - cells.dip_low) / xp.maximum(cells.dip_sum, 1e-12)
    if shape.ordered:
        basket = prices.basket * cells.supplied * steady * (values.base[..., 0] + values.extra[-1, ..., 0])
    return Guess(theft=theft, dip=dip, basket=basket)


def _fees(
    prices: Prices, coefficients: Array, unit: UnitWeights, dip_price: Array, data: Data, shape: Layout, xp: Any
) -> Fees:
    cells, weights, floors = data.cells, data.weights, data.message_floors
    share = data.people / data.people.sum()
    fixed = (
        unit.line[:, :, 0] * share[:, None, None]
        + unit.line[:, :, 1]
        + unit.line[:, :, 2] * data.redeemers
        + (unit.charges * data.unit_margin)[..., None] * cells.beyond
    )
    for lag in range(1, len(cells.dips) + 1) if shape.dipped else ():
        fixed = fixed - cells.dips[lag - 1] * _later(dip_price, lag, xp)[..., None]
    order_fixed = unit.order_line[:, :, 0] * share[:, None] + unit.order_line[:, :, 1]
    order_fixed = order_fixed + unit.order_line[:, :, 2] * data.order_redeemers
    message_price = message_prices(coefficients, prices.message_floor, weights, floors, data.people, xp)
    sent, order_sent, by_load = message_gains(prices.message, message_price, weights, data.shared, xp)
    met, order_met, met_rest = reach_gains(prices.reached, coefficients, weights, data.people, xp)
    charge, ruled = rule_charges(prices.count, prices.window, prices.word, prices.literal, data.rules, shape.rules, xp)
    fee, order_fee = _rule_fees(charge, share, shape) if len(data.rules.count_cap) or shape.rules.cells else (0.0, 0.0)
    return Fees(
        cells=fixed + sent + met - fee,
        orders=order_fixed + order_sent + order_met - order_fee,
        sent=sent,
        order_sent=order_sent,
        sent_by_load=by_load,
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

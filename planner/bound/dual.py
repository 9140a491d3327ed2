"""The relaxed, priced objective as one function of its prices: every value that it takes is a valid upper bound."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.bound.inputs import Data, Inside, Layout, Prices
from planner.bound.messages import message_gains, message_prices
from planner.bound.rewards import Periods, rewards
from planner.bound.rules import rule_charges
from planner.bound.series import NEVER, best_histories
from planner.bound.theft import least_load
from planner.bound.weights import priced_weights, reach_gains

Array = Any
Float = NDArray[np.float64]


def _ties(gain: Array, public: NDArray[np.int64], allowed: Array, weight: Array, extra: Array, xp: Any) -> Array:
    """What segments pay for public choices: [T, S, K, P'], sums to 0 over segments.

    A guess, by which each segment's own gain from a choice (its best column) is replaced by its ``weight`` of all
    segments' gain, and ``extra`` [T, S, K, P'] beside it.
    """
    width = extra.shape[-1]
    value = xp.where(allowed, gain, NEVER)
    rows = []
    for number in range(width):
        here = xp.asarray(public == number)
        rows.append(xp.where(here, value, NEVER).max(axis=-1))
    own = xp.stack(rows, axis=-1)
    possible = (own > NEVER / 2).all(axis=1, keepdims=True) & (own[..., :1] > NEVER / 2).all(axis=1, keepdims=True)
    own = xp.where(possible, own - own[..., :1], 0.0)
    tie = weight[..., None] * own.sum(axis=1, keepdims=True) - own + extra - extra.mean(axis=1, keepdims=True)
    return xp.where(np.arange(width) == 0, 0.0, tie)


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


class _Orders(NamedTuple):
    plain: Array
    """[T, 1, Y, S]"""
    tiring: Array


def _rough_pay(price: Array, data: Data, shape: Layout, xp: Any) -> Array:
    """[T, S, K, C] roughly what columns pay for robbing at prices [T, S, K] that no interval changes."""
    padded = xp.concatenate([price, xp.zeros_like(price[..., :1])], axis=-1)
    here = padded[..., shape.rivals].sum(axis=-1)[..., None]
    low, high = data.cells.fresh_low[..., None], data.cells.fresh_high[..., None]
    constant, slope = least_load(data.cells.theft, (low, high), xp)
    return (constant + slope * high) * here


def _public_pay(
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
    rough = (cells.units * cells.past_dip)[..., None] * base
    rough = rough + (0.8 * cells.units * cells.fresh_high)[..., None] * bump + fixed
    rough = rough - _rough_pay(theft_price.mean(axis=0), data, shape, xp)
    weight = (cells.units + 1e-9) / (cells.units + 1e-9).sum(axis=1, keepdims=True)
    tie = _ties(rough, shape.public, cells.allowed, weight, extra, xp)
    return sum(xp.where(shape.public == number, tie[..., number, None], 0.0) for number in range(1, extra.shape[-1]))


def dual(
    prices: Prices, data: Data, shape: Layout, xp: Any, inside: list[Inside] | None = None
) -> tuple[Array, dict[str, Array]]:
    """Upper bound on the objective (not yet counted from the empty plan), and the parts that it is the sum of.

    Where a list ``inside`` is given, the tables behind the value are appended to it.
    """
    cells, baskets, weights = data.cells, data.baskets, data.weights
    t, s, k, c = cells.lift.shape
    y = baskets.lift.shape[-1]
    kind = cells.lift.dtype
    nothing, whole = xp.zeros((t, s, k), kind), xp.ones((t, s, k), kind)
    coefficients = xp.concatenate([xp.ones(1, kind), -(prices.limit @ data.rows)])
    unit = priced_weights(coefficients, weights, k, c, y, xp)
    per_unit = xp.cumsum(prices.stock[::-1], axis=0)[::-1]
    share = data.people / data.people.sum()

    # Weight of one base unit and of one unit of flow per lift, at basket factor 1.
    cell = (unit.cell - per_unit[:, None, :] + unit.order[..., None] * cells.orders_per_unit)[..., None]
    base = (
        cell
        + cells.base_public * (unit.public + unit.public_base)
        + cells.base_targeted * (unit.targeted + unit.targeted_base)
        + cells.base_both * unit.both
    )
    bump = (
        cells.lift * cell
        + cells.bump_public * unit.public
        + cells.bump_targeted * unit.targeted
        + cells.bump_both * unit.both
    )

    # Basket lines: cost per order, split into a share of the lift (slope, paid by cells on true orders) and the rest.
    first = baskets.base_public * (unit.basket_public + unit.basket_public_base) + baskets.base_targeted * (
        unit.basket_targeted + unit.basket_targeted_base
    )
    second = baskets.bump_public * unit.basket_public + baskets.bump_targeted * unit.basket_targeted
    moved = baskets.lift * baskets.fresh_high[..., None]
    helps = baskets.allowed & (moved > 1e-12)
    cost = -(first + second * baskets.fresh_high[..., None]) / xp.where(helps, moved, 1.0)
    slope = xp.where(helps, cost, 1e30).min(axis=-1)
    slope = xp.where(helps.any(axis=-1), xp.maximum(slope, 0.0), 0.0) * (1.0 - 1e-6)
    second = second + slope[..., None] * baskets.lift
    at_high = first + second * baskets.fresh_high[..., None]
    low, high = baskets.orders_low[..., None], baskets.orders_high[..., None]
    spent = (first <= 0.0) & (at_high <= 0.0)
    order_plain = xp.where(spent, first * low, xp.maximum(first * low, first * high))
    low, high = baskets.rising_low[..., None], baskets.rising_high[..., None]
    order_tiring = xp.where(spent, second * low, xp.maximum(second * low, second * high))

    ahead = shape.pull_forward * data.ahead_margin * unit.charges
    above = nothing[None]
    if y > 1:
        above = (xp.stack([baskets.factor_low, baskets.factor_high]) - 1.0)[..., None] * cells.supplied
    # A factor below 1 buys nothing ahead: what it would spare may be credited here, what it would cost may not.
    ahead = xp.where(above < 0.0, xp.minimum(ahead, 0.0), ahead)
    extra = (ahead - slope[..., None] * cells.orders_per_unit)[..., None]
    base_here = base + above[..., None] * (base + extra)
    worth = xp.where(cells.allowed, base_here, NEVER).max(axis=-1)
    given = xp.einsum("jk,btsk->btsj", data.halo, worth * cells.supplied)
    bump_here = bump + above[..., None] * (bump + cells.lift * extra) + cells.spill * given[..., None]

    # Guesses of the prices of theft, dips and the basket factor, from the cell without an offer.
    units, steady = cells.units, cells.units * cells.past_dip
    kept = xp.maximum(steady * base_here[-1, ..., 0], 0.0)
    loads = data.loads
    theft_price = prices.theft * kept * loads.slope
    dip_price = prices.dip * kept * (1.0 - cells.dip_low) / xp.maximum(cells.dip_sum, 1e-12)
    basket_price = prices.basket * cells.supplied * steady * (base[..., 0] + extra[-1, ..., 0])

    # What every column costs or brings apart from the flows.
    fixed = (
        unit.public_line * share[:, None, None]
        + unit.targeted_line
        + unit.targeted_issued * data.people[:, None, None]
        + (unit.charges * data.unit_margin)[..., None] * cells.beyond
    )
    for lag in range(1, len(cells.dips) + 1):
        fixed = fixed - cells.dips[lag - 1] * _later(dip_price, lag, xp)[..., None]
    order_fixed = unit.basket_public_line * share[:, None] + unit.basket_targeted_line
    order_fixed = order_fixed + unit.basket_issued * data.people[:, None]
    order_plain = order_plain + order_fixed
    order_tiring = order_tiring + baskets.lift * basket_price.sum(axis=-1)[..., None]
    floors = data.message_floors
    message_price = message_prices(coefficients, prices.message_floor, weights, floors, data.people, xp)
    sent, order_sent = message_gains(prices.message, message_price, weights, xp)
    met, order_met, met_rest = reach_gains(prices.reached, coefficients, weights, data.people, xp)
    charge, ruled = rule_charges(prices.count, prices.window, prices.word, prices.literal, data.rules, shape.rules, xp)
    fee, order_fee = _rule_fees(charge, share, shape)
    fixed, order_plain = fixed + sent + met - fee, order_plain + order_sent + order_met - order_fee

    # Tie the segments' public choices.
    fixed = fixed + _public_pay(base_here[0], bump_here[0], fixed, theft_price, prices.public, data, shape, xp)
    order_rough = order_plain + order_tiring * baskets.fresh_high[..., None]
    order_tie = _ties(order_rough, shape.basket_public, baskets.allowed, whole[..., 0] / s, prices.basket_public, xp)
    order_plain = order_plain + order_tie[..., shape.basket_public]

    # Dynamic programs.
    def flat(values: Array) -> Array:
        """[..., S, K] to [..., N]."""
        return values.reshape(*values.shape[:-2], s * k)

    def upright(values: Array) -> Array:
        """[..., S, K, C] to [..., C, N]."""
        return flat(xp.moveaxis(values, -1, -3))

    table = Periods(
        base=upright(xp.moveaxis(base_here, 0, 1)),
        bump=upright(xp.moveaxis(bump_here, 0, 1)),
        above=flat(xp.moveaxis(above, 0, 1)),
        fixed=upright(fixed),
        theft_price=xp.moveaxis(theft_price, 0, 1),
        load=xp.moveaxis(prices.load, 0, 1),
        dip_price=flat(dip_price),
        fall=flat((1.0 - cells.dip_low) / xp.maximum(cells.dip_sum, 1e-12)),
        basket_price=flat(basket_price),
        units=flat(units),
        steady=flat(steady),
        fresh_low=flat(cells.fresh_low),
        fresh_high=flat(cells.fresh_high),
        others=flat(loads.others),
        whole=flat(loads.whole),
        spared=flat(loads.spared),
        theft=upright(cells.theft),
        allowed=upright(cells.allowed),
        choice=upright(data.choice),
    )

    def earn(here: Any) -> tuple[Array, Array, Array | None]:
        plain, tiring, owed, _ = rewards(here, loads.group, shape.rivals, shape.cuts, xp)
        return plain, tiring, owed if shape.dipped else None

    cell_values = best_histories(
        earn,
        table,
        data.dip_most,
        table.fresh_high,
        _left_over(unit.charges[-1], data, xp),
        data.cell_steps,
        shape.columns.slices,
        xp,
        data.paths,
    )
    order_plain = order_plain - xp.maximum(-order_tiring, 0.0) * baskets.fresh_low[..., None]
    order_table = _Orders(
        xp.swapaxes(xp.where(baskets.allowed & data.order_choice, order_plain, NEVER), 1, 2)[:, None],
        xp.swapaxes(xp.maximum(order_tiring, 0.0), 1, 2)[:, None],
    )
    order_values = best_histories(
        lambda here: (here.plain, here.tiring, None),
        order_table,
        xp.zeros((t, len(data.basket_steps.shrink), s), kind),
        baskets.fresh_high,
        xp.zeros((len(data.basket_steps.shrink), s), kind),
        data.basket_steps,
        shape.orders.slices,
        xp,
    )
    if inside is not None:
        inside.append(
            Inside(
                base=base,
                extra=extra[-1],
                bump=bump,
                above=above,
                theft_price=theft_price,
                tied=np.stack(
                    [
                        rewards(Periods(*(each[now] for each in table)), loads.group, shape.rivals, shape.cuts, np)[-1]
                        for now in range(t)
                    ],
                    axis=1,
                ),
                dip_price=dip_price,
                basket_price=basket_price,
                message_price=message_price,
                sent=sent,
                order_sent=order_sent,
                charge=charge,
                series=cell_values.reshape(s, k),
            )
        )
    parts = {
        "cells": cell_values.sum(),
        "baskets": order_values.sum(),
        "reached": met_rest,
        "limits": (prices.limit * data.sign * data.bound).sum(),
        "stock": (prices.stock * data.available).sum(),
        "rules": ruled - (prices.message_floor * floors.least).sum(),
    }
    return sum(parts.values()), parts


def _left_over(charges: Array, data: Data, xp: Any) -> Array:
    """[M, S * K] charge for fatigue that outlasts the horizon, at least as small as the true one."""
    tail = xp.einsum("hsk,mh->msk", data.cells.tail_past, data.cell_steps.lost)
    price = charges * data.carry_value
    value = xp.where(price <= 0, price * tail, price * data.cells.tail_past.sum(axis=0))
    return value.reshape(len(tail), -1)

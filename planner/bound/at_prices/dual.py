"""The relaxed, priced objective as one function of its prices: every value that it takes is a valid upper bound."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planner.bound.above_zero import above_zero
from planner.bound.at_prices.priced import Fees, Guess, priced
from planner.bound.at_prices.rewards import Periods, rewards
from planner.bound.at_prices.ties import public_pay, ties
from planner.bound.at_prices.worth import OrderLines, Worth
from planner.bound.inputs import Data, Inside, Prices
from planner.bound.layout import Layout
from planner.bound.never import NEVER
from planner.bound.programs.series import best_histories
from planner.bound.relaxed.weights import UnitWeights

Array = Any


class _Orders(NamedTuple):
    plain: Array
    """[T, 1, Y, S]"""
    tiring: Array


def dual(
    prices: Prices, data: Data, shape: Layout, xp: Any, inside: list[Inside] | None = None
) -> tuple[Array, dict[str, Array]]:
    """Upper bound on the objective (not yet counted from the empty plan), and the parts that it is the sum of.

    Where a list ``inside`` is given, the tables behind the value are appended to it.
    """
    unit, lines, values, guess, fees = priced(prices, data, shape, xp)
    fixed, gains = fees.cells, (values.base_here[0], values.bump_here[0])
    fixed = fixed + public_pay(*gains, fixed, guess.theft, prices.public, data, shape, xp)
    table = _periods(prices, values, guess, fees.sent_by_load, fixed, data, xp)
    series = _cell_programs(table, unit, data, shape, xp) * xp.broadcast_to(data.programs, guess.dip.shape[1:]).ravel()
    order_series = _order_programs(prices, lines, guess, fees, data, shape, xp)
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


def _periods(prices: Prices, values: Worth, guess: Guess, sent: Array, fixed: Array, data: Data, xp: Any) -> Periods:
    """Lay out what the cells' programs earn in each period; N counts pairs of segment and product."""
    cells, loads = data.cells, data.loads

    def flat(table: Array) -> Array:
        """[..., S, K] to [..., N]."""
        return table.reshape(*table.shape[:-2], table.shape[-2] * table.shape[-1])

    def upright(table: Array) -> Array:
        """[..., S, K, C] to [..., C, N]."""
        return flat(xp.moveaxis(table, -1, -3))

    return Periods(
        base=upright(xp.moveaxis(values.base_here, 0, 1)),
        bump=upright(xp.moveaxis(values.bump_here, 0, 1)),
        above=flat(xp.moveaxis(values.above, 0, 1)),
        sent=upright(sent),
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
        own=loads.own,
        allowed=upright(cells.allowed),
        choice=upright(data.choice),
    )


def _cell_programs(table: Periods, unit: UnitWeights, data: Data, shape: Layout, xp: Any) -> Array:
    """[N] the best history of each segment's product."""

    def earn(here: Any) -> tuple[Array, Array, Array | None]:
        plain, tiring, owed, _ = rewards(here, data.loads.group, shape.rivals, _cuts(shape), xp)
        return plain, tiring, owed if shape.dipped else None

    left_over = _left_over(unit.charges[-1], data, xp)
    slices = shape.columns.slices
    return best_histories(
        earn, table, data.dip_most, table.fresh_high, left_over, data.cell_steps, slices, xp, data.paths
    )


def _cuts(shape: Layout) -> tuple[float, ...] | None:
    return shape.cuts if shape.robbed else None


def _order_programs(
    prices: Prices, lines: OrderLines | None, guess: Guess, fees: Fees, data: Data, shape: Layout, xp: Any
) -> Array:
    """[S] the best history of each segment's offers on orders."""
    baskets, states = data.baskets, len(data.basket_steps.shrink)
    plain, tiring = fees.orders, None
    rough = plain
    if lines is not None:
        plain = lines.plain + plain
        tiring = lines.tiring + baskets.lift * guess.basket.sum(axis=-1)[..., None]
        rough = plain + tiring * baskets.fresh_high[..., None]
    if prices.basket_public.shape[-1] > 1:
        even = xp.ones(plain.shape[:2], plain.dtype) / plain.shape[1]
        tie = ties(rough, shape.basket_public, baskets.allowed, even, prices.basket_public, xp)
        plain = plain + tie[..., shape.basket_public]
    fits = baskets.allowed & data.order_choice
    if tiring is None and data.order_paths is None:
        return xp.where(fits, plain, NEVER).max(axis=-1).sum(axis=0)
    tiring = xp.zeros_like(plain) if tiring is None else tiring
    rising = above_zero(tiring, xp)
    plain = plain - (rising - tiring) * baskets.fresh_low[..., None]
    table = _Orders(
        xp.swapaxes(xp.where(fits, plain, NEVER), 1, 2)[:, None],
        xp.swapaxes(rising, 1, 2)[:, None],
    )
    periods, segments = plain.shape[:2]
    places = segments if data.order_paths is None else data.order_paths.end.shape[0]
    return best_histories(
        lambda here: (here.plain, here.tiring, None),
        table,
        xp.zeros((periods, states, places), plain.dtype),
        baskets.fresh_high,
        xp.zeros((states, segments), plain.dtype),
        data.basket_steps,
        shape.orders.slices,
        xp,
        data.order_paths,
    )


def _inside(
    values: Worth, guess: Guess, fees: Fees, table: Periods, series: Array, data: Data, shape: Layout
) -> Inside:
    periods, segments, products = data.cells.units.shape
    tied = [
        rewards(Periods(*(each[now] for each in table)), data.loads.group, shape.rivals, _cuts(shape), np)[-1]
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
        sent_by_load=fees.sent_by_load,
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

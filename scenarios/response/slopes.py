"""Slopes: how much a measure over everything changes per unit of each coefficient of a plan's chosen pairs.

The response is multilinear, so slope times change of coefficient is the exact effect of changing one slot. This is the
reverse pass of `response.flows` and `totals.value`, written out for NumPy; the planner's search compiles its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float
from scenarios.response.coefficients import Coefficients
from scenarios.response.model import (
    Chosen,
    Setting,
    all_and_rising,
    basket_rise,
    fatigue,
    flows,
    rivalry,
    where_supplied,
)
from scenarios.response.totals import Shares


class Worth(NamedTuple):
    """What a functional pays for the chosen pairs: [S, K, T] per base unit and unit of bump, [S, T] per order."""

    base: Float
    bump: Float
    order_base: Float
    order_bump: Float


class Slopes(NamedTuple):
    """Slopes by coefficient: [S, K, T] for cells, [S, T] for baskets."""

    theft: Float
    spill: Float
    reach: Float
    dips: tuple[Float, ...]
    lift: Float
    """By the lift in orders and in baskets bought ahead; its part in `Worth.bump` stands there."""
    beyond: Float
    base_worth: Float
    bump_worth: Float
    basket_lift: Float
    basket_charge: Float
    """By the basket lift that is charged for what it buys ahead: the lift, or 0 where it is below."""
    basket_reach: Float
    order_base: Float
    order_bump: Float


def slopes(model: Coefficients, chosen: Chosen, shares: Shares, worth: Worth, charge: Float, where: Setting) -> Slopes:
    """Differentiate a measure by the coefficients of the chosen pairs.

    Parameters
    ----------
    charge
        [K] weight of one unit of money charged beyond the horizon.
    where
        Constants of the response.
    """
    strength, margin = model.strengths, model.economics.unit_margin
    flow = flows(chosen, where, model, np)
    periods = chosen.reach.shape[-1]
    plain = flow.plain_base + flow.plain_bump * shares.lift
    lift_b, tired_b = shares.basket_lift, flow.basket_fatigue
    charged_b = np.maximum(lift_b, 0.0)
    factor = 1.0 + basket_rise(lift_b * tired_b, where.supplied, np)
    orders, rising = all_and_rising(model.orders_per_unit * plain, where.supplied)
    ahead = charge[:, None] * model.ahead_margin
    per_order = worth.order_base[:, None] + basket_rise(tired_b * worth.order_bump, where.supplied, np)
    by_plain = model.orders_per_unit * per_order + ahead * basket_rise(charged_b * tired_b, where.supplied, np)
    by_base = factor * worth.base + by_plain
    by_bump = factor * worth.bump + shares.lift * by_plain
    _, paid = all_and_rising(flow.plain_base * worth.base + flow.plain_bump * worth.bump, where.supplied)
    _, bought_ahead = all_and_rising(ahead * plain, where.supplied)
    by_halo = np.einsum("skt,jk->sjt", where_supplied(by_base, where.supplied), where.halo)
    by_bump = by_bump + chosen.spill * by_halo
    fresh, stolen, dip = _factors(model, chosen, where)
    units = where.base_units
    by_stolen = units * (dip * by_base + fresh * by_bump)
    theft, fresh_as_thief = _theft(model, chosen.theft, fresh, by_stolen)
    by_fresh = units * stolen * by_bump + fresh_as_thief
    carry = float(strength.charges_carry_over) * charge[:, None] * model.carry_value[..., None]
    by_tired = np.concatenate([by_fresh, np.broadcast_to(-carry, flow.tail_fatigue.shape)], axis=-1)
    tired = np.concatenate([fresh, flow.tail_fatigue], axis=-1)
    by_basket_tired = paid * lift_b + bought_ahead * charged_b + rising * worth.order_bump
    return Slopes(
        theft=theft,
        spill=flow.plain_bump * by_halo,
        reach=_reach(chosen.reach, tired, by_tired, strength.fatigue, strength.fatigue_decay),
        dips=_dips(chosen.dips, units * stolen * by_base * where.past_dip, periods),
        lift=flow.plain_bump * by_plain,
        beyond=np.broadcast_to((charge * margin)[:, None], plain.shape),
        base_worth=flow.base,
        bump_worth=flow.bump,
        basket_lift=tired_b * paid,
        basket_charge=tired_b * bought_ahead,
        basket_reach=_reach(chosen.basket_reach, tired_b, by_basket_tired, strength.fatigue, strength.fatigue_decay),
        order_base=orders,
        order_bump=rising * tired_b,
    )


def leave_one_out(factors: Float, axis: int) -> Float:
    """Product of all factors along an axis but the one in each place; zeros are no trouble."""
    moved = np.moveaxis(factors, axis, -1)
    before, after = np.ones_like(moved), np.ones_like(moved)
    before[..., 1:] = np.cumprod(moved[..., :-1], axis=-1)
    after[..., :-1] = np.flip(np.cumprod(np.flip(moved[..., 1:], axis=-1), axis=-1), axis=-1)
    return np.moveaxis(before * after, -1, axis)


def _factors(model: Coefficients, chosen: Chosen, where: Setting) -> tuple[Float, Float, Float]:
    """Fatigue, what rivals leave, and the dip of every cell, [S, K, T]."""
    strength, periods = model.strengths, chosen.reach.shape[-1]
    fresh = fatigue(chosen.reach, where.past_fatigue, strength.fatigue, strength.fatigue_decay, np)[..., :periods]
    stolen = rivalry(chosen.theft, fresh, model.rivals, np)
    dip = np.array(where.past_dip, copy=True)
    for lag, share in enumerate(chosen.dips, start=1):
        if lag < periods:
            dip[..., lag:] *= 1.0 - share[..., :-lag]
    return fresh, stolen, dip


def _theft(model: Coefficients, theft: Float, fresh: Float, by_stolen: Float) -> tuple[Float, Float]:
    """Slopes by theft and by the thief's fatigue, through what it leaves of its rivals."""
    count = len(model.grid.products)
    kept = np.concatenate([1.0 - theft * fresh, np.ones_like(theft[:, :1])], axis=1)
    width = model.rivals.shape[1]
    by_kept = np.zeros_like(kept)
    if width:
        others = leave_one_out(kept[:, model.rivals], axis=2)
        for column in range(width):
            for product, rival in enumerate(model.rivals[:, column]):
                by_kept[:, rival] += by_stolen[:, product] * others[:, product, column]
    by_kept = by_kept[:, :count]
    return -fresh * by_kept, -theft * by_kept


def _dips(dips: tuple[Float, ...], by_dip: Float, periods: int) -> tuple[Float, ...]:
    """Slopes by the share that each lag borrows; ``by_dip`` is the slope by the product of all lags' factors."""
    shape = (*by_dip.shape, max(len(dips), 1))
    kept = np.ones(shape)
    for lag, share in enumerate(dips, start=1):
        if lag < periods:
            kept[..., lag:, lag - 1] = 1.0 - share[..., :-lag]
    others = leave_one_out(kept, axis=-1)
    found = []
    for lag in range(1, len(dips) + 1):
        slope = np.zeros_like(by_dip)
        if lag < periods:
            slope[..., :-lag] = -(by_dip * others[..., lag - 1])[..., lag:]
        found.append(slope)
    return tuple(found)


def _reach(reach: Float, tired: Float, by_tired: Float, phi: float, decay: float) -> Float:
    """Slopes by reach: every later fatigue holds one factor ``1 - reach * phi * decay ** lag``, never 0."""
    slope = np.zeros_like(reach)
    if phi == 0.0:
        return slope
    pull = by_tired * tired
    periods, total = reach.shape[-1], tired.shape[-1]
    for lag in range(1, total):
        share = phi * decay**lag
        count = min(periods, total - lag)
        slope[..., :count] -= pull[..., lag : lag + count] * share / (1.0 - reach[..., :count] * share)
    return slope

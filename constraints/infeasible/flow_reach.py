"""What flows of units and orders plans can reach at the least and at the most, however their lines interact.

Each flow is a product of factors (rivals, dips, fatigue, basket) that are bounded between what the most and the least
harmful choices of the other slots would leave; all factors are >= 0, so their products bound the flows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.infeasible.floor_costs import Floor
from scenarios.arrays import Flag, Float
from scenarios.response.coefficients import Coefficients
from scenarios.response.model import all_and_rising, basket_rise, fatigue, rivalry, where_supplied


@dataclass(frozen=True, kw_only=True, eq=False)
class Interval:
    """Lower and upper ends of an array of any shape [...], both >= 0."""

    low: Float
    high: Float

    def __mul__(self, other: Interval) -> Interval:
        """Products of two non-negative intervals."""
        return Interval(low=self.low * other.low, high=self.high * other.high)

    def __add__(self, other: Interval) -> Interval:
        """Sums of two intervals."""
        return Interval(low=self.low + other.low, high=self.high + other.high)

    def least(self, weight: Float) -> Float:
        """Least of ``weight * x`` over the interval."""
        return np.where(weight >= 0, weight * self.low, weight * self.high)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """What plans that hold only ``base`` choices can reach. Pairs E = P * Q, Y = V * U as in the coefficient tables."""

    pairs: Flag
    """[S, K, T, E] possible pairs."""
    basket_pairs: Flag
    """[S, T, Y]"""
    base: Interval
    """[S, K, T] flow that base shares multiply."""
    bump: Interval
    """[S, K, T] flow that bump shares multiply."""
    orders: Interval
    """[S, T] orders before the basket lift, of what it raises."""
    other_orders: Interval
    """[S, T] orders of products that have nothing left to sell more of."""
    basket_fatigue: Interval
    """[S, T]"""
    ahead: Interval
    """[S, K, T] units that baskets bring, of which `Coefficients.ahead_margin` charges what is bought ahead."""
    tired: Interval
    """[S, K] left-over fatigue in average lines."""
    public: Flag
    """[K, T, P] possible choices."""
    targeted: Flag
    """[S, K, T, Q]"""
    basket_public: Flag
    """[T, V]"""
    basket_targeted: Flag
    """[S, T, U]"""
    floors: tuple[Floor, ...]
    """Lines that every plan holds at the least."""


def _ends(table: Float, possible: Flag) -> Interval:
    """Least and greatest entry [...] among possible ones of a table [..., E]."""
    low = np.where(possible, table, np.inf).min(axis=-1)
    high = np.where(possible, table, -np.inf).max(axis=-1)
    return Interval(low=low, high=high)


def _tired(model: Coefficients, reach: Interval, past: Float) -> Interval:
    """Fatigue factors: the more reach, the less is left."""
    strength = model.strengths
    phi, decay = strength.fatigue, strength.fatigue_decay
    return Interval(
        low=fatigue(reach.high, past, phi, decay, np),
        high=fatigue(reach.low, past, phi, decay, np),
    )


def _lagged(share: Float, lag: int) -> Float:
    moved = np.zeros_like(share)
    moved[..., lag:] = share[..., : share.shape[-1] - lag] if lag < share.shape[-1] else 0.0
    return moved


def _dips(model: Coefficients, pairs: Flag) -> Interval:
    low, high = model.past.dip.copy(), model.past.dip.copy()
    for lag, table in enumerate(model.cells.dips, start=1):
        share = _ends(table, pairs)
        low *= 1.0 - _lagged(share.high, lag)
        high *= 1.0 - _lagged(share.low, lag)
    return Interval(low=low, high=high)


def reach_of(model: Coefficients, base: Flag, floors: tuple[Floor, ...] = ()) -> Reach:
    """Bound the flows of all plans whose slots hold choices of ``base`` [N, width] only, and which keep some floors."""
    grid = model.grid
    s, k, t = grid.shape
    parts = [
        base[grid.offsets[b] : grid.offsets[b + 1], : grid.widths[b]].reshape(*grid.slot_shapes[b], -1)
        for b in range(4)
    ]
    pairs = (parts[0][None, ..., :, None] & parts[1][..., None, :]).reshape(s, k, t, -1)
    basket_pairs = (parts[2][None, ..., :, None] & parts[3][..., None, :]).reshape(s, t, -1)
    cells, orders = model.cells, model.basket
    tired = _tired(model, _ends(cells.reach, pairs), model.past.fatigue)
    fresh = Interval(low=tired.low[..., :t], high=tired.high[..., :t])
    theft = _ends(cells.theft, pairs)
    stolen = Interval(
        low=rivalry(theft.high, fresh.high, model.rivals, np), high=rivalry(theft.low, fresh.low, model.rivals, np)
    )
    units = Interval(low=model.base_units, high=model.base_units)
    bump = units * stolen * fresh
    spill = _ends(cells.spill, pairs) * bump
    halo = Interval(
        low=where_supplied(np.einsum("sjt,jk->skt", spill.low, model.halo), model.supplied),
        high=where_supplied(np.einsum("sjt,jk->skt", spill.high, model.halo), model.supplied),
    )
    flow = units * stolen * _dips(model, pairs) + halo
    lift = _ends(cells.lift, pairs)
    sold = flow + Interval(
        low=np.minimum(lift.low * bump.low, lift.low * bump.high), high=np.maximum(lift.high * bump.high, 0.0)
    )
    plain = Interval(low=np.maximum(sold.low, 0.0), high=sold.high)
    basket_tired = _tired(model, _ends(orders.reach, basket_pairs), model.past.basket_fatigue)
    raised = _ends(orders.lift, basket_pairs)
    lowest = np.minimum(raised.low * basket_tired.low, raised.low * basket_tired.high)
    highest = np.maximum(raised.high * basket_tired.high, raised.high * basket_tired.low)
    rise = Interval(low=basket_rise(lowest, model.supplied, np), high=basket_rise(highest, model.supplied, np))
    factor = Interval(low=1.0 + rise.low, high=1.0 + rise.high)
    per_unit = Interval(low=model.orders_per_unit, high=model.orders_per_unit)
    ordered = per_unit * plain
    all_low, rising_low = all_and_rising(ordered.low, model.supplied)
    all_high, rising_high = all_and_rising(ordered.high, model.supplied)
    bought = Interval(
        low=np.minimum(rise.low * plain.low, rise.low * plain.high),
        high=np.maximum(rise.high * plain.low, rise.high * plain.high),
    )
    over = model.past.fatigue[..., t:]
    carried = model.carry_value * float(model.strengths.charges_carry_over)
    return Reach(
        pairs=pairs,
        basket_pairs=basket_pairs,
        base=flow * factor,
        bump=bump * factor,
        orders=Interval(low=rising_low, high=rising_high),
        other_orders=Interval(low=all_low - rising_low, high=all_high - rising_high),
        basket_fatigue=basket_tired,
        ahead=bought,
        tired=Interval(
            low=carried * (over - tired.high[..., t:]).sum(axis=-1),
            high=carried * (over - tired.low[..., t:]).sum(axis=-1),
        ),
        public=parts[0],
        targeted=parts[1],
        basket_public=parts[2],
        basket_targeted=parts[3],
        floors=floors,
    )

"""The table-time formulas of the response model: caps sit here, never behind a choice (docs/response-model.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.language.schema import EffectSource, Product, ResponseTerms
from scenarios.rounding import UNIT_DIGITS
from scenarios.rounding import units as rounded_units

Array = Any

DIP_FLOOR = 0.5
"""The product of all dips of a cell never falls below this share of its baseline."""
LIFT_FLOOR = -0.5
"""No offer takes away more than this share of the base units."""
ONE_UNIT = 1.0 - 1e-6
"""Units left, at least, where a product can sell one more than it does by itself."""
NOISE = 1e-6
"""What float64 may leave of 1/1000 unit below a whole number of them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Strengths:
    """Interaction strengths in force, after ``lift_is`` has turned off what the lifts already contain."""

    fatigue: Array
    """Share of a lift; drawn ones are [D]."""
    fatigue_decay: float
    """lambda: what is left of a customer's fatigue after one period."""
    tail_periods: int
    """Periods after the horizon in which left-over fatigue is charged."""
    pull_forward: Float
    """[..., K] share of each product's bump that is bought ahead; drawn ones lead with the draws."""
    pull_forward_periods: int
    cannibalisation: Array
    """Share of a bump; drawn ones are [D, 1]."""
    charges_carry_over: bool
    without_rivals_keep: bool = False
    """Whether products without rivals keep their whole bump."""

    def stolen(self, rivals: Array, xp: Any) -> Array:
        """Share of a bump that is not the product's own, by how many rivals it has."""
        return xp.where(rivals > 0, self.cannibalisation, 0.0) if self.without_rivals_keep else self.cannibalisation

    @property
    def dip_cap(self) -> float:
        """Largest dip that one earlier line may cause."""
        return float(1.0 - DIP_FLOOR ** (1.0 / self.pull_forward_periods))


def strengths(terms: ResponseTerms, source: EffectSource, products: Sequence[Product]) -> Strengths:
    """Read the strengths off a scenario."""
    ahead = np.array([terms.pull_forward.of(product).share for product in products])
    full = Strengths(
        fatigue=terms.fatigue,
        fatigue_decay=float(0.5 ** (1.0 / terms.fatigue_half_life)),
        tail_periods=int(np.ceil(terms.fatigue_half_life)),
        pull_forward=ahead,
        pull_forward_periods=terms.pull_forward.periods,
        cannibalisation=terms.cannibalisation,
        charges_carry_over=terms.carry_over == "charge",
        without_rivals_keep=terms.without_rivals == "keep",
    )
    if source.lift_is == "net_of_dip":
        return replace(full, pull_forward=0.0 * ahead)
    if source.lift_is == "net":
        return replace(full, pull_forward=0.0 * ahead, cannibalisation=0.0)
    return full


def theft_share(lift: Array, units: Array, rival_units: Array, rivals: Array, kappa: Array, xp: Any) -> Array:
    """Share of each rival's sales that a bump steals.

    ``kappa * lift * units`` units are spread over the rivals by their baseline, capped so that one offer of equal lift
    on a whole group never sells below baseline. The cap uses ``(1 - kappa) * lift``, the least lift that any member of
    the group keeps after `kept_lift`, so that it holds for unequal groups too.
    """
    gain = xp.maximum(lift, 0.0)
    wanted = kappa * gain * units / xp.where(rival_units > 0, rival_units, 1.0)
    # as a power: 1 - (1 + (1 - kappa) * gain) ** (-1 / rivals), which compilers do not vectorise
    cap = 1.0 - xp.exp(-xp.log(1.0 + (1.0 - kappa) * gain) / xp.maximum(rivals, 1))
    return xp.where((rivals > 0) & (rival_units > 0), xp.minimum(wanted, cap), 0.0)


def kept_lift(lift: Array, theft: Array, units: Array, rival_units: Array, kappa: Array, xp: Any) -> Array:
    """Lift that is left after what theft could not place is taken off."""
    gain = xp.maximum(lift, 0.0)
    placed = theft * rival_units / xp.where(units > 0, units, 1.0)
    return lift - xp.maximum(kappa * gain - placed, 0.0)


def dip_share(lift: Array, units: Array, later_units: Array, rho: Array, periods: int, cap: float, xp: Any) -> Array:
    """Share of a later period's baseline that one line borrows: ``rho * lift * units / periods`` units, capped."""
    wanted = rho / periods * xp.maximum(lift, 0.0) * units / xp.where(later_units > 0, later_units, 1.0)
    return xp.where(later_units > 0, xp.minimum(wanted, cap), 0.0)


def cut_at_stock(units: Float, available: Float) -> Float:
    """Cut a baseline at what is there, in time order.

    Parameters
    ----------
    units : [..., S, K, T]
        Baseline.
    available : [K, T]
        Stock and arrivals, cumulative; inf where a product has no stock limit.

    Returns
    -------
    [..., S, K, T]
        Baseline whose cumulative sum over segments never exceeds ``available``; segments share a shortage evenly.
    """
    total = units.sum(axis=-3)
    kept = np.empty_like(total)
    sold = np.zeros(total.shape[:-1])
    for t in range(total.shape[-1]):
        kept[..., t] = np.clip(np.minimum(total[..., t], available[:, t] - sold), 0.0, None)
        sold = sold + kept[..., t]
    scale = np.divide(kept, total, out=np.ones_like(total), where=total > 0)
    return np.asarray(units * scale[..., None, :, :])


def cut_for_account(units: Float, available: Float) -> Float:
    """Cut an expected baseline at what is there so that an account, which rounds every cell, sells no more either.

    Parameters
    ----------
    units : [S, K, T]
        Baseline.
    available : [K, T]
        Stock and arrivals, cumulative; inf where a product has no stock limit.

    Returns
    -------
    [S, K, T]
        Baseline whose cumulative sum over segments never exceeds ``available``, neither as it is nor with every cell
        rounded; segments share a shortage evenly, and what they get is rounded down to what an account can hold.
    """
    kept, grain = units.copy(), 10.0**UNIT_DIGITS
    gone = np.zeros((2, units.shape[1]))
    for t in range(units.shape[2]):
        cells = units[:, :, t]
        wanted = np.stack([cells.sum(axis=0), rounded_units(cells).sum(axis=0) / grain])
        short = (gone + wanted).max(axis=0) > available[:, t]
        if short.any():
            room = np.maximum(available[:, t] - gone.max(axis=0), 0.0)
            share = np.divide(room, wanted[0], out=np.ones_like(room), where=wanted[0] > 0)
            fitting = np.floor(cells * np.minimum(share, 1.0) * grain + NOISE) / grain
            kept[:, :, t] = np.where(short, fitting, cells)
            wanted = np.where(short, fitting.sum(axis=0), wanted)
        gone = gone + wanted
    return kept


def can_sell_more(units: Float, available: Float) -> Flag:
    """[K, T] periods in which a unit more of a product does not lack later.

    Parameters
    ----------
    units : [S, K, T]
        Baseline, cut at stock.
    available : [K, T]
        Stock and arrivals, cumulative; inf where a product has no stock limit.
    """
    left = available - units.sum(axis=0).cumsum(axis=1)
    return np.asarray(np.minimum.accumulate(left[:, ::-1], axis=1)[:, ::-1] >= ONE_UNIT)

"""What the columns of one period earn in every way that the relaxation leaves open; made period by period.

Tables of ways times columns are the largest of the bound, and no period needs another's: the programs make them when
they reach a period, and again when they are differentiated, so that they never leave the processor's cache.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from planner.bound.series import NEVER
from planner.bound.theft import load_ties, robbing_pays

Array = Any


class Periods(NamedTuple):
    """What the rewards of all periods follow from; every table starts with T. B basket corners, V ways, I intervals."""

    base: Array
    """[T, B, S, K, C] worth of a base unit."""
    bump: Array
    """[T, B, S, K, C] worth of a unit of flow."""
    above: Array
    """[T, B, S] basket factor less 1."""
    fixed: Array
    """[T, S, K, C] what a column costs or brings apart from the flows."""
    theft_price: Array
    """[T, I, S, K]"""
    load: Array
    """[T, I, S, K] what a cell pays for an interval beside the guess."""
    dip_price: Array
    """[T, S, K]"""
    fall: Array
    """[T, S, K] what a unit of dips takes from the base."""
    basket_price: Array
    """[T, S, K]"""
    units: Array
    """[T, S, K]"""
    steady: Array
    """[T, S, K] units that the past leaves."""
    fresh_low: Array
    """[T, S, K]"""
    fresh_high: Array
    """[T, S, K]"""
    left: Array
    """[T, V, S, K, C], with all below as `planner.bound.theft.Loads` has them."""
    least: Array
    lost: Array
    possible: Array
    paid: Array
    earned: Array
    allowed: Array
    """[T, S, K, C]"""
    choice: Array
    """[T, S, K, C] columns that the programs may choose."""


def rewards(here: Any, group: Array, rivals: Array, xp: Any) -> tuple[Array, Array, Array, Array]:
    """Rewards ``plain + tiring F + owed y`` [B V, S K, C] of one period, and what cells pay for intervals [I, S, K].

    ``here`` is one period of `Periods`.
    """
    plain_pay, robbing = robbing_pays(here.theft_price, here.paid, here.earned, rivals, xp)
    gain, loss = xp.maximum(here.base, 0.0)[:, None], xp.maximum(-here.base, 0.0)[:, None]
    wide = here.steady[..., None]
    plain = wide * (here.left * gain - here.least * loss) + here.fixed
    plain = plain + xp.repeat(here.theft_price, 2, axis=0)[..., None] * here.lost - xp.repeat(plain_pay, 2, axis=0)
    plain = plain - (here.basket_price * here.above[:, None, :, None])[..., None]
    tiring = here.left * xp.maximum(here.bump, 0.0)[:, None] - here.least * xp.maximum(-here.bump, 0.0)[:, None]
    tiring = here.units[..., None] * tiring - xp.repeat(robbing, 2, axis=0)

    # Tie the interval that the cells of a group name.
    fits = xp.repeat(here.possible & here.allowed, 2, axis=0)
    reward = xp.where(fits, plain[0] + 0.8 * here.fresh_high[..., None] * tiring[0], NEVER).max(axis=-1)
    tied = load_ties(reward, here.load, here.units, group, xp)
    plain = plain + xp.repeat(tied, 2, axis=0)[..., None]

    owed = here.dip_price[..., None] - wide * (here.fall[..., None] * here.left * gain - loss)
    plain = plain - xp.maximum(-tiring, 0.0) * here.fresh_low[..., None]
    shape = (plain.shape[0] * plain.shape[1], -1, plain.shape[-1])
    return (
        xp.where(fits & here.choice, plain, NEVER).reshape(shape),
        xp.maximum(tiring, 0.0).reshape(shape),
        xp.maximum(owed, 0.0).reshape(shape),
        tied,
    )

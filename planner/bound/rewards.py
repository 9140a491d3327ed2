"""What the columns of one period earn in every way that the relaxation leaves open; made period by period.

Tables of ways times columns are the largest of the bound, and no period needs another's: the programs make them when
they reach a period, and again when they are differentiated, so that they never leave the processor's cache. Cells come
last in every table, so that one instruction works on many of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from planner.bound.series import NEVER
from planner.bound.theft import ends_of, load_ties, robbing_pays

Array = Any


class Periods(NamedTuple):
    """What the rewards of all periods follow from; every table starts with T. B basket corners, I intervals, N cells.

    The N cells are the S segments times the K products.
    """

    base: Array
    """[T, B, C, N] worth of a base unit."""
    bump: Array
    """[T, B, C, N] worth of a unit of flow."""
    above: Array
    """[T, B, N] basket factor less 1."""
    fixed: Array
    """[T, C, N] what a column costs or brings apart from the flows."""
    theft_price: Array
    """[T, I, S, K]"""
    load: Array
    """[T, I, S, K] what a cell pays for an interval beside the guess."""
    dip_price: Array
    """[T, N]"""
    fall: Array
    """[T, N] what a unit of dips takes from the base."""
    basket_price: Array
    """[T, N]"""
    units: Array
    """[T, N]"""
    steady: Array
    """[T, N] units that the past leaves."""
    fresh_low: Array
    """[T, N]"""
    fresh_high: Array
    """[T, N]"""
    others: Array
    """[T, N], and the two below as `planner.bound.theft.Loads` has them."""
    whole: Array
    spared: Array
    theft: Array
    """[T, C, N]"""
    allowed: Array
    """[T, C, N]"""
    choice: Array
    """[T, C, N] columns that the programs may choose."""


def rewards(
    here: Any, group: Array, rivals: Array, cuts: tuple[float, ...], xp: Any
) -> tuple[Array, Array, Array, Array]:
    """Rewards ``plain + tiring F + owed y`` [V, C, N] of one period, and what cells pay for intervals [I, S, K].

    ``here`` is one period of `Periods`; the V ways are the B corners times the two ends of the I intervals.
    """
    fresh = here.fresh_low, here.fresh_high
    ends = ends_of(here.theft, fresh, here.others, here.whole, here.spared, cuts, xp)
    plain_pay, robbing = robbing_pays(here.theft_price, here.theft, fresh, rivals, xp)
    intervals, *cells = here.theft_price.shape
    price = here.theft_price.reshape(intervals, 1, 1, -1)
    gain, loss = (xp.maximum(side, 0.0)[:, None, None] for side in (here.base, -here.base))
    flow, drain = (xp.maximum(side, 0.0)[:, None, None] for side in (here.bump, -here.bump))
    plain = here.steady * (ends.left * gain - ends.least * loss) + here.fixed
    plain = plain + price * ends.lost - plain_pay[:, None]
    plain = plain - (here.basket_price * here.above)[:, None, None, None]
    tiring = here.units * (ends.left * flow - ends.least * drain) - robbing[:, None]

    # Tie the interval that the cells of a group name.
    fits = (ends.possible & here.allowed)[:, None]
    reward = xp.where(fits, plain[0] + 0.8 * here.fresh_high * tiring[0], NEVER).max(axis=(1, 2))
    tied = load_ties(reward.reshape(intervals, *cells), here.load, here.units.reshape(cells), group, xp)
    plain = plain + tied.reshape(intervals, 1, 1, -1)

    owed = here.dip_price - here.steady * (here.fall * ends.left * gain - loss)
    plain = plain - xp.maximum(-tiring, 0.0) * here.fresh_low
    shape = (-1, *here.theft.shape)
    return (
        xp.where(fits & here.choice, plain, NEVER).reshape(shape),
        xp.maximum(tiring, 0.0).reshape(shape),
        xp.maximum(owed, 0.0).reshape(shape),
        tied,
    )

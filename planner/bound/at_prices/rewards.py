"""What the columns of one period earn in every way that the relaxation leaves open; made period by period.

Tables of ways times columns are the largest of the bound, and no period needs another's: the programs make them when
they reach a period, and again when they are differentiated, so that they never leave the processor's cache. Cells come
last in every table, so that one instruction works on many of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from planner.bound.above_zero import above_zero
from planner.bound.never import NEVER
from planner.bound.relaxed.theft import ends_of, load_ties, robbing_pays

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
    sent: Array
    """[T, I, C, N] what a column pays more for messages in each interval; I is 0 where nothing."""
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
    """[T, N], and the two below as `planner.bound.relaxed.theft.Loads` has them."""
    whole: Array
    spared: Array
    own: Array
    """[T, 6, C, N] as `planner.bound.relaxed.theft.own_loads` has them; read only where somebody robs."""
    allowed: Array
    """[T, C, N]"""
    choice: Array
    """[T, C, N] columns that the programs may choose."""


def rewards(
    here: Any, group: Array, rivals: Array, cuts: tuple[float, ...] | None, xp: Any
) -> tuple[Array, Array, Array, Array]:
    """Rewards ``plain + tiring F + owed y`` [V, C, N] of one period, and what cells pay for intervals [I, S, K].

    ``here`` is one period of `Periods`; the V ways are the B corners times the two ends of the I intervals. Without
    ``cuts`` nobody robs anybody, and they are the B corners alone.
    """
    if cuts is None:
        return _undisturbed(here, xp)
    ends = ends_of(here.own[0], here.own[1], here.others, here.whole, here.spared, cuts, xp)
    plain_pay, robbing = robbing_pays(here.theft_price, here.own[2:], rivals, xp)
    intervals, *cells = here.theft_price.shape
    price = here.theft_price.reshape(intervals, 1, 1, -1)
    gain, flow = (above_zero(side, xp)[:, None, None] for side in (here.base, here.bump))
    loss, drain = gain - here.base[:, None, None], flow - here.bump[:, None, None]
    plain = here.steady * (ends.left * gain - ends.least * loss) + here.fixed
    plain = plain + price * ends.lost - (plain_pay - here.sent if len(here.sent) else plain_pay)[:, None]
    plain = plain - (here.basket_price * here.above)[:, None, None, None]
    tiring = here.units * (ends.left * flow - ends.least * drain) - robbing[:, None]

    # Tie the interval that the cells of a group name.
    fits = (ends.possible & here.allowed)[:, None]
    tied = xp.zeros_like(here.load)
    if intervals > 1:
        reward = xp.where(fits, plain[0] + 0.8 * here.fresh_high * tiring[0], NEVER).max(axis=(1, 2))
        tied = load_ties(reward.reshape(intervals, *cells), here.load, here.units.reshape(cells), group, xp)
        plain = plain + tied.reshape(intervals, 1, 1, -1)

    owed = here.dip_price - here.steady * (here.fall * ends.left * gain - loss)
    return *_rising(plain, tiring, owed, fits & here.choice, here, xp), tied


def _undisturbed(here: Any, xp: Any) -> tuple[Array, Array, Array, Array]:
    plain = here.steady * here.base + here.fixed - (here.basket_price * here.above)[:, None]
    gain = above_zero(here.base, xp)
    owed = here.dip_price - here.steady * (here.fall * gain - (gain - here.base))
    ruled = _rising(plain, here.units * here.bump, owed, here.allowed & here.choice, here, xp)
    return *ruled, xp.zeros_like(here.load)


def _rising(plain: Array, tiring: Array, owed: Array, fits: Array, here: Any, xp: Any) -> tuple[Array, Array, Array]:
    """Rewards [V, C, N] that never fall where customers are fresher or more is owed; very low where nothing fits."""
    shape = (-1, *here.allowed.shape)
    rising = above_zero(tiring, xp)
    plain = plain - (rising - tiring) * here.fresh_low
    return (
        xp.where(fits, plain, NEVER).reshape(shape),
        rising.reshape(shape),
        # At the prices that a descent begins from much is owed nothing: there the slope is split between both sides.
        xp.maximum(owed, 0.0).reshape(shape),
    )

"""Causal effect of a public price from a switchback: of each block of periods, a lot switched one off.

Sales of a block's periods with the price and without it are compared with each other, so that neither weekdays, which
are expected, nor what changes from block to block counts. Blocks are put together as strata are (the ratio of rates of
Mantel and Haenszel: Rothman, Greenland and Lash, Modern Epidemiology, 3rd ed., chapter 15), which holds where some
periods sold nothing; how far blocks differ from each other gives the interval (Fieller's). What a cut borrows from the
days after it, or customers who wait, is not in the comparison: a switchback of days measures the lift while it runs,
and off days that follow on days are somewhat too low.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from scenarios.arrays import Flag, Float
from surrogate.flight.measure.effects_measured import CONFIDENCE, Measured

FEWEST = 3
"""Blocks with a period on and one off, without which nothing is said."""


def switchback(units: Float, expected: Float, on: Flag, block: NDArray[np.int64]) -> Measured | None:
    """Compare periods with a price and periods without it.

    Parameters
    ----------
    units : [N]
        Sales of the periods that took part in the lot.
    expected : [N]
        Sales expected without the price; periods in which nothing is expected are left out.
    on : [N]
        Whether the price was on.
    block : [N]
        Block of the lot that each period belongs to. Blocks without a period of either kind are left out.

    Returns
    -------
    Measured or None
        None with fewer than three blocks, or where nothing was sold without the price, or no block differs from others.
    """
    usable = whole_blocks(on & (expected > 0), ~on & (expected > 0), block) & (expected > 0)
    place = np.unique(block[usable], return_inverse=True)[1]
    if place.max(initial=-1) + 1 < FEWEST:
        return None
    (sold_on, sold_off), (hoped_on, hoped_off) = (
        [np.bincount(place, each[usable] * kind[usable]) for kind in (on, ~on)] for each in (units, expected)
    )
    whole = hoped_on + hoped_off
    with_price, without = sold_on * hoped_off / whole, sold_off * hoped_on / whole
    if not (without.sum() > 0):
        return None
    ratio, count = float(with_price.sum() / without.sum()), len(without)
    error = float(np.std(with_price - ratio * without, ddof=1)) / np.sqrt(count) / float(without.mean())
    if not (error > 0):
        return None
    low, high = _fieller(with_price, without)
    return Measured(
        method="switchback",
        lift=ratio - 1.0,
        low=low - 1.0,
        high=high - 1.0,
        standard_error=float(error),
        treated=float(np.count_nonzero(on[usable])),
        held=float(np.count_nonzero(~on[usable])),
    )


def whole_blocks(on: Flag, off: Flag, block: NDArray[np.int64]) -> Flag:
    """[N] periods of blocks that have a period on and one off."""
    both = set(block[on].tolist()) & set(block[off].tolist())
    return np.isin(block, sorted(both))


def _fieller(one: Float, other: Float) -> tuple[float, float]:
    """Interval of the ratio of two means of pairs, at least 0; without bound where the second may be 0."""
    count = len(one)
    square = float(stdtrit(count - 1, 0.5 + CONFIDENCE / 2.0)) ** 2 / count
    (one_variance, both), (_, other_variance) = np.cov(one, other)
    mean, base = float(one.mean()), float(other.mean())
    bend = base**2 - square * float(other_variance)
    if not (bend > 0):
        return -np.inf, np.inf
    middle = mean * base - square * float(both)
    width = float(np.sqrt(max(middle**2 - bend * (mean**2 - square * float(one_variance)), 0.0)))
    return max((middle - width) / bend, 0.0), (middle + width) / bend

"""Causal effect of a public price from a switchback: periods in which it was drawn by lot to be off.

Sales of each period are taken relative to what is expected without the price, so that weekdays do not count. Whether a
period was on was random; what a cut borrows from the days after it, or customers who wait, is not in the comparison: a
switchback of days measures the lift while it runs, and off days that follow on days are somewhat too low.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from surrogate.flight.effects_measured import CONFIDENCE, Measured

Float = NDArray[np.float64]
Flag = NDArray[np.bool_]
FEWEST = 3
"""Periods on, and periods off, without which nothing is said."""


def switchback(units: Float, expected: Float, on: Flag) -> Measured | None:
    """Compare periods with a price and periods without it.

    Parameters
    ----------
    units : [N]
        Sales of the periods that took part in the lot.
    expected : [N]
        Sales expected without any offer, above 0.
    on : [N]
        Whether the price was on.

    Returns
    -------
    Measured or None
        With Welch's interval on the logs; None with fewer than three periods of a kind, or days without sales.
    """
    usable = (units > 0) & (expected > 0)
    logs = np.log(units[usable] / expected[usable])
    with_price, without = logs[on[usable]], logs[~on[usable]]
    if min(len(with_price), len(without)) < FEWEST:
        return None
    parts = with_price.var(ddof=1) / len(with_price), without.var(ddof=1) / len(without)
    error = float(np.sqrt(sum(parts)))
    if not (error > 0):
        return None
    freedom = float(sum(parts)) ** 2 / sum(
        part**2 / (len(group) - 1) for part, group in zip(parts, (with_price, without), strict=True)
    )
    off = float(with_price.mean() - without.mean())
    width = float(student.ppf(0.5 + CONFIDENCE / 2.0, freedom)) * error
    return Measured(
        method="switchback",
        lift=float(np.expm1(off)),
        low=float(np.expm1(off - width)),
        high=float(np.expm1(off + width)),
        standard_error=float(np.exp(off)) * error,
        treated=float(len(with_price)),
        held=float(len(without)),
    )

"""How many units come together: sales that come in lots scatter more than single purchases would.

Told by neighbouring periods of single cells, whose lasting errors cancel. One purchase of three bottles, a reseller's
dozen, or a shop's report in cartons all look alike: the variance of a count is so many times its mean.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float
from surrogate.flight.chance import ChanceParams

FEWEST_PAIRS = 60
"""Pairs of neighbouring periods without which units are taken to come one by one."""
LEAST_EXPECTED = 3.0
"""Cells that expect fewer units tell nothing."""
WIDEST = 9.0
"""Squared differences count up to so many times what is usual: a change of the level is no scatter."""
_MEDIAN, _CUT_MEAN = 0.4549, 0.9733
"""Of a chi-squared variable of one degree of freedom: its median, and its mean where it is cut at `WIDEST`."""


def lot_size(sold: Float, expected: Float, usable: Flag, chance: ChanceParams) -> float:
    """Units that come together, at least 1.

    Parameters
    ----------
    sold, expected : [Z, K, T]
        Units of the observed periods.
    usable : [K, T]
        Cells that can be compared.
    chance
        What single periods scatter beside, taken off.
    """
    before, after = expected[..., :-1], expected[..., 1:]
    fine = usable[:, :-1] & usable[:, 1:] & (before >= LEAST_EXPECTED) & (after >= LEAST_EXPECTED)
    if int(fine.sum()) < FEWEST_PAIRS:
        return 1.0
    ratio = after[fine] / before[fine]
    off = sold[..., 1:][fine] - ratio * sold[..., :-1][fine]
    counted = after[fine] * (1.0 + ratio)
    scatter = 2.0 * chance.variance * after[fine] ** 2
    squares = off**2
    size = 1.0
    for _ in range(30):
        shares = squares / (size * counted + scatter)
        found = float(np.median(shares)) / _MEDIAN
        cut = float(np.minimum(shares, WIDEST * max(found, 1e-9)).mean()) / _CUT_MEAN
        moved = max(size * cut, 1.0)
        if abs(moved - size) < 0.01 * size:
            return moved
        size = moved
    return size

"""How many series of a forecast lie outside of their own intervals in campaigns that go as foreseen.

Series are sums of the same sales, so that many leave their intervals together: a share of each by itself says little of
how many do at once. The plan's futures say it.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float

USUAL = 0.95
"""Share of the futures that have no more series outside than is called usual."""


def usually_outside(sums: Float) -> int:
    """Most series outside of their 90 % interval in `USUAL` of the futures, of sums [D, J] of the series so far."""
    low, high = np.quantile(sums, (0.05, 0.95), axis=0)
    outside = ((sums < low) | (sums > high)).sum(axis=1)
    return int(np.quantile(outside, USUAL, method="higher"))

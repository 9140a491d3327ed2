"""What counts as promoted: one threshold for tests, peers and suspicions, and on which side of it a cut falls.

Prices are written in whole cents: 10 % off 1.05 is 0.95 at the shelf, which shows as 9.5 %. Depths are sums of money
over sums of money, too, whose last bits fall on either side. So shares are read in whole points, half ones upwards:
whatever shows as 9.5 % or more is a cut of 10 %.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float

PROMOTED_FROM = 0.10
"""Share off the price, or of the stores with a display or mailer, from which something is promoted."""
_HALF_A_POINT = 0.005
_NOISE_DIGITS = 4
"""Digits that shares are right to."""


def is_promoted(share: Float) -> Flag:
    """Return whether shares [...], read in whole points, are at least `PROMOTED_FROM`."""
    return np.asarray(np.round(share, _NOISE_DIGITS) >= round(PROMOTED_FROM - _HALF_A_POINT, _NOISE_DIGITS))

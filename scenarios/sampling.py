"""Sampling error: how far a figure that is read off a finite number of drawn futures moves by the luck of the draw."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float
from scenarios.tolerance import binomial_chance

HALF_90 = 1.6448536269514722
"""Standard errors on either side that hold the truth in 90 % of repetitions."""
_TAIL = 0.05
"""Chance that a range may miss on either side."""


class Estimate(NamedTuple):
    """A figure and its standard error."""

    value: float
    error: float

    @property
    def half_width(self) -> float:
        """Half of the 90 % range around it."""
        return HALF_90 * self.error

    @property
    def told(self) -> bool:
        """Whether it can be told from 0: 0 lies outside its 90 % range."""
        return abs(self.value) > self.half_width


def standard_error(value: Callable[..., float], *samples: Float) -> float:
    """Jackknife standard error of a figure over draws, each of the samples [D] one entry a draw.

    Several samples are paired: a draw that is left out is left out of all, so that what they share cancels out. Of a
    mean it is the textbook error, sd / sqrt(D) (Efron and Stein, 1981, doi:10.1214/aos/1176345462).

    Raises
    ------
    ValueError
        For fewer than two draws.
    """
    count = len(samples[0])
    if count < 2:
        raise ValueError(f"expected two draws at least, got {count}")
    kept = ~np.eye(count, dtype=bool)
    left = np.array([value(*(sample[row] for sample in samples)) for row in kept])
    return math.sqrt((count - 1) / count * float(((left - left.mean()) ** 2).sum()))


@cache
def quantile_ranks(draws: int, share: float) -> tuple[int, int]:
    """Which order statistics, counted from 0, hold the quantile of all futures in at least 90 % of repetitions.

    Free of any distribution: the draws below the quantile are binomial (docs/risk.md). 59 draws at least are needed for
    the 5 % quantile, and as many for the 95 %; with fewer the range ends at the outermost draws.
    """
    below = np.cumsum([binomial_chance(draws, number, share) for number in range(draws + 1)])
    low = int(np.searchsorted(below, _TAIL, side="right")) - 1
    high = int(np.searchsorted(below, 1.0 - _TAIL, side="left"))
    return max(low, 0), min(high, draws - 1)

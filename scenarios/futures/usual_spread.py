"""How far baselines are off where units are sold: the cell that sells one unit a month says little of a campaign."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenarios.arrays import Float

MOST_UNITS = 0.9
"""Share of all units whose cells count as where most is sold."""


def spread_words(spread: Float, units: Float, write: Callable[[float], str]) -> str:
    """Say a spread [S, K] where most of the units [S, K] are sold, and how large it is beyond where it is larger there.

    Examples
    --------
    >>> spread_words(np.array([0.08, 0.1, 0.8]), np.array([60.0, 39.0, 1.0]), "{:.0%}".format)
    '8% to 10% where most units are sold (up to 80% where hardly any are)'
    >>> spread_words(np.array([0.1, 0.1]), np.array([1.0, 1.0]), "{:.0%}".format)
    '10%'
    """
    order = np.argsort(spread, axis=None, kind="stable")
    sorted_, sold = spread.ravel()[order], np.cumsum(units.ravel()[order])
    most = sorted_[min(int(np.searchsorted(sold, MOST_UNITS * sold[-1])), sorted_.size - 1)] if sold[-1] > 0 else 0.0
    low, usual, high = write(float(sorted_[0])), write(float(most)), write(float(sorted_[-1]))
    if not (sold[-1] > 0) or usual == high:
        return low if low == high else f"{low} to {high}"
    range_ = low if low == usual else f"{low} to {usual}"
    return f"{range_} where most units are sold (up to {high} where hardly any are)"

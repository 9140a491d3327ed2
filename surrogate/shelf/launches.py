"""Weeks before a shelf item's first sale: a product that is new was not on the shelf, which is no demand of zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

MISSED_UNITS = 20.0
"""Units that an item would usually have sold in its weeks without a sale, from which on these are no chance."""


def first_places(units: Float) -> NDArray[np.int64]:
    """Return the place [I] of the first week in which each item was on the shelf; 0 where nothing says otherwise.

    Parameters
    ----------
    units
        [I, T] sold week by week.
    """
    sold = units > 0
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), 0)
    usual = units.sum(axis=1) / (units.shape[1] - first)
    return np.asarray(np.where(first * usual >= MISSED_UNITS, first, 0), dtype=np.int64)

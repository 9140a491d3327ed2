"""Weeks in which a shelf item was probably not on the shelf: before its first sale, after its last, and gaps between.

Weeks before the first sale of a product that is new, and after the last sale of one that left the shop, are no demand
of zero, and are left out. A gap may be one, so it is told: only the shop knows whether the item was sold out or out of
season, and can say so in a file of stock.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float, Int

MISSED_UNITS = 20.0
"""Units that an item would usually have sold in its weeks without a sale, from which on these are no chance."""

MISSED_IN_A_GAP = 40.0
"""The same of weeks between two sales, of which there are many more."""
_LAST_WEEKS = 8
"""Weeks before its last sale that say, beside all of them, what an item usually sold: it may have faded out."""


def first_places(units: Float) -> Int:
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


def last_places(units: Float) -> Int:
    """Return the place [I] of the last week in which each item was on the shelf; the last of all where nothing says so.

    An item left where its own rate would have sold `MISSED_UNITS` units since its last sale: the lower of the rates of
    its whole life and of its last weeks, so that zeros of what sells slowly, or fades out, stay zeros.

    Parameters
    ----------
    units
        [I, T] sold week by week.
    """
    weeks = units.shape[1]
    found = np.full(len(units), weeks - 1, dtype=np.int64)
    for item, sold in enumerate(units > 0):
        places = np.flatnonzero(sold)
        if not places.size or places[-1] == weeks - 1:
            continue
        first, last = int(places[0]), int(places[-1])
        lately = max(first, last - _LAST_WEEKS + 1)
        usual = min(units[item, begin : last + 1].mean() for begin in (first, lately))
        if (weeks - 1 - last) * usual >= MISSED_UNITS:
            found[item] = last
    return found


def gaps(units: Float, counted: Flag) -> list[tuple[int, int, int]]:
    """Return item, place of the first week and number of weeks without a sale between two sales, where no chance.

    Parameters
    ----------
    units
        [I, T] sold week by week.
    counted
        [I, T] False for weeks that are known to tell nothing.
    """
    found = []
    for item, sold in enumerate(units):
        weeks = np.flatnonzero(counted[item])
        places = np.flatnonzero(sold[weeks] > 0)
        if not places.size:
            continue
        usual = sold[weeks].sum() / (places[-1] - places[0] + 1)
        long = np.flatnonzero((np.diff(places) - 1) * usual >= MISSED_IN_A_GAP)
        found += [(item, int(weeks[places[n] + 1]), int(places[n + 1] - places[n] - 1)) for n in long]
    return found

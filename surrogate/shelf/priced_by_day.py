"""Whether purchases tell on which days of a week the price of goods was cut.

Where a cut is everybody's, purchases of one product on one day agree on it, and more so than those of its week where it
began or ended in between. They do not where data is of weeks, all of whose purchases have one date; nor where a lower
price is for some, as for members, or in some shops: which of them bought on a day is chance, and says nothing of it.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float, Int

DISAGREE = 0.5
"""By how much purchases of one day disagree, over those of its week, below which days are told."""
LEAST_PAIRS = 20.0
"""Purchases beyond the first of each day and product from which on a product is judged by itself, others together."""
_TIMES = 1 << 32
"""More than any number of a day."""


def goods_at(product: Int, time: Int) -> Int:
    """Return one number for each product and time [N]."""
    return product.astype(np.int64) * _TIMES + time


def priced_by_day(product: Int, day: Int, cut: Flag, products: int) -> Flag:
    """Return of which products [K] days tell a cut.

    Parameters
    ----------
    product, day, cut : [N]
        Of purchases; ``cut`` whether at a cut price.
    products
        Their number K.
    """
    week = (day - 1) // 7
    at_week, (bought, at_cut) = _counts(product, week, cut)
    mixed = ((at_cut > 0) & (at_cut < bought))[at_week]
    product, day, week = (each[mixed] for each in (product, day, week))
    cut, sums = cut[mixed], list[list[Float]]()
    for time in (day, week):
        place, (bought, at_cut) = _counts(product, time, cut)
        own = np.zeros(bought.size, dtype=np.int64)
        own[place] = product
        squares = at_cut * (1.0 - at_cut / np.maximum(bought, 1.0))
        sums.append([np.bincount(own, each, products).astype(np.float64) for each in (squares, bought - 1.0)])
    (of_day, pairs), (of_week, in_week) = sums

    def told(day: Float, pairs: Float, week: Float, in_week: Float) -> Flag:
        return np.asarray(day * in_week < DISAGREE * week * pairs)

    together = told(*(np.array([float(each.sum())]) for each in (of_day, pairs, of_week, in_week)))
    return np.where(pairs >= LEAST_PAIRS, told(of_day, pairs, of_week, in_week), together)


def _counts(product: Int, time: Int, cut: Flag) -> tuple[Int, tuple[Float, Float]]:
    """Return the group [N] of each purchase by product and time, and how many each group has, and at a cut price."""
    _, place = np.unique(goods_at(product, time), return_inverse=True)
    groups = 1 + int(place.max(initial=-1))
    return place, (
        np.bincount(place, minlength=groups).astype(np.float64),
        np.bincount(place, cut, groups).astype(np.float64),
    )

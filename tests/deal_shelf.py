"""A made-up shelf of known answers to deals: units of two groups of customers, by item and week."""

from __future__ import annotations

import numpy as np

from surrogate.effects.spans import FitCells
from surrogate.shelf.cells import Shelf
from surrogate.shelf.coupons import CouponCells

DEPTHS = (0.1, 0.2, 0.3)


def deal_shelf(slopes, rng, *, items=4, weeks=50, rate=60.0, display=0.0, dispersion=1.0):
    """Return units [2, I, T] and a shelf: a seventh of all item weeks on deal, one category a slope.

    ``display`` is what displays add to log units; they stand with half of the deals. Levels drift.
    """
    category = np.repeat(np.arange(len(slopes)), items)
    shape = (category.size, weeks)
    on = rng.random(shape) < 1 / 7
    depth = np.where(on, rng.choice(DEPTHS, shape), 0.0)
    shown = np.where(on & (rng.random(shape) < 0.5), 1.0, 0.0)
    level = np.cumsum(rng.normal(0, 0.01, (len(slopes), weeks)), axis=1)[category]
    item = rng.normal(0, 0.3, category.size)[:, None]
    log_bump = -np.log1p(-depth) * np.asarray(slopes, dtype=float)[category][:, None] + display * shown
    mean = rate / 2 * np.exp(item + level + log_bump)
    if dispersion > 1:
        mean = rng.gamma(mean / (dispersion - 1), dispersion - 1, (2, *shape))
    shelf = Shelf(
        categories=tuple(f"c{number}" for number in range(len(slopes))),
        names=tuple(f"i{number}" for number in range(category.size)),
        category=category,
        weeks=np.arange(weeks) + 10,
        depth=depth,
        display=shown,
        mailer=np.zeros(shape),
        weight=np.full(category.size, 1 / items),
    )
    return rng.poisson(mean, (2, *shape)).astype(float), shelf


def fit_cells_of(units, rng):
    """Return what a fit needs of units [2, I, T]: one span, two groups of three features, no coupons."""
    none = np.zeros((2, 0))
    return FitCells(
        span=np.zeros(units.shape[2], dtype=np.int64),
        features=rng.standard_normal((1, 2, 3)),
        customers=np.array([[50.0, 60.0]]),
        units=units,
        coupons=CouponCells(category=np.zeros(0, dtype=np.int64), depth=np.zeros(0), exposed=none, redeemed=none),
        coupon_span=np.zeros(0, dtype=np.int64),
    )

"""Parts of what baselines are off by: of everything, of a product, of a segment, and each cell's own."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.futures.common_base import common_shares
from scenarios.response.effects import CommonError, Effects

BASE_PARTS = (0.35, 0.25, 0.15)
"""Shares of a baseline's variance where nobody measured what baselines share: of everything, of a product, of a
segment; the rest is each cell's own."""
OF_SEGMENT = BASE_PARTS[2] / (1.0 - BASE_PARTS[0] - BASE_PARTS[1])
"""Share of a segment in what is neither of everything nor of a product."""


def base_parts(effects: Effects) -> tuple[Float, Float, Float, Float]:
    """Shares of the variance of a baseline's log, each [S, K] or one for all: everything, product, segment, own."""
    if effects.base_common is None:
        everywhere, product, segment = map(np.asarray, BASE_PARTS)
        return everywhere, product, segment, np.asarray(1.0 - sum(BASE_PARTS))
    everywhere, product = common_shares(effects)
    rest = np.maximum(1.0 - everywhere - product, 0.0)
    return everywhere, product, OF_SEGMENT * rest, (1.0 - OF_SEGMENT) * rest


def common_left(moved: Float, units: Float) -> CommonError:
    """What baselines share of their error after evidence: means over pairs of cells, by what these sell.

    Parameters
    ----------
    moved : [B, S, K]
        Independent moves of the logs of baselines, each of standard deviation 1.
    units : [S, K]
        Without promotion.
    """
    weighed = moved * units
    products, sold = weighed.sum(axis=1), units.sum(axis=0)
    same, pairs = (products**2).sum(), (sold**2).sum()
    other = (products.sum(axis=1) ** 2).sum() - same, sold.sum() ** 2 - pairs
    inside = same - (weighed**2).sum(), pairs - (units**2).sum()
    everywhere, product = (max(float(found / of), 0.0) if of > 0 else 0.0 for found, of in (other, inside))
    product = max(product - everywhere, 0.0)
    return CommonError(everywhere=_as_cv(everywhere), product=_as_cv(product))


def _as_cv(variance: float) -> float:
    """Relative standard deviation of a factor whose log has a variance."""
    return min(float(np.sqrt(np.expm1(variance))), 1.0)

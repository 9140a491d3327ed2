"""What is sold where a plan's targeted offers run, had they not run: what a holdout is compared with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import sold_by


def plain_means(model: Coefficients, plan: NDArray[np.int8]) -> Float:
    """[S, K, T] units a customer of each segment buys without targeted offers, where these run; 0 elsewhere."""
    cells, plain = without_targeted(model, plan)
    customers = np.array([segment.customers for segment in model.grid.segments], dtype=np.float64)
    return np.where(cells, plain, 0.0) / np.maximum(customers, 1.0)[:, None, None]


def without_targeted(model: Coefficients, plan: NDArray[np.int8]) -> tuple[Flag, Float]:
    """Where targeted offers of products or baskets run [S, K, T], and the units sold without them."""
    without = plan.copy()
    blocks = model.grid.split(without)
    cells = np.asarray((blocks.targeted > 0) | (blocks.basket_targeted > 0)[:, None, :])
    blocks.targeted[...] = 0
    blocks.basket_targeted[...] = 0
    return cells, np.asarray(sold_by(model, without, np).units)

"""Units of a product that there are by each period: its stock, and what has arrived."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.language.schema import Horizon, Product


def supply_of(product: Product, horizon: Horizon) -> NDArray[np.float64]:
    """[T] stock plus arrivals up to each period, cumulative; inf without a stock limit."""
    if product.stock is None:
        return np.full(horizon.periods, np.inf)
    supply = np.full(horizon.periods, float(product.stock))
    for day, units in product.arrivals.items():
        supply[max(horizon.period_of(day), 0) :] += units
    return supply

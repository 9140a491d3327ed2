"""Units of products that there are by each period, by stock and arrivals, and how long they are sold at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.language.schema import Horizon, Product


def supply_of(product: Product, horizon: Horizon) -> Float:
    """[T] stock plus arrivals up to each period, cumulative; inf without a stock limit."""
    if product.stock is None:
        return np.full(horizon.periods, np.inf)
    supply = np.full(horizon.periods, float(product.stock))
    for day, units in product.arrivals.items():
        supply[max(horizon.period_of(day), 0) :] += units
    return supply


def without_stock(products: Sequence[Product]) -> tuple[Product, ...]:
    """The products with goods for everybody."""
    return tuple(product.model_copy(update={"stock": None, "arrivals": {}}) for product in products)


def on_sale(products: Sequence[Product], horizon: Horizon, further: int = 0) -> Flag:
    """[K, T + further] periods in which each product is sold at all: those up to its last sale.

    Parameters
    ----------
    further
        Periods after the horizon that are told, too. A period whose first days are before the end of a product counts.
    """
    periods = horizon.periods + further
    ends = [periods if product.last_sale is None else horizon.period_of(product.last_sale) + 1 for product in products]
    return np.arange(periods) < np.array(ends, dtype=np.int64)[:, None]


def in_shop(products: Sequence[Product], horizon: Horizon, further: int = 0) -> Flag:
    """[K, T + further] periods in which each product can be bought: up to its last sale, where nothing is closed."""
    return np.asarray(on_sale(products, horizon, further) & np.array(horizon.opened(further), dtype=bool))


def while_sold(units: Float, products: Sequence[Product], horizon: Horizon) -> Float:
    """[..., K] mean over the periods in which each product can be bought, of units [..., K, T]; 0 where in none."""
    return np.asarray(units.mean(axis=-1) * _stretch(products, horizon))


def as_if_sold(units: Float, products: Sequence[Product], horizon: Horizon) -> Float:
    """[..., K, T] units, larger where a product can be bought in some periods only: their mean is that of all."""
    return np.asarray(units * _stretch(products, horizon)[:, None])


def _stretch(products: Sequence[Product], horizon: Horizon) -> Float:
    """[K] periods of the horizon by those in which a product can be bought: exactly 1 where that is in all."""
    return np.asarray(horizon.periods / np.maximum(in_shop(products, horizon).sum(axis=1), 1))

"""What is left of a baseline where products leave the range before the horizon is over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.language.schema import Horizon, Product
from scenarios.supply import on_sale


def until_last_sale(units: Float, products: Sequence[Product], horizon: Horizon) -> tuple[Float, tuple[str, ...]]:
    """Return a baseline without what lies after the last sales, and a note on what that takes away.

    Parameters
    ----------
    units : [..., S, K, T]
        Expected units with no promotion at all; with leading axes their mean is told.
    """
    sold = on_sale(products, horizon)
    lost = np.where(sold, 0.0, units).sum(axis=(-3, -1))
    lost = lost.reshape(-1, lost.shape[-1]).mean(axis=0)
    named = [f"{product.id} {n:,.0f}" for product, n in zip(products, lost.tolist(), strict=True) if n >= 0.5]
    if not named:
        return np.where(sold, units, 0.0), ()
    note = f"units of the baseline after a last_sale do not count: {first_few(named)}"
    return np.where(sold, units, 0.0), (note,)

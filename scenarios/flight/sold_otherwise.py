"""What a plan sells by its account, so many times over: a better or worse day than was foreseen."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.response.totals import Sold


def sold_otherwise(what: Sold, factor: Float) -> Sold:
    """Sell so many times as much: ``factor`` broadcasts over cells [..., S, K, T]; orders follow the mean of cells."""
    orders = np.divide(
        (what.units * factor).sum(axis=-2),
        what.units.sum(axis=-2),
        where=what.units.sum(axis=-2) > 0,
        out=np.ones_like(what.orders),
    )
    cells = ("units", "public", "targeted", "both", "public_base", "targeted_base", "charges")
    baskets = ("orders", "basket_public", "basket_targeted", "basket_public_base", "basket_targeted_base")
    moved = {name: getattr(what, name) * factor for name in cells}
    return what._replace(**moved, **{name: getattr(what, name) * orders for name in baskets})

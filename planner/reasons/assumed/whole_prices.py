"""Prices after a cut that no price tag can show: the plan counts them as the depth says, the shelf in whole units."""

from __future__ import annotations

import numpy as np

from constraints.rules.tags import tag_amount
from planner.figures import share
from scenarios.currency import minor_digits
from scenarios.grid import Grid
from scenarios.language.words import Layer
from scenarios.response.economics import PRICE_MECHANICS, price_of, saving_per_unit

TELLING = 0.002
"""Share of a saving by which the price tag must change it to be worth a sentence."""


def whole_prices(grid: Grid) -> tuple[str, ...]:
    """Say how far price tags, in the currency's smallest unit, are from the prices that the plan counts with.

    Returns
    -------
    tuple
        One sentence with the price that is farthest off, or nothing where none is `TELLING`.
    """
    code = grid.scenario.currency
    digits = minor_digits(code)
    found = []
    for number, offer in enumerate(grid.scenario.offers):
        if offer.layer is not Layer.PUBLIC or offer.mechanic not in PRICE_MECHANICS:
            continue
        own = [choice for choice, each in enumerate(grid.choices.public, start=1) if each.offer == number]
        for row in np.flatnonzero(grid.allowed.public[:, :, own].any(axis=(1, 2))):
            product = grid.products[row]
            price = float(price_of(product))
            saving = saving_per_unit(offer, product, price)
            tag = tag_amount(price - saving, code)
            off = abs(price - saving - float(tag))
            if saving > 0 and off > TELLING * saving:
                found.append((off / saving, offer.id, product.id, price - saving, tag))
    if not found:
        return ()
    size, offer_id, product_id, exact, tag = max(found)
    others = f" ({len(found) - 1} more are off by less)" if len(found) > 1 else ""
    return (
        f"cut prices are counted as the depth says: {product_id} under {offer_id} at {exact:,.{digits + 2}f}, where "
        f"its price tag shows {tag:,}, {share(size)} of the saving off{others}",
    )

"""Discounts that are no amounts: what was paid plus the discount must come to the usual price, also on deals.

A share (0.2), a percentage (20), a discount a unit on rows of several, or a price that is paid before the discount all
break this, and depths and lifts that are learned from such rows are wrong.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

_LEAST_PRODUCTS = 3
_USUAL = (0.85, 1.15)
"""Prices on deal days over the others' that prices which change with the season explain."""


def misread_discount(daily: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence where paid plus discount is, in the median of the products, far from the usual price.

    Parameters
    ----------
    daily
        product, day, quantity, regular (paid plus discounts), shelf_discount.
    """
    price = (daily["regular"] / daily["quantity"]).to_numpy(dtype=np.float64)
    deal = (daily["shelf_discount"] > 0).to_numpy()
    rows = pd.DataFrame({"product": daily["product"].to_numpy(), "price": price})
    usual = rows[~deal].groupby("product")["price"].median()
    ratio = (rows[deal].groupby("product")["price"].median() / usual).dropna()
    middle = float(ratio.median()) if len(ratio) >= _LEAST_PRODUCTS else 1.0
    if _USUAL[0] <= middle <= _USUAL[1]:
        return ()
    return (
        f"on days with a discount, paid plus shelf_discount comes to {middle:.0%} of the price of other days: is the "
        "discount an amount for the whole row, in the currency of paid, and is paid what is left after it?",
    )

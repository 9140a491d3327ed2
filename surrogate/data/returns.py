"""Returned goods: each return is set against the customer's latest purchase of the product before it."""

from __future__ import annotations

import numpy as np
import pandas as pd

NETTED = "returned goods, set against their purchase"
UNMATCHED = "returned goods whose purchase is not in the data"
BOUGHT = "bought and returned"


def settle(rows: pd.DataFrame, *, net: bool) -> tuple[pd.DataFrame, dict[str, int]]:
    """Take returns out, and, if they are to be netted, what they returned out of its purchase.

    A return reduces the units and the money of the same customer's latest purchase of the product on or before its day,
    at most to nothing; a purchase with nothing left is no purchase.

    Parameters
    ----------
    rows
        Purchases with customer, product, day, quantity, the money columns and ``returned``; quantities of returns may
        be negative.
    net
        Whether purchases are reduced; otherwise returns are only counted.

    Returns
    -------
    tuple
        Rows without returns, and the number of rows that left, by reason.
    """
    back = (rows["returned"] | (rows["quantity"] < 0)).to_numpy()
    sold = rows[~back].drop(columns="returned")
    if not back.any():
        return sold, {}
    if not net:
        return sold, {"returned goods (counted only: units are as sold)": int(back.sum())}
    key = ["customer", "product"]
    given = (
        rows.loc[back, [*key, "day"]].assign(units=rows.loc[back, "quantity"].abs()).sort_values("day", kind="stable")
    )
    sales = sold[[*key, "day"]].assign(place=np.arange(len(sold)))[(sold["quantity"] > 0).to_numpy()]
    matched = pd.merge_asof(given, sales.sort_values("day", kind="stable"), on="day", by=key)
    found = matched["place"].notna().to_numpy()
    place = matched.loc[found, "place"].to_numpy(dtype=np.int64)
    units = np.bincount(place, matched.loc[found, "units"].fillna(0.0), len(sold))
    quantity = sold["quantity"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(units > 0, np.maximum(1.0 - units / quantity, 0.0), 1.0)
    for name in ("quantity", "regular", "shelf_discount", "coupon_discount"):
        sold = sold.assign(**{name: np.where(units > 0, sold[name] * left, sold[name])})
    gone = (units > 0) & ~(left > 1e-9)
    counts = {NETTED: int(found.sum()), UNMATCHED: int((~found).sum()), BOUGHT: int(gone.sum())}
    return sold[~gone], {reason: count for reason, count in counts.items() if count}

"""Returned goods: each return is set against the customer's latest purchases of the product before it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Float = NDArray[np.float64]
Flag = NDArray[np.bool_]

NETTED = "returned goods, set against their purchase"
UNMATCHED = "returned goods whose purchase is not in the data"
BOUGHT = "bought and returned"


def settle(rows: pd.DataFrame, *, net: bool) -> tuple[pd.DataFrame, dict[str, int]]:
    """Take returns out, and, if they are to be netted, what they returned out of its purchases.

    A return reduces the units and the money of the same customer's latest purchases of the product on or before its
    day, the latest first, until all its units are found or nothing is left; a purchase with nothing left is none. Where
    tills write a row a scan, one row may hence return several of them.

    Parameters
    ----------
    rows
        Purchases with customer, product, day, quantity, the money columns and ``returned``, sorted; quantities of
        returns may be negative. Of one day's purchases the later row is the later purchase.
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
    taken, found = _taken_back(rows, back)
    units = taken[~back]
    quantity = sold["quantity"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(units > 0, np.maximum(1.0 - units / quantity, 0.0), 1.0)
    for name in ("quantity", "regular", "shelf_discount", "coupon_discount"):
        sold = sold.assign(**{name: np.where(units > 0, sold[name] * left, sold[name])})
    gone = (units > 0) & ~(left > 1e-9)
    counts = {NETTED: int(found.sum()), UNMATCHED: int(back.sum() - found.sum()), BOUGHT: int(gone.sum())}
    return sold[~gone], {reason: count for reason, count in counts.items() if count}


def _taken_back(rows: pd.DataFrame, back: Flag) -> tuple[Float, Flag]:
    """Return the units [N] that returns took out of each purchase, and which rows [N] are returns that found one."""
    goods = rows["customer"].to_numpy(dtype=np.int64) * (int(rows["product"].max()) + 1) + rows["product"].to_numpy()
    quantity, day = rows["quantity"].to_numpy(dtype=np.float64), rows["day"].to_numpy()
    matters = np.flatnonzero(np.isin(goods, goods[back]) & (back | (quantity > 0)))
    order = matters[np.lexsort((matters, back[matters], day[matters], goods[matters]))]
    taken, found = np.zeros(len(rows)), np.zeros(len(rows), dtype=bool)
    units = np.abs(np.nan_to_num(quantity))
    stack: list[int] = []
    left: dict[int, float] = {}
    last = None
    for row, owner, returned in zip(order.tolist(), goods[order].tolist(), back[order].tolist(), strict=True):
        if owner != last:
            stack, left, last = [], {}, owner
        if not returned:
            stack.append(row)
            left[row] = units[row]
            continue
        wanted = units[row]
        found[row] = bool(stack)
        while wanted > 0 and stack:
            here = min(wanted, left[stack[-1]])
            taken[stack[-1]] += here
            left[stack[-1]] -= here
            wanted -= here
            if not left[stack[-1]] > 0:
                stack.pop()
    return taken, found


def settled_note(left_out: Mapping[str, int], *, net: bool) -> tuple[str, ...]:
    """Say of data whose returns are settled that the scenario has none to take off.

    Parameters
    ----------
    left_out
        Reason -> rows, as cleaning counts them.
    net
        Whether returns were taken out of what was bought.
    """
    back = left_out.get(NETTED, 0) + left_out.get(UNMATCHED, 0)
    if not (net and back):
        return ()
    return (
        f"Units are net of {back:,} rows of returned goods: a return_rate in the scenario would take them off twice "
        "(write 0 there, or returns: gross in the data file).",
    )

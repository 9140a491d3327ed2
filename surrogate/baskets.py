"""Baskets: how many orders of which value a segment places, as a few bins."""

from __future__ import annotations

import numpy as np
import pandas as pd

BINS = 8
WEEKS = 26
"""Recent weeks that are looked at."""

OrderBins = tuple[tuple[float, float, float], ...]


def order_bins(purchases: pd.DataFrame, group: dict[int, int], groups: int) -> tuple[OrderBins, ...]:
    """Return (order value, orders a week, units an order) by segment, in bins of equal numbers of orders.

    Order values are what customers paid for the whole receipt, also for goods that the scenario does not plan.
    """
    last = purchases["week"].max()
    rows = purchases[purchases["week"] > last - WEEKS]
    weeks = last - rows["week"].min() + 1
    paid = rows["regular"] - rows["shelf_discount"] - rows["coupon_discount"]
    orders = rows.assign(paid=paid).groupby(["customer", "basket"])[["paid", "quantity"]].sum().reset_index()
    owner = orders["customer"].map(group)
    out: list[OrderBins] = []
    for number in range(groups):
        mine = orders[(owner == number).to_numpy()].sort_values(["paid", "basket"], kind="stable")
        parts = [part for part in np.array_split(mine[["paid", "quantity"]].to_numpy(), BINS) if len(part)]
        out.append(
            tuple(
                (round(float(p[:, 0].mean()), 2), round(float(len(p) / weeks), 4), round(float(p[:, 1].mean()), 3))
                for p in parts
            )
        )
    return tuple(out)

"""Baskets: how many orders of which value a segment places, as a few bins."""

from __future__ import annotations

import numpy as np
import pandas as pd

from surrogate.shelf.cells import owners

BINS = 8

OrderBins = tuple[tuple[float, float, float], ...]


def order_bins(orders: pd.DataFrame, group: dict[int, int], groups: int) -> tuple[OrderBins, ...]:
    """Return (order value, orders a week, units an order) by segment, in bins of equal numbers of orders.

    Order values are what customers paid for the whole receipt, also for goods that the scenario does not plan.

    Parameters
    ----------
    orders
        As in `surrogate.data.events.Events.orders`: one row an order of the recent weeks.
    group
        Segment index by customer; other customers are left out.
    groups
        Number of segments.
    """
    weeks = int(orders["week"].max()) - int(orders["week"].min()) + 1
    owner = owners(group, orders["customer"].to_numpy())
    paid, units = (orders[name].to_numpy(dtype=np.float64) for name in ("paid", "quantity"))
    out: list[OrderBins] = []
    for number in range(groups):
        mine = np.flatnonzero(owner == number)
        mine = mine[np.lexsort((units[mine], paid[mine]))]
        parts = [part for part in np.array_split(mine, BINS) if part.size]
        out.append(
            tuple(
                (round(float(paid[p].mean()), 2), round(float(p.size / weeks), 4), round(float(units[p].mean()), 3))
                for p in parts
            )
        )
    return tuple(out)

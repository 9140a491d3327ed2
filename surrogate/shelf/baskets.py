"""Baskets: how many orders of which value a segment places, as a few bins, each of many customers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.arrays import Int
from surrogate.shelf.owners import owners

BINS = 100

OrderBins = tuple[tuple[float, float, float], ...]


def order_bins(orders: pd.DataFrame, group: dict[int, int], groups: int, *, least: int = 1) -> tuple[OrderBins, ...]:
    """Return (order value, orders a week, units an order) by segment, in bins of equal numbers of orders.

    Order values are what customers paid for the whole receipt, also for goods that the scenario does not plan. A
    segment has as many bins as leave ``least`` customers in each, at most a hundred: who spends enough is told in steps
    of a bin. Where fewer of its customers ordered lately, its orders are told to be worth what everybody's are: only
    their number is its own.

    Parameters
    ----------
    orders
        As in `surrogate.data.events.Events.orders`: one row an order of the recent weeks.
    group
        Segment index by customer; other customers are left out.
    groups
        Number of segments.
    least
        Smallest number of customers that a bin may be about.
    """
    weeks = int(orders["week"].max()) - int(orders["week"].min()) + 1
    customer = orders["customer"].to_numpy(dtype=np.int64)
    owner = owners(group, customer)
    paid, units = (orders[name].to_numpy(dtype=np.float64) for name in ("paid", "quantity"))
    order = np.lexsort((units, paid))
    order = order[owner[order] >= 0]
    everybody = _parts(order, customer, least)
    out: list[OrderBins] = []
    for number in range(groups):
        mine = order[owner[order] == number]
        parts = _parts(mine, customer, least)
        count = mine.size / max(order.size, 1) if mine.size and not parts else 1.0
        out.append(
            tuple(
                (
                    round(float(paid[p].mean()), 2),
                    round(float(count * p.size / weeks), 4),
                    round(float(units[p].mean()), 3),
                )
                for p in (parts or (everybody if mine.size else []))
            )
        )
    return tuple(out)


def _parts(orders: Int, customer: Int, least: int) -> list[Int]:
    """Cut orders, by rising value, into as many parts as leave enough customers in each; none where all are too few."""
    # A part has at most as many customers as orders: smaller parts need not be looked at.
    for bins in range(min(BINS, orders.size // max(least, 1)), 0, -1):
        parts = np.array_split(orders, bins)
        if all(np.unique(customer[part]).size >= least for part in parts):
            return parts
    return []

"""What orders hold of planned goods, and how they grow with what is sold: by number or value.

A garden shop sells seven times as much in May as in November, with twice as many orders. Recent orders alone would
leave a threshold in May almost nobody who reaches it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scenarios.arrays import Float
from surrogate.shelf.owners import owners

CHANCE = 0.05
"""Standard deviation of log weekly sales that chance alone makes: with no more than that, only the number is taken to
grow."""

POWER = 4.0
"""Largest power of their value by which larger orders become more frequent."""
_HALVINGS = 50
_EXACT = 1e-6
_LEAST_VALUE = 0.01
"""Orders worth less than this share of the mean count as this much, as those paid with points do."""


def planned_shares(
    sales: pd.DataFrame,
    orders: pd.DataFrame,
    group: Mapping[int, int],
    groups: int,
    *,
    least: int = 1,
) -> tuple[float, ...]:
    """Return the share of what recent orders of each segment [S] are worth that was paid for planned goods.

    Parameters
    ----------
    sales, orders
        As in `surrogate.data.events.Events`.
    group
        Segment index by customer.
    groups
        Number of segments.
    least
        Smallest number of customers that a figure may be about: a segment with fewer that ordered lately is taken to
        buy as everybody does.
    """
    first, last = orders["week"].min(), orders["week"].max()
    recent = sales[((sales["week"] >= first) & (sales["week"] <= last)).to_numpy()]
    whole = owners(group, orders["customer"].to_numpy(dtype=np.int64))
    goods = owners(group, recent["customer"].to_numpy(dtype=np.int64))
    paid, money = orders["paid"].to_numpy(dtype=np.float64), _paid(recent)
    everybody = _share(float(money[goods >= 0].sum()), float(paid[whole >= 0].sum()))
    planned = []
    for number in range(groups):
        mine = whole == number
        few = orders["customer"].to_numpy()[mine]
        told = _share(float(money[goods == number].sum()), float(paid[mine].sum()))
        planned.append(told if np.unique(few).size >= least else everybody)
    return tuple(planned)


def number_growth(visits: pd.DataFrame) -> float:
    """Return by how much per cent the number of orders rises where a week's sales rise by one, 0 to 1.

    A regression on logs over all weeks, drawn towards 1 as far as sales hardly differ between weeks.

    Parameters
    ----------
    visits
        week, baskets, regular, shelf_discount, coupon_discount, of all goods.
    """
    weekly = _weekly(visits)
    known = ((weekly["baskets"] > 0) & (weekly["paid"] > 0)).to_numpy()
    if known.sum() < 2:
        return 1.0
    number, money = (np.log(weekly[name].to_numpy()[known]) for name in ("baskets", "paid"))
    number, money = number - number.mean(), money - money.mean()
    usual = known.sum() * CHANCE**2
    return round(float(np.clip((money @ number + usual) / (money @ money + usual), 0.0, 1.0)), 4)


def with_mean(values: Float, counts: Float, times: float) -> tuple[Float, float]:
    """Return counts [N] by which orders of the same values are ``times`` as much worth on the mean, as many in all.

    Larger orders become more frequent by a power of their value, so that what orders usually come to (a price, a sum
    just above a threshold) stays where it is. Where no power within `POWER` does it, the second is what is left to
    multiply the values by; otherwise it is 1.
    """
    total, mean = float(counts.sum()), float(values @ counts) / max(float(counts.sum()), 1e-12)
    if not (mean > 0 and times > 0):
        return counts, 1.0
    log = np.log(np.maximum(values / mean, _LEAST_VALUE))

    def tilted(power: float) -> Float:
        weight = counts * np.exp(power * log - (power * log).max())
        return np.asarray(weight * (total / weight.sum()))

    low, high = -POWER, POWER
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if values @ tilted(middle) < times * mean * total else (low, middle)
    found = tilted((low + high) / 2)
    left = times * mean * total / float(values @ found)
    return found, left if abs(left - 1) > _EXACT else 1.0


def usual_values(visits: pd.DataFrame, recent: pd.Series) -> pd.Series:
    """Return by week what an order is usually worth over its mean in the recent weeks, where as much is sold.

    Parameters
    ----------
    visits
        As of `number_growth`.
    recent
        Numbers of the recent weeks.
    """
    sold = _weekly(visits)["paid"]
    lately = float(sold[sold.index.isin(recent.unique())].mean())
    if not lately > 0:
        return pd.Series(1.0, index=sold.index)
    return (sold.clip(lower=0.01) / lately) ** (1.0 - number_growth(visits))


def _weekly(visits: pd.DataFrame) -> pd.DataFrame:
    """Return baskets and paid by week, of all customers and goods."""
    week = visits["week"].to_numpy(dtype=np.int64)
    weeks, place = np.unique(week, return_inverse=True)
    return pd.DataFrame(
        {
            "baskets": np.bincount(place, visits["baskets"].to_numpy(dtype=np.float64), weeks.size),
            "paid": np.bincount(place, _paid(visits), weeks.size),
        },
        index=weeks,
    )


def _paid(rows: pd.DataFrame) -> Float:
    return np.asarray(rows["regular"] - rows["shelf_discount"] - rows["coupon_discount"], dtype=np.float64)


def _share(part: float, whole: float) -> float:
    return round(min(max(part / whole, 0.0), 1.0), 4) if whole > 0 else 0.0

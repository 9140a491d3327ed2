"""The days of past offers: how a usual week spreads over its days, and which offers met on the same days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int

_PLAIN_PRICE = 0.02
"""Least shelf discount, as a share, that makes a day a promoted one."""


def usual_days(daily: pd.DataFrame, public: pd.DataFrame) -> Float:
    """Return the share of a week's usual sales by weekday [7], Monday first: of products and days without promotion.

    Promotions often run at weekends; counted in, they would make weekends look larger than they are. Days on which a
    product sold nothing count as days: of goods that sell now and then, the others alone would all look alike.

    Parameters
    ----------
    daily
        product, day, quantity, regular, shelf_discount, as in `surrogate.data.events.Events.daily`.
    public
        product, first_day, last_day of public offers; a negative product is no product.
    """
    mean = plain_days(daily, public)
    each = np.nansum(mean, axis=0)
    products = max(len(mean), 1)
    each = each + 0.05 * max(float(each.mean()), 1.0 / products)  # days that nothing was sold on keep a little
    return np.asarray(each / each.sum())


def plain_days(daily: pd.DataFrame, public: pd.DataFrame) -> Float:
    """Return mean units a day without promotion by product and weekday [K, 7]; NaN where every such day was promoted.

    A product's days are those from its first sale to its last on which anything was sold.

    Parameters
    ----------
    daily, public
        As of `usual_days`; products [K] are those of ``daily``, sorted.
    """
    if daily.empty:
        return np.zeros((0, 7))
    products, row = np.unique(daily["product"].to_numpy(), return_inverse=True)
    days, column = np.unique(daily["day"].to_numpy(dtype=np.int64), return_inverse=True)
    first, last = np.full(products.size, days.size), np.full(products.size, -1)
    np.minimum.at(first, row, column)
    np.maximum.at(last, row, column)
    place = np.arange(days.size)
    plain = (place >= first[:, None]) & (place <= last[:, None])
    cut = (daily["shelf_discount"] > _PLAIN_PRICE * daily["regular"]).to_numpy()
    plain[row[cut], column[cut]] = False
    named = public[np.isin(public["product"].to_numpy(), products)]
    for product, begin, end in zip(
        *(named[name].tolist() for name in ("product", "first_day", "last_day")), strict=True
    ):
        here = slice(*np.searchsorted(days, [begin, end + 1]))
        plain[np.searchsorted(products, product), here] = False
    weekday = (days - 1) % 7
    units = daily["quantity"].to_numpy(dtype=np.float64) * plain[row, column]
    sums = np.bincount(row * 7 + weekday[column], units, products.size * 7).reshape(-1, 7)
    count = np.stack([plain[:, weekday == day].sum(axis=1) for day in range(7)], axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / count)


def met_public(entries: pd.DataFrame, runs: pd.DataFrame, cells: int) -> tuple[Int, Float]:
    """Return for each cell [D] the public cell that ran on most of its days, and on which share of them.

    Parameters
    ----------
    entries
        run, cell, targeted, item, week, share, product_share: one row a run, product and week.
    runs
        run, first_day, last_day.
    cells
        D.
    """
    names = ["cell", "item", "week", "share", "product_share", "first_day", "last_day"]
    rows = entries.merge(runs[["run", "first_day", "last_day"]], on="run")
    mine, theirs = rows.loc[rows["targeted"], names], rows.loc[~rows["targeted"], names]
    pairs = mine.merge(theirs, on=["item", "week"], suffixes=("", "_public"))
    days = pairs[["last_day", "last_day_public"]].min(axis=1) - pairs[["first_day", "first_day_public"]].max(axis=1) + 1
    part = days.clip(lower=0) / (pairs["last_day"] - pairs["first_day"] + 1) * pairs["product_share_public"]
    total = np.bincount(mine["cell"], mine["share"], cells)
    sums = (part * pairs["share"]).groupby([pairs["cell"], pairs["cell_public"]]).sum().reset_index(name="met")
    sums = sums.sort_values(["cell", "met", "cell_public"], ascending=[True, False, True], kind="stable")
    best = sums.drop_duplicates("cell")
    beside, overlap = np.zeros(cells, dtype=np.int64), np.zeros(cells)
    cell = best["cell"].to_numpy(dtype=np.int64)
    beside[cell] = best["cell_public"].to_numpy(dtype=np.int64)
    overlap[cell] = np.clip(best["met"].to_numpy() / np.maximum(total[cell], 1e-12), 0.0, 1.0)
    return beside, overlap

"""The days of past offers: how a usual week spreads over its days, and which offers met on the same days."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Float = NDArray[np.float64]
Int = NDArray[np.int64]

_PLAIN_PRICE = 0.02
"""Least shelf discount, as a share, that makes a day a promoted one."""


def usual_days(daily: pd.DataFrame, public: pd.DataFrame) -> Float:
    """Return the share of a week's usual sales by weekday [7], Monday first: of products and days without promotion.

    Promotions often run at weekends; counted in, they would make weekends look larger than they are.

    Parameters
    ----------
    daily
        product, day, quantity, regular, shelf_discount, as in `surrogate.data.events.Events.daily`.
    public
        product, first_day, last_day of public offers; a negative product is no product.
    """
    plain = daily[daily["shelf_discount"] <= _PLAIN_PRICE * daily["regular"]]
    named = public[public["product"] >= 0]
    days = [np.arange(first, last + 1) for first, last in zip(named["first_day"], named["last_day"], strict=True)]
    product = np.repeat(named["product"].to_numpy(dtype=np.int64), [len(span) for span in days])
    day = np.concatenate(days) if days else np.zeros(0, dtype=np.int64)
    taken = pd.MultiIndex.from_arrays([product, day])
    plain = plain[~pd.MultiIndex.from_frame(plain[["product", "day"]]).isin(taken)]
    spread = plain.groupby(["product", (plain["day"] - 1) % 7])["quantity"].agg(["sum", "count"]).reset_index()
    weekday = spread.columns[1]
    mean = (spread["sum"] / spread["count"]).to_numpy()
    each = np.bincount(spread[weekday], mean, 7).astype(np.float64)
    products = max(spread["product"].nunique(), 1)
    each = each + 0.05 * max(float(each.mean()), 1.0 / products)  # days that nothing was sold on keep a little
    return np.asarray(each / each.sum())


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

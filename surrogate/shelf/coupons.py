"""Coupon cells: what contacted customers bought of the goods a targeted coupon was good for, and how much with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from surrogate.data.events import Events
from surrogate.shelf.closed_cells import hardly_used


@dataclass(frozen=True, kw_only=True, eq=False)
class CouponCells:
    """One cell a campaign and category (N), by group of customers (G)."""

    category: Int
    """[N]"""
    depth: Float
    """[N] typical saving as a share of the shelf price."""
    exposed: Float
    """[G, N] units that contacted customers bought while the coupon was valid."""
    redeemed: Float
    """[G, N] those bought with a coupon."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CouponRows:
    """Purchases under a valid targeted coupon, before customers are grouped. N cells."""

    rows: pd.DataFrame
    """customer, cell, quantity, used (units)."""
    category: Int
    """[N] index of the cell's category."""
    depth: Float
    """[N] share of the price that its coupon saves."""
    closed: int = 0
    """Purchases at cut prices left out, because coupons are not used beside cuts."""

    def by_group(self, group: dict[int, int], groups: int) -> CouponCells:
        """Sum over groups of customers."""
        owner = self.rows["customer"].map(group)
        rows = self.rows[owner.notna()]
        count = self.category.size
        cell = owner.dropna().to_numpy(dtype=np.int64) * count + rows["cell"].to_numpy(dtype=np.int64)
        quantity, used = rows["quantity"].to_numpy(dtype=float), rows["used"].to_numpy(dtype=float)
        sums = [
            np.bincount(cell, value, groups * count).astype(np.float64).reshape(groups, count)
            for value in (quantity, quantity * used)
        ]
        return CouponCells(category=self.category, depth=self.depth, exposed=sums[0], redeemed=sums[1])


def find_coupon_rows(events: Events, categories: tuple[str, ...], *, last_week: int, first_week: int = 0) -> CouponRows:
    """Take the purchases that a mailed coupon could have been used for, from one week up to another.

    The depth of a campaign's coupons is the median saving of the rows where one was used; a campaign without use takes
    its category's median, then the median of all. Where coupons are hardly used on goods that are cut anyway
    (`surrogate.shelf.closed_cells`), purchases of these without a coupon say nothing of how many use one.
    """
    category = events.products["category"]
    used = events.redeemed[(events.redeemed["week"] <= last_week).to_numpy()]
    by_category = used.groupby(used["product"].map(category))["saving"].median()
    overall = float(used["saving"].median()) if len(used) else 0.25
    week = events.coupon_sales["week"].to_numpy()
    hit = events.coupon_sales[(week >= first_week) & (week <= last_week)]
    hit, closed = _reached(hit.assign(category=hit["product"].map(category)))
    cells = hit.groupby(["campaign", "category"]).size().reset_index()[["campaign", "category"]]
    hit = hit.merge(cells.reset_index(names="cell"), on=["campaign", "category"])
    depth = cells["category"].map(by_category).fillna(overall).to_numpy(dtype=float, copy=True)
    own = hit[hit["used"].astype(bool)].groupby("cell")["saving"].median()
    depth[own.index.to_numpy(dtype=np.int64)] = own.to_numpy()
    return CouponRows(
        rows=hit[["customer", "cell", "quantity", "used"]],
        category=np.array([categories.index(name) for name in cells["category"]], dtype=np.int64),
        depth=np.clip(depth, 0.05, 0.60),
        closed=closed,
    )


def _reached(hit: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the purchases that a coupon could have been used for, and how many others were left out."""
    units, cut = hit["quantity"].to_numpy(dtype=float), hit["cut"].to_numpy(dtype=bool)
    used = hit["used"].to_numpy(dtype=bool)
    if not hardly_used(units, units * used, plain=~cut, cut=cut):
        return hit, 0
    return hit[used | ~cut], int((cut & ~used).sum())

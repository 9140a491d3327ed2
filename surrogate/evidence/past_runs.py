"""Precedents beyond the shelf: mailed coupons and declared past offers, as sums over customers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from scenarios.language.words import Mechanic
from surrogate.data.events import Events
from surrogate.evidence.precedents import Precedents, buyers, item_levels
from surrogate.evidence.terms.panel import Panel
from surrogate.shelf.cells import ItemRows, Shelf
from surrogate.shelf.deal_cells import PastOffers
from surrogate.shelf.mechanics import KINDS

_REACHED = 0.5
"""A declared public offer that reached less of an item's week moves its units too little to be a precedent."""


def coupon_precedents(events: Events, categories: tuple[str, ...], *, least: int) -> Precedents:
    """Gather mailed coupons by campaign and product: what contacted customers bought, and how much with the coupon.

    Sums over fewer than ``least`` customers are left out, buyers and users alike.
    """
    rows = events.coupon_sales
    if rows.empty:
        return none_found()
    used = rows["used"].to_numpy(dtype=bool)
    rows = pd.DataFrame(
        {
            "campaign": rows["campaign"].to_numpy(),
            "customer": rows["customer"].to_numpy(),
            "category": rows["product"].map(events.products["category"]).to_numpy(),
            "week": rows["week"].to_numpy(dtype=np.int64),
            "quantity": rows["quantity"].to_numpy(dtype=np.float64),
            "used": rows["quantity"].to_numpy(dtype=np.float64) * used,
            "saving": np.where(used, rows["saving"].to_numpy(dtype=np.float64), np.nan),
            "user": rows["customer"].where(used),
        }
    )
    sums = rows.groupby(["campaign", "category"], sort=True).agg(
        week=("week", "min"),
        quantity=("quantity", "sum"),
        used=("used", "sum"),
        saving=("saving", "median"),
        customers=("customer", "nunique"),
        users=("user", "nunique"),
    )
    sums = sums[(np.minimum(sums["customers"], sums["users"]) >= least) & sums["saving"].notna()].reset_index()
    return _taken(
        product=np.array([categories.index(name) for name in sums["category"]], dtype=np.int64),
        kind=np.full(len(sums), KINDS.index(Mechanic.COUPON)),
        week=sums["week"].to_numpy(dtype=np.int64),
        saving=sums["saving"].to_numpy(dtype=np.float64),
        units=sums["quantity"].to_numpy(dtype=np.float64),
        used=sums["used"].to_numpy(dtype=np.float64),
    )


def declared_precedents(offers: PastOffers, shelf: Shelf, panel: Panel, rows: ItemRows, *, least: int) -> Precedents:
    """Gather declared public offers on products by product, week and offer: how the units of its items moved."""
    cells = offers.cells
    reached = np.bincount(offers.entry_cell, offers.entry_share, cells.kind.size)
    week = cells.week - int(shelf.weeks[0])
    keep = ~cells.targeted & (cells.item < len(shelf.names)) & (reached >= _REACHED)
    keep &= (week >= 0) & (week < shelf.weeks.size)
    if not keep.any():
        return none_found()
    item, t = cells.item[keep], week[keep]
    usual = panel.base[item] * item_levels(panel)[item, t]
    single = np.arange(panel.units.size).reshape(panel.units.shape)
    known = buyers(rows, single, int(shelf.weeks[0]), panel.units.size).reshape(panel.units.shape)
    cells_of = pd.DataFrame(
        {
            "offer": np.array(cells.offer, dtype=object)[keep],
            "product": shelf.category[item],
            "week": cells.week[keep],
            "kind": cells.kind[keep],
            "saving": cells.saving[keep] * usual,
            "shown": np.maximum(shelf.display, shelf.mailer)[item, t] * usual,
            "units": panel.units[item, t],
            "usual": usual,
            "items": 1,
        }
    )
    keys = ["offer", "product", "week", "kind"]
    sums = cells_of.groupby(keys, sort=True).sum().reset_index()
    # Customers of several items may be the same ones: those of the largest item are counted, never too many.
    most = cells_of.assign(customers=known[item, t]).groupby(keys, sort=True)["customers"].max().to_numpy()
    sums = sums[(most >= least) & (sums["usual"].to_numpy() > 0)]
    weight = sums["usual"].to_numpy(dtype=np.float64)
    return Precedents(
        product=sums["product"].to_numpy(dtype=np.int64),
        kind=sums["kind"].to_numpy(dtype=np.int64),
        week=sums["week"].to_numpy(dtype=np.int64),
        saving=np.round(sums["saving"].to_numpy(dtype=np.float64) / weight, 3),
        shown=np.round(sums["shown"].to_numpy(dtype=np.float64) / weight, 3),
        items=sums["items"].to_numpy(dtype=np.int64),
        units=np.round(sums["units"].to_numpy(dtype=np.float64), 1),
        usual=np.round(weight, 1),
    )


def named_precedents(events: Events, offers: PastOffers, shelf: Shelf, *, least: int) -> Precedents:
    """Gather declared targeted offers by product, week and offer: what contacted customers bought, how much with it.

    Sums over fewer than ``least`` customers are left out, buyers and users alike; that nobody used it is told.
    """
    rows = events.offer_sales
    if rows.empty:
        return none_found()
    names = events.offers.drop_duplicates("run").set_index("run")["offer"]
    category = rows["product"].map(events.products["category"])
    user = rows["customer"].where(rows["used"] > 0)
    rows = rows.assign(offer=rows["run"].map(names), category=category, user=user)
    cells, t = offers.cells, offers.cells.week
    terms = pd.DataFrame(
        {"offer": np.array(cells.offer, dtype=object), "week": t, "kind": cells.kind, "saving": cells.saving}
    )[cells.targeted & (cells.item < len(shelf.names))]
    terms = terms.groupby(["offer", "week"], sort=True).agg(kind=("kind", "first"), saving=("saving", "mean"))
    sums = (
        rows.groupby(["offer", "category", "week"], sort=True)
        .agg(
            quantity=("quantity", "sum"),
            used=("used", "sum"),
            customers=("customer", "nunique"),
            users=("user", "nunique"),
        )
        .reset_index()
    )
    told = (sums["customers"] >= least) & ((sums["users"] >= least) | (sums["users"] == 0))
    sums = sums[told & sums["category"].isin(shelf.categories)]
    sums = sums.merge(terms.reset_index(), on=["offer", "week"])
    return _taken(
        product=np.array([shelf.categories.index(name) for name in sums["category"]], dtype=np.int64),
        kind=sums["kind"].to_numpy(dtype=np.int64),
        week=sums["week"].to_numpy(dtype=np.int64),
        saving=sums["saving"].to_numpy(dtype=np.float64),
        units=sums["quantity"].to_numpy(dtype=np.float64),
        used=np.minimum(sums["used"].to_numpy(dtype=np.float64), sums["quantity"].to_numpy(dtype=np.float64)),
    )


def none_found() -> Precedents:
    """Return no precedents."""
    whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Precedents(
        product=whole, kind=whole, week=whole, saving=real, shown=real, items=whole, units=real, usual=real
    )


def _taken(*, product: Int, kind: Int, week: Int, saving: Float, units: Float, used: Float) -> Precedents:
    """Return precedents whose use is known instead of their bump: no items, ``usual`` holds the used units."""
    return Precedents(
        product=product,
        kind=kind,
        week=week,
        saving=np.round(saving, 3),
        shown=np.zeros(len(product)),
        items=np.zeros(len(product), dtype=np.int64),
        units=np.round(units, 1),
        usual=np.round(used, 1),
    )

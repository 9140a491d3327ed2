"""Cells: purchases and promotions as arrays over groups of customers, shelf items and weeks.

A shelf item is a line of products that goes on deal together (one manufacturer, one type); what sells too little to be
watched alone is one tail item a category. Items are where deals happen, so that is where lift by depth is identified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surrogate.events import Events

Float = NDArray[np.float64]
Int = NDArray[np.int64]

MIN_WEEKLY_UNITS = 4.0
"""Lines that sell less than this a week are pooled in the category's tail item."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shelf:
    """Items and what was promoted on them. C categories (the scenario's products), I items, T weeks."""

    categories: tuple[str, ...]
    names: tuple[str, ...]
    """[I]"""
    category: Int
    """[I] index of the category."""
    weeks: Int
    """[T] week numbers, consecutive."""
    depth: Float
    """[I, T] share that the shelf price is below the regular one, product mix held fixed; 0 to 0.9."""
    display: Float
    """[I, T] share of the sales-weighted stores with a display."""
    mailer: Float
    """[I, T] the same for the mailer."""
    weight: Float
    """[I] share of the item in its category's regular value."""
    offered: Float | None = None
    """[I, T] share of an item's sales that declared past offers reached, where the data file declares any."""

    @property
    def strongest(self) -> Float:
        """[I, T]: the largest of depth, display, mailer and what declared offers reached."""
        shown = np.maximum(np.maximum(self.depth, self.display), self.mailer)
        return shown if self.offered is None else np.maximum(shown, self.offered)

    def window(self, first: int, last: int) -> Shelf:
        """Return the weeks first..last (numbers, both included)."""
        keep = (self.weeks >= first) & (self.weeks <= last)
        return replace(
            self,
            weeks=self.weeks[keep],
            depth=self.depth[:, keep],
            display=self.display[:, keep],
            mailer=self.mailer[:, keep],
            offered=None if self.offered is None else self.offered[:, keep],
        )

    def hidden_after(self, week: int) -> Shelf:
        """Return the same weeks with nothing on deal, on display or mailed after a week number."""
        keep = self.weeks <= week
        return replace(
            self,
            depth=self.depth * keep,
            display=self.display * keep,
            mailer=self.mailer * keep,
            offered=None if self.offered is None else self.offered * keep,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemRows:
    """Purchases of the watched categories with their item: one entry a row (N)."""

    customer: Int
    item: Int
    week: Int
    """[N] week number."""
    quantity: Float

    def until(self, week: int) -> ItemRows:
        """Return the rows up to a week number."""
        keep = self.week <= week
        return ItemRows(
            customer=self.customer[keep], item=self.item[keep], week=self.week[keep], quantity=self.quantity[keep]
        )


def lay_out(events: Events, purchases: pd.DataFrame, *, settle_until: int) -> tuple[Shelf, ItemRows]:
    """Turn cleaned purchases into a shelf and item rows.

    Parameters
    ----------
    events
        For products and promotions.
    purchases
        Cleaned rows.
    settle_until
        Last week that decides which lines are items and how products weigh in them; later weeks are described
        with the same items.
    """
    categories = tuple(sorted(events.products["category"].unique()))
    categories = tuple(name for name in categories if name)
    goods = events.products[events.products["category"] != ""]
    rows = purchases.merge(goods[["product", "category", "line"]], on="product")
    settled = rows[rows["week"] <= settle_until]
    weeks = np.arange(int(rows["week"].min()), int(rows["week"].max()) + 1)
    span = settled["week"].max() - settled["week"].min() + 1
    lines = settled.groupby(["category", "line"])["quantity"].sum()
    watched = lines[lines >= MIN_WEEKLY_UNITS * span].index
    keys = [(category, line) for category in categories for line in [*_lines(watched, category), ""]]
    number = {key: index for index, key in enumerate(keys)}
    item_of = {
        product: number.get((category, line), number[category, ""])
        for product, category, line in zip(goods["product"], goods["category"], goods["line"], strict=True)
    }
    rows = rows.assign(item=rows["product"].map(item_of).astype(np.int64), t=rows["week"] - weeks[0])
    value = rows[rows["week"] <= settle_until].groupby("product")["regular"].sum()
    depth, display, mailer = _promoted(events, rows, value, item_of, items=len(keys), weeks=weeks)
    category = np.array([categories.index(key[0]) for key in keys])
    held = np.bincount(
        rows["item"][rows["week"] <= settle_until], rows["regular"][rows["week"] <= settle_until], len(keys)
    )
    weight = held / np.maximum(np.bincount(category, held, len(categories)), 1e-12)[category]
    shelf = Shelf(
        categories=categories,
        names=tuple(f"{key[0]}: {key[1] or 'all else'}" for key in keys),
        category=category,
        weeks=weeks,
        depth=depth,
        display=display,
        mailer=mailer,
        weight=weight,
    )
    items = ItemRows(
        customer=rows["customer"].to_numpy(dtype=np.int64),
        item=rows["item"].to_numpy(dtype=np.int64),
        week=rows["week"].to_numpy(dtype=np.int64),
        quantity=rows["quantity"].to_numpy(dtype=np.float64),
    )
    return shelf, items


def _lines(watched: pd.Index, category: str) -> list[str]:
    return sorted(line for owner, line in watched if owner == category)


def _promoted(
    events: Events, rows: pd.DataFrame, value: pd.Series, item_of: dict[int, int], *, items: int, weeks: Int
) -> tuple[Float, Float, Float]:
    """Depth, display and mailer by item and week, each product weighing what it weighed in the settled weeks.

    Fixed weights matter: weights of the same week would grow with the deal itself. A product not sold in a week says
    nothing about its price; an item without any sale counts as undiscounted.
    """
    count = weeks.size
    price = rows.groupby(["product", "t"])[["shelf_discount", "regular"]].sum().reset_index()
    weight = price["product"].map(value).fillna(0.0).to_numpy() + 1e-6
    cell = price["product"].map(item_of).to_numpy() * count + price["t"].to_numpy()
    share = (price["shelf_discount"] / price["regular"]).to_numpy()
    depth = np.bincount(cell, weight * share, items * count) / np.maximum(
        np.bincount(cell, weight, items * count), 1e-12
    )
    total = np.zeros(items)
    known = value[value.index.isin(list(item_of))]
    np.add.at(total, [item_of[product] for product in known.index], known.to_numpy())
    marks = events.promotions
    marks = marks[marks["product"].isin(known.index) & (marks["week"] >= weeks[0]) & (marks["week"] <= weeks[-1])]
    weight = marks["product"].map(value).to_numpy(dtype=float)
    item = marks["product"].map(item_of).to_numpy(dtype=np.int64)
    cell = item * count + (marks["week"].to_numpy() - weeks[0])
    shown = [
        np.bincount(cell, weight * marks[name].to_numpy(), items * count).reshape(items, count)
        / np.maximum(total, 1e-12)[:, None]
        for name in ("display", "mailer")
    ]
    return np.clip(depth, 0.0, 0.9).reshape(items, count), shown[0], shown[1]


def units_by_group(rows: ItemRows, shelf: Shelf, group: dict[int, int], groups: int) -> Float:
    """Return units [G, I, T] that each group of customers bought in the shelf's weeks; other rows are left out."""
    owner = pd.Series(group).reindex(rows.customer).to_numpy(dtype=float)
    week = rows.week - shelf.weeks[0]
    inside = np.isfinite(owner) & (week >= 0) & (week < shelf.weeks.size)
    shape = (groups, len(shelf.names), shelf.weeks.size)
    cell = (owner[inside].astype(np.int64) * shape[1] + rows.item[inside]) * shape[2] + week[inside]
    sums = np.bincount(cell, rows.quantity[inside], shape[0] * shape[1] * shape[2])
    return sums.astype(np.float64).reshape(shape)

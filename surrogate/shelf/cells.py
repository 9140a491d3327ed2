"""Cells: purchases and promotions as arrays over groups of customers, shelf items and weeks.

A shelf item is a line of products that goes on deal together (one manufacturer, one type); what sells too little to be
watched alone is one tail item a category. Items are where deals happen, so that is where lift by depth is identified.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float, Int
from surrogate.data.events import Events
from surrogate.data.row_store import NOBODYS
from surrogate.shelf.launches import first_places
from surrogate.shelf.owners import owners

_BLOCK = 1 << 21
"""Rows that are looked at together, so that tens of millions need little memory on top."""
CENSORED_FROM = 0.5
"""Item weeks without stock for this share of their sales or more say too little; those below are scaled up."""
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

    calendar: Float | None = None
    """[T, B] columns of season and holidays (`surrogate.effects.season`); None: neither is known."""
    usable: Flag | None = None
    """[I, T] False where stock-outs censored half of an item's week or more, or nothing at all was bought in the week;
    None: nowhere."""
    since: Int | None = None
    """[I] number of the week that an item came to the shelf in (`surrogate.shelf.launches`); None: all in the first."""
    until: Int | None = None
    """[I] number of the last week that an item was on the shelf in; None: all in the last."""
    fading: Float | None = None
    """[I] what a week of age adds to the log of what an item sells (`surrogate.effects.lives`); None: nothing."""

    @property
    def counted(self) -> Flag:
        """[I, T] cells that fits and tests may look at."""
        there = np.ones(self.depth.shape, dtype=bool) if self.usable is None else self.usable
        return there & self.on_shelf

    @property
    def on_shelf(self) -> Flag:
        """[I, T] False before an item came to the shelf and after it left it."""
        there = np.ones(self.depth.shape, dtype=bool)
        there = there if self.since is None else there & (self.weeks >= self.since[:, None])
        return there if self.until is None else there & (self.weeks <= self.until[:, None])

    @property
    def passing(self) -> Flag:
        """[I] items that came or left in these weeks; what they sell usually changes with their age."""
        return np.asarray(~self.on_shelf.all(axis=1))

    @property
    def goes_on(self) -> Flag:
        """[I] items that are there to be sold after these weeks; all of a category of which none is."""
        there = self.on_shelf[:, -1]
        some = np.bincount(self.category, there, len(self.categories)) > 0
        return np.asarray(there | ~some[self.category])

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
            usable=None if self.usable is None else self.usable[:, keep],
            calendar=None if self.calendar is None else self.calendar[keep],
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
    """Purchases of the watched categories with their item, in small numbers: there may be tens of millions. N rows."""

    customer: NDArray[np.int32]
    """[N] customer number; `surrogate.data.row_store.NOBODYS` of sales without a customer."""
    item: NDArray[np.int32]
    """[N] index of the shelf item."""
    week: NDArray[np.int32]
    """[N] week number."""
    quantity: NDArray[np.float32]
    """[N] units."""


def lay_out(events: Events, *, settle_until: int) -> tuple[Shelf, ItemRows]:
    """Turn purchases into a shelf and item rows.

    Parameters
    ----------
    events
        Purchases, products, promotions and stock-outs.
    settle_until
        Last week that decides which lines are items and how products weigh in them; later weeks are described
        with the same items.
    """
    categories = events.categories
    goods = events.products[(events.products["category"] != "").to_numpy()]
    daily = events.daily.assign(week=(events.daily["day"] - 1) // 7).merge(
        goods[["product", "category", "line"]], on="product"
    )
    settled = daily[(daily["week"] <= settle_until).to_numpy()]
    weeks = np.arange(int(daily["week"].min()), int(daily["week"].max()) + 1)
    span = settled["week"].max() - settled["week"].min() + 1
    lines = settled.groupby(["category", "line"])["quantity"].sum()
    watched = lines[lines >= MIN_WEEKLY_UNITS * span].index
    keys = [(category, line) for category in categories for line in [*_lines(watched, category), ""]]
    number = {key: index for index, key in enumerate(keys)}
    item_of = np.full(len(events.products), -1)
    item_of[goods["product"]] = [
        number.get((category, line), number[category, ""])
        for category, line in zip(goods["category"], goods["line"], strict=True)
    ]
    value = np.bincount(settled["product"], settled["regular"], len(events.products)).astype(np.float64)
    depth, display, mailer = _promoted(events, daily, value, item_of, items=len(keys), weeks=weeks)
    category = np.array([categories.index(key[0]) for key in keys])
    held = np.bincount(item_of[goods["product"]], value[goods["product"]], len(keys))
    weight = held / np.maximum(np.bincount(category, held, len(categories)), 1e-12)[category]
    gone = _out_of_stock(events, value, item_of, items=len(keys), weeks=weeks)
    closed = ~np.isin(weeks, events.visits["week"].to_numpy())
    shelf = Shelf(
        categories=categories,
        names=tuple(f"{key[0]}: {key[1] or 'all else'}" for key in keys),
        category=category,
        weeks=weeks,
        depth=depth,
        display=display,
        mailer=mailer,
        weight=weight,
        usable=_usable(gone, closed, items=len(keys)),
        since=_since(settled, item_of, items=len(keys), weeks=weeks[weeks <= settle_until]),
    )
    columns = ["product", "week", "quantity"]
    sales = events.sales[["customer", *columns]]
    if len(events.nobodys):
        strangers = events.nobodys[columns].assign(customer=NOBODYS).astype(sales.dtypes.to_dict())
        sales = pd.concat([sales, strangers], ignore_index=True)
    item, week = item_of[sales["product"]].astype(np.int32), sales["week"].to_numpy(dtype=np.int32)
    quantity = sales["quantity"].to_numpy(dtype=np.float32)
    if gone is not None:
        there = np.where(gone < CENSORED_FROM, 1.0 - gone, 1.0)
        quantity = (quantity / there[item, week - weeks[0]]).astype(np.float32)
    return shelf, ItemRows(customer=sales["customer"].to_numpy(), item=item, week=week, quantity=quantity)


def stock_lines(shelf: Shelf, events: Events) -> tuple[str, ...]:
    """Say how many cells stock-outs touched, and what was done with them."""
    corrected = int((events.stock_outs["share"] > 0).sum())
    if shelf.usable is None or not corrected:
        return ()
    left_out = int((~shelf.usable[:, shelf.usable.any(axis=0)]).sum())
    return (
        f"stock-outs: product weeks with days without stock: {corrected:,}, scaled up to the days with stock; weeks "
        "of shelf items left out of fit and tests because half of their usual sales or more was out of stock: "
        f"{left_out:,}",
    )


def _since(settled: pd.DataFrame, item_of: Int, *, items: int, weeks: Int) -> Int | None:
    """Return the week from which on each item is on the shelf [I], by the settled weeks; None where no item is new."""
    cell = item_of[settled["product"]] * weeks.size + settled["week"].to_numpy() - weeks[0]
    units = np.bincount(cell, settled["quantity"], items * weeks.size).astype(np.float64)
    first = first_places(units.reshape(items, weeks.size))
    return weeks[0] + first if first.any() else None


def _usable(gone: Float | None, closed: Flag, *, items: int) -> Flag | None:
    """Return the cells [I, T] that show demand; a week in which nobody bought anything was no week of trade."""
    if gone is None and not closed.any():
        return None
    there = np.ones((items, closed.size), dtype=bool) if gone is None else gone < CENSORED_FROM
    return np.asarray(there & ~closed)


def _out_of_stock(events: Events, value: Float, item_of: Int, *, items: int, weeks: Int) -> Float | None:
    """Return the share of each item's week [I, T] without stock, each product weighing what it usually sells."""
    gone = events.stock_outs
    gone = gone[((item_of[gone["product"]] >= 0) & (gone["week"] >= weeks[0]) & (gone["week"] <= weeks[-1])).to_numpy()]
    if gone.empty:
        return None
    product = gone["product"].to_numpy()
    cell = item_of[product] * weeks.size + gone["week"].to_numpy() - weeks[0]
    lost = np.bincount(cell, value[product] * gone["share"].to_numpy(), items * weeks.size).reshape(items, weeks.size)
    known = np.flatnonzero(item_of >= 0)
    total = np.bincount(item_of[known], value[known], items)
    return np.asarray(np.minimum(lost / np.maximum(total, 1e-12)[:, None], 1.0), dtype=np.float64)


def _lines(watched: pd.Index, category: str) -> list[str]:
    return sorted(line for owner, line in watched if owner == category)


def _promoted(
    events: Events, daily: pd.DataFrame, value: Float, item_of: Int, *, items: int, weeks: Int
) -> tuple[Float, Float, Float]:
    """Depth, display and mailer by item and week, each product weighing what it weighed in the settled weeks.

    Fixed weights matter: weights of the same week would grow with the deal itself. A product not sold in a week says
    nothing about its price; an item without any sale counts as undiscounted.
    """
    count = weeks.size
    price = daily.groupby(["product", "week"])[["shelf_discount", "regular"]].sum().reset_index()
    product = price["product"].to_numpy()
    weight = value[product] + 1e-6
    cell = item_of[product] * count + price["week"].to_numpy() - weeks[0]
    share = (price["shelf_discount"] / price["regular"]).to_numpy()
    depth = np.bincount(cell, weight * share, items * count) / np.maximum(
        np.bincount(cell, weight, items * count), 1e-12
    )
    known = np.flatnonzero(item_of >= 0)
    total = np.bincount(item_of[known], value[known], items)
    marks = events.promotions
    week = marks["week"].to_numpy()
    inside = (value[marks["product"]] > 0) & (item_of[marks["product"]] >= 0) & (week >= weeks[0]) & (week <= weeks[-1])
    marks = marks[inside]
    weight = value[marks["product"]]
    cell = item_of[marks["product"]] * count + (marks["week"].to_numpy() - weeks[0])
    shown = [
        np.bincount(cell, weight * marks[name].to_numpy(), items * count).reshape(items, count)
        / np.maximum(total, 1e-12)[:, None]
        for name in ("display", "mailer")
    ]
    return np.clip(depth, 0.0, 0.9).reshape(items, count), shown[0], shown[1]


def units_by_group(
    rows: ItemRows, shelf: Shelf, group: Mapping[int, int], groups: int, *, until: int | None = None
) -> Float:
    """Return units [G, I, T] that each group of customers bought in the shelf's weeks; other rows are left out.

    So is what was bought after a week number ``until``, where one is given.
    """
    last = int(shelf.weeks[-1]) if until is None else min(until, int(shelf.weeks[-1]))
    shape = (groups, len(shelf.names), shelf.weeks.size)
    sums = np.zeros(shape[0] * shape[1] * shape[2])
    for start in range(0, rows.customer.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        owner, week = owners(group, rows.customer[block]), rows.week[block]
        inside = (owner >= 0) & (week >= shelf.weeks[0]) & (week <= last)
        cell = (owner[inside] * shape[1] + rows.item[block][inside]) * shape[2] + (week[inside] - shelf.weeks[0])
        sums += np.bincount(cell, rows.quantity[block][inside], sums.size)
    return sums.reshape(shape)

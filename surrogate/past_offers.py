"""Past offers laid out on the shelf: which offer reached which share of whose sales of which item in which week.

The data file says what each past offer was (`past_offers`) and where and for whom it ran (`files.offers`). A run is one
offer on one product over one span of days; what it reaches of an item is the product's share of the item's value times
the share of the week's usual sales on its days. A targeted run reaches the share of a group's usual purchases that its
contacted customers make, so that messages sent to heavy buyers do not count as having reached few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.words import Layer, Mechanic
from surrogate.cells import Shelf
from surrogate.data_parts import PastOffer
from surrogate.events import Events
from surrogate.mechanics import KINDS, past_terms
from surrogate.tiredness import tiredness

Float = NDArray[np.float64]
Int = NDArray[np.int64]

BASKET_PRODUCT, EVERYBODY = -1, -1
"""What the offers table writes for the whole basket (or every product), and for every customer."""
_SHELF_PRICE = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE, Mechanic.BUNDLE)
"""Public mechanics that show as a shelf discount in the purchases; declared, they are no shelf depth of their own."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DealCells:
    """Offers by item and week, with the share of each group's sales that they reach. D cells, G groups."""

    offer: tuple[str, ...]
    """[D] id of the past offer."""
    kind: Int
    """[D] index into `surrogate.mechanics.KINDS`."""
    saving: Float
    level: Float
    tired: Float
    """[D] earlier promoted days that customers remember (`surrogate.tiredness`)."""
    targeted: NDArray[np.bool_]
    item: Int
    """[D] index of the shelf item; the number of items stands for the whole basket."""
    week: Int
    """[D] week number."""
    share: Float
    """[G, D]"""

    def window(self, first: int, last: int) -> DealCells:
        """Return the cells of the weeks first..last (numbers, both included)."""
        keep = (self.week >= first) & (self.week <= last)
        return DealCells(
            offer=tuple(name for name, kept in zip(self.offer, keep, strict=True) if kept),
            kind=self.kind[keep],
            saving=self.saving[keep],
            level=self.level[keep],
            tired=self.tired[keep],
            targeted=self.targeted[keep],
            item=self.item[keep],
            week=self.week[keep],
            share=self.share[:, keep],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class PastOffers:
    """Everything that ran, before customers are grouped. D cells, R runs."""

    cells: DealCells
    """Without groups: ``share`` [0, D]."""
    entry_cell: Int
    entry_run: Int
    entry_share: Float
    """What a run reaches of a cell, were everybody contacted."""
    runs: int
    unnamed: Float
    """[R] share of everybody that a run without named customers reaches: 1 for a public one; 0 with named ones."""
    contacts: pd.DataFrame
    """run, customer: who was contacted by targeted runs."""
    activity: pd.Series
    """By customer: usual purchases, the weight of a contact."""
    covered: Float
    """[I, T] share of an item's value whose shelf price is explained by declared public offers."""
    offered: Float
    """[I, T] largest share of an item's customers and sales under declared offers of any kind on products."""

    def by_group(self, group: Mapping[int, int], groups: int) -> DealCells:
        """Return the cells with the share of each group's sales that they reach."""
        owner = self.activity.index.to_series().map(group)
        known = owner.notna().to_numpy()
        weight = self.activity.to_numpy()[known]
        total = np.bincount(owner.to_numpy(dtype=float)[known].astype(np.int64), weight, groups)
        reach = np.repeat(self.unnamed[None, :], groups, axis=0)
        rows = self.contacts.assign(owner=self.contacts["customer"].map(group))
        rows = rows[rows["owner"].notna()]
        weight = self.activity.reindex(rows["customer"]).fillna(0.0).to_numpy(dtype=float)
        cell = rows["owner"].to_numpy(dtype=np.int64) * self.runs + rows["run"].to_numpy(dtype=np.int64)
        sums = np.bincount(cell, weight, groups * self.runs).reshape(groups, self.runs)
        reach = reach + sums / np.maximum(total, 1e-12)[:, None]
        share = np.zeros((self.cells.kind.size, groups))
        np.add.at(share, self.entry_cell, reach.T[self.entry_run] * self.entry_share[:, None])
        cells = self.cells
        return DealCells(
            offer=cells.offer,
            kind=cells.kind,
            saving=cells.saving,
            level=cells.level,
            tired=cells.tired,
            targeted=cells.targeted,
            item=cells.item,
            week=cells.week,
            share=np.minimum(np.ascontiguousarray(share.T), 1.0),
        )

    def shelf_without(self, shelf: Shelf) -> Shelf:
        """Return the shelf with only those discounts that no declared offer explains."""
        left = 1.0 - np.minimum(self.covered[:, : shelf.weeks.size], 1.0)
        return Shelf(**(vars(shelf) | {"depth": shelf.depth * left}))


def goods_of(events: Events, shelf: Shelf, *, settle_until: int) -> pd.DataFrame:
    """Return the goods on a shelf: index product; item and category (indices), share (of the item's value), price.

    Shares and regular prices are those of the weeks up to ``settle_until``, where a product sold in them.
    """
    goods = events.products[events.products["category"] != ""]
    spot = {name: number for number, name in enumerate(shelf.names)}
    tails = [f"{category}: all else" for category in goods["category"]]
    lines = [f"{category}: {line}" for category, line in zip(goods["category"], goods["line"], strict=True)]
    item = np.array([spot.get(line, spot[tail]) for line, tail in zip(lines, tails, strict=True)], dtype=np.int64)
    daily = events.daily.assign(week=(events.daily["day"] - 1) // 7)
    everything = daily.groupby("product")[["regular", "quantity"]].sum()
    settled = daily[daily["week"] <= settle_until].groupby("product")[["regular", "quantity"]].sum()
    sums = settled.reindex(everything.index).fillna(0.0)
    price = (everything["regular"] / everything["quantity"]).where(
        sums["quantity"] <= 0, sums["regular"] / sums["quantity"].clip(lower=1e-12)
    )
    columns = {
        "item": item,
        "category": shelf.category[item],
        "value": goods["product"].map(sums["regular"]).fillna(0.0).to_numpy(),
        "price": goods["product"].map(price).to_numpy(dtype=float),
    }
    out = pd.DataFrame(columns, index=pd.Index(goods["product"].to_numpy(), name="product"))
    out = out[np.isfinite(out["price"]) & (out["price"] > 0)]
    total = out.groupby("item")["value"].transform("sum")
    share: pd.Series = out["value"] / total.clip(lower=1e-9)
    return pd.DataFrame(out.assign(share=share))


def lay_out_offers(
    offers: pd.DataFrame,
    declared: Mapping[str, PastOffer],
    shelf: Shelf,
    goods: pd.DataFrame,
    *,
    order: float,
    activity: pd.Series,
    day_share: Float,
) -> PastOffers:
    """Lay past offers out on a shelf.

    Parameters
    ----------
    offers
        offer, product (`BASKET_PRODUCT`: every product), first_day, last_day (day ordinals), customer (`EVERYBODY`).
    declared
        What each offer was, by id.
    shelf
        Items and weeks.
    goods
        Index product; item (index on the shelf), share (of the item's value), price (regular).
    order
        Typical order value.
    activity
        By customer, what a customer usually buys.
    day_share
        [7] share of a week's usual sales by weekday, Monday first.
    """
    keys = ["offer", "product", "first_day", "last_day"]
    rows = offers.loc[offers["offer"].isin(list(declared)), [*keys, "customer"]]
    everybody = rows["customer"] == EVERYBODY
    runs = rows.assign(unnamed=everybody).groupby([*keys, "unnamed"], sort=True).size().reset_index()
    runs["run"] = np.arange(len(runs))
    contacts = rows[~everybody].merge(runs[~runs["unnamed"]], on=keys)[["run", "customer"]].drop_duplicates()
    entries = _entries(runs, declared, shelf, goods, order, day_share)
    entries = entries.assign(tired=tiredness(runs, contacts)[entries["run"].to_numpy()])
    spot = ["offer", "targeted", "item", "week"]
    cells = entries.groupby(spot, sort=True).size().reset_index()[spot]
    entries = entries.merge(cells.reset_index(names="cell"), on=spot)
    cell = entries["cell"].to_numpy(dtype=np.int64)
    weight = entries["share"].to_numpy(dtype=float)

    def mean(name: str) -> Float:
        sums = np.bincount(cell, weight * entries[name].to_numpy(dtype=float), len(cells))
        return np.asarray(sums / np.maximum(np.bincount(cell, weight, len(cells)), 1e-12))

    kinds = {name: KINDS.index(Mechanic(offer.mechanic)) for name, offer in declared.items()}
    laid = DealCells(
        offer=tuple(cells["offer"]),
        kind=np.array([kinds[name] for name in cells["offer"]], dtype=np.int64),
        saving=mean("saving"),
        level=mean("level"),
        tired=mean("tired"),
        targeted=cells["targeted"].to_numpy(dtype=bool),
        item=cells["item"].to_numpy(dtype=np.int64),
        week=cells["week"].to_numpy(dtype=np.int64),
        share=np.zeros((0, len(cells))),
    )
    shelf_kinds = [KINDS.index(mechanic) for mechanic in _SHELF_PRICE]
    priced = ~entries["targeted"].to_numpy() & np.isin(laid.kind[cell], shelf_kinds)
    return PastOffers(
        cells=laid,
        entry_cell=cell,
        entry_run=entries["run"].to_numpy(dtype=np.int64),
        entry_share=weight,
        runs=len(runs),
        unnamed=np.where(runs["unnamed"], [_coverage(declared[str(name)]) for name in runs["offer"]], 0.0),
        contacts=contacts,
        activity=activity,
        covered=_on_shelf(entries[priced], "product_share", shelf),
        offered=_on_shelf(entries, "share", shelf),
    )


def _coverage(offer: PastOffer) -> float:
    return float(offer.coverage) if Layer(offer.layer) is Layer.TARGETED else 1.0


def _entries(
    runs: pd.DataFrame,
    declared: Mapping[str, PastOffer],
    shelf: Shelf,
    goods: pd.DataFrame,
    order: float,
    day_share: Float,
) -> pd.DataFrame:
    """Return run, offer, targeted, item, week, share, product_share, saving, level: one row a run, product and week."""
    items, parts = len(shelf.names), []
    numbers = zip(*(runs[name].tolist() for name in ("run", "offer", "product", "first_day", "last_day")), strict=True)
    for run, name, product, first, last in numbers:
        offer = declared[name]
        if Mechanic(offer.mechanic).is_basket:
            terms = past_terms(offer, price=1.0, order=order)
            spots = [(items, 1.0, terms)]
        else:
            here = goods if product == BASKET_PRODUCT else goods[goods.index == product]
            spots = [
                (int(item), float(share), past_terms(offer, price=float(price), order=order))
                for item, share, price in zip(here["item"], here["share"], here["price"], strict=True)
            ]
        for week, days in _weeks(first, last, shelf, day_share):
            parts += [
                (run, name, terms.targeted, item, week, share * days, share, terms.saving, terms.level)
                for item, share, terms in spots
            ]
    names = ["run", "offer", "targeted", "item", "week", "share", "product_share", "saving", "level"]
    return pd.DataFrame(parts, columns=names).astype(
        {"run": np.int64, "item": np.int64, "week": np.int64, "targeted": bool}
    )


def _weeks(first: int, last: int, shelf: Shelf, day_share: Float) -> list[tuple[int, float]]:
    """Return (week number, share of its usual sales) of a span of days, inside the shelf's weeks."""
    out = []
    for week in range(max((first - 1) // 7, int(shelf.weeks[0])), min((last - 1) // 7, int(shelf.weeks[-1])) + 1):
        monday = week * 7 + 1
        out.append((week, float(day_share[max(first - monday, 0) : last - monday + 1].sum())))
    return out


def _on_shelf(entries: pd.DataFrame, column: str, shelf: Shelf) -> Float:
    """Sum a column to [I, T]; the basket is no item."""
    items, weeks = len(shelf.names), shelf.weeks.size
    here = entries[entries["item"] < items]
    cell = here["item"].to_numpy() * weeks + here["week"].to_numpy() - shelf.weeks[0]
    return np.bincount(cell, here[column].to_numpy(dtype=float), items * weeks).astype(np.float64).reshape(items, weeks)

"""Past offers laid out on the shelf: which offer reached which share of whose sales of which item in which week.

The data file says what each past offer was (`past_offers`) and where and for whom it ran (`files.offers`). A run is one
offer on one product over one span of days; what it reaches of an item is the product's share of the item's value times
the share of the week's usual sales on its days. A targeted run reaches the share of a group's usual purchases that its
contacted customers make, so that messages sent to heavy buyers do not count as having reached few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.words import Layer, Mechanic
from surrogate.data.data_parts import PastOffer
from surrogate.data.events import Events
from surrogate.shelf.cells import Shelf
from surrogate.shelf.mechanics import KINDS, past_terms
from surrogate.shelf.run_days import met_public, usual_days
from surrogate.shelf.tiredness import tiredness

Float = NDArray[np.float64]
Int = NDArray[np.int64]

READ = 0.4
"""Share of messages that are taken to be read where no use was seen."""
BASKET_PRODUCT, EVERYBODY = -1, -1
"""What the offers table writes for the whole basket (or every product), and for every customer."""
_SHELF_PRICE = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE, Mechanic.BUNDLE)
"""Public mechanics that show as a shelf discount in the purchases; declared, they are no shelf depth of their own."""

_IN_ROWS = [KINDS.index(kind) for kind in (Mechanic.COUPON, Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)]
"""Mechanics that take their saving off the row; under any other, a coupon discount is some coupon's of the same day."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DealCells:
    """Offers by item and week, with the share of each group's sales that they reach. D cells, G groups."""

    offer: tuple[str, ...]
    """[D] id of the past offer."""
    kind: Int
    """[D] index into `surrogate.shelf.mechanics.KINDS`."""
    saving: Float
    level: Float
    tired: Float
    """[D] earlier promoted days that customers remember (`surrogate.shelf.tiredness`)."""
    targeted: NDArray[np.bool_]
    item: Int
    """[D] index of the shelf item; the number of items stands for the whole basket."""
    week: Int
    """[D] week number."""
    apart: NDArray[np.bool_]
    """[D] targeted at named customers, whose purchases are known by themselves."""
    beside: Int
    """[D] the public offer that ran on most of a targeted one's days; 0 where none did."""
    overlap: Float
    """[D] share of the days that it did."""
    use_seen: NDArray[np.bool_]
    """[D] whether coupon discounts in the rows show the use of the offer's mechanic."""
    share: Float
    """[G, D]"""
    units: Float
    """[G, D] units that named customers bought."""
    used: Float
    """[G, D] of them with a coupon discount."""

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
            apart=self.apart[keep],
            beside=np.maximum(np.cumsum(keep) - 1, 0)[self.beside[keep]],
            overlap=self.overlap[keep],
            use_seen=self.use_seen[keep],
            share=self.share[:, keep],
            units=self.units[:, keep],
            used=self.used[:, keep],
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
    bought: pd.DataFrame
    """customer, cell, quantity, used (units): what named customers bought while their offer ran."""
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
        return replace(
            self.cells,
            share=np.minimum(np.ascontiguousarray(share.T), 1.0),
            units=_by_group(self.bought, "quantity", group, groups, self.cells.kind.size),
            used=_by_group(self.bought, "used", group, groups, self.cells.kind.size),
        )

    def shelf_without(self, shelf: Shelf) -> Shelf:
        """Return the shelf with only those discounts that no declared offer explains."""
        left = 1.0 - np.minimum(self.covered[:, : shelf.weeks.size], 1.0)
        return Shelf(**(vars(shelf) | {"depth": shelf.depth * left}))


def lay_out_offers(
    events: Events, shelf: Shelf, goods: pd.DataFrame, *, order: float, activity: pd.Series
) -> PastOffers:
    """Lay past offers out on a shelf.

    Parameters
    ----------
    events
        For ``offers``, ``past_offers``, ``offer_sales`` and ``daily``.
    shelf
        Items and weeks.
    goods
        As `surrogate.shelf.goods.goods_of` returns them.
    order
        Typical order value.
    activity
        By customer, what a customer usually buys.
    """
    keys, declared = ["offer", "product", "first_day", "last_day"], events.past_offers
    rows = events.offers.loc[events.offers["offer"].isin(list(declared)), [*keys, "customer"]]
    everybody = rows["customer"] == EVERYBODY
    runs = rows.assign(unnamed=everybody).groupby([*keys, "unnamed"], sort=True).size().reset_index()
    runs["run"] = np.arange(len(runs))
    contacts = rows[~everybody].merge(runs[~runs["unnamed"]], on=keys)[["run", "customer"]].drop_duplicates()
    day_share = usual_days(events.daily, runs[runs["unnamed"]])
    entries = _entries(runs, declared, shelf, goods, order, day_share)
    tired = tiredness(runs, contacts, read=_read(events))
    entries = entries.assign(tired=tired[entries["run"].to_numpy()])
    spot = ["offer", "targeted", "item", "week"]
    cells = entries.groupby(spot, sort=True).size().reset_index()[spot]
    entries = entries.merge(cells.reset_index(names="cell"), on=spot)
    cell = entries["cell"].to_numpy(dtype=np.int64)
    weight = entries["share"].to_numpy(dtype=float)

    def mean(name: str) -> Float:
        sums = np.bincount(cell, weight * entries[name].to_numpy(dtype=float), len(cells))
        return np.asarray(sums / np.maximum(np.bincount(cell, weight, len(cells)), 1e-12))

    kinds = {name: KINDS.index(Mechanic(offer.mechanic)) for name, offer in declared.items()}
    unnamed = runs["unnamed"].to_numpy(dtype=bool)
    beside, overlap = met_public(entries, runs, len(cells))
    targeted = cells["targeted"].to_numpy(dtype=bool)
    kind = np.array([kinds[name] for name in cells["offer"]], dtype=np.int64)
    apart = targeted & (np.bincount(cell, unnamed[entries["run"].to_numpy()], len(cells)) == 0)
    bought = _bought(events, goods, cells, items=len(shelf.names))
    told = bool((events.sales["offer"] >= 0).any())
    shown = np.unique(kind[bought["cell"].to_numpy(dtype=np.int64)[bought["used"].to_numpy() > 0]])
    laid = DealCells(
        offer=tuple(cells["offer"]),
        kind=kind,
        saving=mean("saving"),
        level=mean("level"),
        tired=mean("tired"),
        targeted=targeted,
        item=cells["item"].to_numpy(dtype=np.int64),
        week=cells["week"].to_numpy(dtype=np.int64),
        apart=apart,
        beside=beside,
        overlap=overlap,
        use_seen=apart & np.isin(kind, shown if told else np.intersect1d(shown, _IN_ROWS)),
        share=np.zeros((0, len(cells))),
        units=np.zeros((0, len(cells))),
        used=np.zeros((0, len(cells))),
    )
    shelf_kinds = [KINDS.index(mechanic) for mechanic in _SHELF_PRICE]
    priced = ~entries["targeted"].to_numpy() & np.isin(laid.kind[cell], shelf_kinds)
    return PastOffers(
        cells=laid,
        entry_cell=cell,
        entry_run=entries["run"].to_numpy(dtype=np.int64),
        entry_share=weight,
        runs=len(runs),
        unnamed=np.where(unnamed, [_coverage(declared[str(name)]) for name in runs["offer"]], 0.0),
        contacts=contacts,
        bought=bought,
        activity=activity,
        covered=_on_shelf(entries[priced], "product_share", shelf),
        offered=_on_shelf(entries, "share", shelf),
    )


def _bought(events: Events, goods: pd.DataFrame, cells: pd.DataFrame, *, items: int) -> pd.DataFrame:
    """Return customer, cell, quantity, used of what named customers bought on the shelf while their offer ran."""
    name_of = events.offers.drop_duplicates("run").set_index("run")["offer"]
    sales = events.offer_sales[events.offer_sales["product"].isin(goods.index)]
    sales = sales.assign(offer=sales["run"].map(name_of), targeted=True)
    baskets = [name for name, offer in events.past_offers.items() if Mechanic(offer.mechanic).is_basket]
    item = sales["product"].map(goods["item"]).where(~sales["offer"].isin(baskets), items)
    sales = sales.assign(item=item.astype(np.int64))
    spot = ["offer", "targeted", "item", "week"]
    return sales.merge(cells.reset_index(names="cell"), on=spot)[["customer", "cell", "quantity", "used"]]


def _read(events: Events) -> float:
    """Return the share of messages that are read: of what named customers bought, the part taken with their offer."""
    names = events.offers.drop_duplicates("run").set_index("run")["offer"]
    sums = events.offer_sales.groupby(events.offer_sales["run"].map(names))[["quantity", "used"]].sum()
    quantity, used = sums[(sums["used"] > 0).to_numpy()].to_numpy(dtype=float).sum(axis=0)
    return float(used / quantity) if quantity > 0 else READ


def _by_group(rows: pd.DataFrame, column: str, group: Mapping[int, int], groups: int, cells: int) -> Float:
    """Sum a column to [G, D]."""
    owner = rows["customer"].map(group).to_numpy(dtype=float)
    known = np.isfinite(owner)
    place = owner[known].astype(np.int64) * cells + rows["cell"].to_numpy(dtype=np.int64)[known]
    sums = np.bincount(place, rows[column].to_numpy(dtype=float)[known], groups * cells)
    return sums.astype(np.float64).reshape(groups, cells)


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

"""Past offers laid out on the shelf: which offer reached which share of whose sales of which item in which week.

The data file says what each past offer was (`past_offers`) and where and for whom it ran (`files.offers`). A run is one
offer on one product over one span of days; what it reaches of an item is the product's share of the item's value times
the share of the week's usual sales on its days. A targeted run reaches the share of a group's usual purchases that its
contacted customers make, so that messages sent to heavy buyers do not count as having reached few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from scenarios.language.words import Layer, Mechanic
from surrogate.data.data_parts import PastOffer
from surrogate.data.events import Events
from surrogate.shelf.cells import Shelf
from surrogate.shelf.closed_cells import closed_cells
from surrogate.shelf.deal_cells import DealCells, PastOffers
from surrogate.shelf.goods import worth_of
from surrogate.shelf.mechanics import KINDS, Terms, past_terms
from surrogate.shelf.on_top import Beside, beside_cuts
from surrogate.shelf.reach import ORDERS, SEVERAL, Reach
from surrogate.shelf.run_days import met_public, usual_days
from surrogate.shelf.tiredness import tiredness
from surrogate.shelf.usual_purchases import UsualPurchases

Spot = tuple[int, float, Terms]
"""An item that an offer acts on, what share of its value, and the offer's terms there."""

READ = 0.4
"""Share of messages that are taken to be read where no use was seen."""
BASKET_PRODUCT, EVERYBODY = -1, -1
"""What the offers table writes for the whole basket (or every product), and for every customer."""
_SHELF_PRICE = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE, Mechanic.BUNDLE)
"""Public mechanics that show as a shelf discount in the purchases; declared, they are no shelf depth of their own."""

_IN_ROWS = [KINDS.index(kind) for kind in (Mechanic.COUPON, Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)]
"""Mechanics that take their saving off the row; under any other, a coupon discount is some coupon's of the same day."""


def lay_out_offers(
    events: Events, shelf: Shelf, goods: pd.DataFrame, *, order: float, usual: UsualPurchases
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
    usual
        What customers usually bought before each week.
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
    kinds = {name: KINDS.index(Mechanic(offer.mechanic)) for name, offer in declared.items()}
    covered = _covered(entries, kinds, shelf)
    entries, cells, bought, closed = _reached(events, goods, shelf, entries, kinds, shelf.depth * (1.0 - covered))
    cell = entries["cell"].to_numpy(dtype=np.int64)
    weight = entries["share"].to_numpy(dtype=float)

    def mean(name: str) -> Float:
        sums = np.bincount(cell, weight * entries[name].to_numpy(dtype=float), len(cells))
        return np.asarray(sums / np.maximum(np.bincount(cell, weight, len(cells)), 1e-12))

    unnamed = runs["unnamed"].to_numpy(dtype=bool)
    beside, overlap = met_public(entries, runs, len(cells))
    targeted = cells["targeted"].to_numpy(dtype=bool)
    kind = np.array([kinds[name] for name in cells["offer"]], dtype=np.int64)
    apart = targeted & (np.bincount(cell, unnamed[entries["run"].to_numpy()], len(cells)) == 0)
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
    reach = Reach(
        contacts=contacts,
        run_week=(runs["first_day"].to_numpy(dtype=np.int64) - 1) // 7,
        run_category=_category_of(runs, declared, goods, shelf),
        usual=usual,
        sold=_sold_by_category(events, goods, shelf),
    )
    return PastOffers(
        cells=laid,
        entry_cell=cell,
        entry_run=entries["run"].to_numpy(dtype=np.int64),
        entry_share=weight,
        runs=len(runs),
        unnamed=np.where(unnamed, [_coverage(declared[str(name)]) for name in runs["offer"]], 0.0),
        reach=replace(reach, choice=reach.measured_choice()),
        bought=bought,
        covered=covered,
        closed=closed,
        offered=_on_shelf(entries, "share", shelf),
    )


def _covered(entries: pd.DataFrame, kinds: Mapping[str, int], shelf: Shelf) -> Float:
    """Return the share [I, T] of an item's value whose shelf price declared public offers explain."""
    shelf_kinds = [KINDS.index(mechanic) for mechanic in _SHELF_PRICE]
    priced = ~entries["targeted"].to_numpy(dtype=bool) & entries["offer"].map(kinds).isin(shelf_kinds).to_numpy()
    return np.minimum(_on_shelf(entries[priced], "product_share", shelf), 1.0)


def _reached(
    events: Events, goods: pd.DataFrame, shelf: Shelf, entries: pd.DataFrame, kinds: Mapping[str, int], depth: Float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, int]:
    """Return the entries that reached their goods, numbered by cell; the cells; what was bought there; cells closed."""
    entries, cells = _numbered(entries)
    bought = _bought(events, goods, cells, items=len(shelf.names))
    item, week = (cells[name].to_numpy(dtype=np.int64) for name in ("item", "week"))
    cell, saving = entries["cell"].to_numpy(dtype=np.int64), np.zeros(len(cells))
    np.maximum.at(saving, cell, entries["saving"].to_numpy(dtype=float))
    off = np.pad(depth, ((0, 1), (0, 0)))[item, week - int(shelf.weeks[0])]  # a cut of one item closes no basket
    kind = np.array([kinds[name] for name in cells["offer"]], dtype=np.int64)
    until = int(events.sales["week"].max()) if len(events.sales) else -1
    instead = np.isin(kind, _IN_ROWS) & (beside_cuts(events) is Beside.INSTEAD)
    closed = closed_cells(kind, week, saving, off, bought, until=until, instead=instead)
    closed &= cells["targeted"].to_numpy(dtype=bool)
    if not closed.any():
        return entries, cells, bought, 0
    entries, cells = _numbered(entries[~closed[cell]].drop(columns="cell"))
    return entries, cells, _bought(events, goods, cells, items=len(shelf.names)), int(closed.sum())


def _numbered(entries: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the entries with the number of their cell, and the cells: offer, targeted, item, week."""
    spot = ["offer", "targeted", "item", "week"]
    cells = entries.groupby(spot, sort=True).size().reset_index()[spot]
    return entries.merge(cells.reset_index(names="cell"), on=spot), cells


def _category_of(runs: pd.DataFrame, declared: Mapping[str, PastOffer], goods: pd.DataFrame, shelf: Shelf) -> Int:
    """Return the category [R] of each run's product; `SEVERAL` also where it is none of the shelf, or `ORDERS`."""
    item = goods["item"].reindex(runs["product"]).to_numpy(dtype=float)
    orders = np.array([Mechanic(declared[str(name)].mechanic).is_basket for name in runs["offer"]], dtype=bool)
    one = np.where(np.isfinite(item), shelf.category[np.nan_to_num(item).astype(np.int64)], SEVERAL)
    return np.where(orders, ORDERS, one)


def _sold_by_category(events: Events, goods: pd.DataFrame, shelf: Shelf) -> pd.DataFrame:
    """Return customer, week, category, quantity, worth of what customers bought."""
    sales = events.sales[events.sales["product"].isin(goods.index)]
    item = goods["item"].reindex(sales["product"]).to_numpy(dtype=np.int64)
    worth = sales["quantity"] * sales["product"].map(worth_of(goods))
    return sales[["customer", "week", "quantity"]].assign(category=shelf.category[item], worth=worth)


def _bought(events: Events, goods: pd.DataFrame, cells: pd.DataFrame, *, items: int) -> pd.DataFrame:
    """Return customer, cell, quantity, used of what named customers bought on the shelf while their offer ran."""
    name_of = events.offers.drop_duplicates("run").set_index("run")["offer"]
    sales = events.offer_sales[events.offer_sales["product"].isin(goods.index)]
    sales = sales.assign(offer=sales["run"].map(name_of), targeted=True)
    baskets = [name for name, offer in events.past_offers.items() if Mechanic(offer.mechanic).is_basket]
    item = sales["product"].map(goods["item"]).where(~sales["offer"].isin(baskets), items)
    # Offers on orders move money, not units: see `worth_of`.
    worth = sales["product"].map(worth_of(goods)).where(item == items, 1.0)
    sales = sales.assign(item=item.astype(np.int64), quantity=sales["quantity"] * worth)
    spot = ["offer", "targeted", "item", "week"]
    return sales.merge(cells.reset_index(names="cell"), on=spot)[["customer", "cell", "quantity", "used"]]


def _read(events: Events) -> float:
    """Return the share of messages that are read: of what named customers bought, the part taken with their offer."""
    names = events.offers.drop_duplicates("run").set_index("run")["offer"]
    sums = events.offer_sales.groupby(events.offer_sales["run"].map(names))[["quantity", "used"]].sum()
    quantity, used = sums[(sums["used"] > 0).to_numpy()].to_numpy(dtype=float).sum(axis=0)
    return float(used / quantity) if quantity > 0 else READ


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
    parts: list[tuple[object, ...]] = []
    known: dict[tuple[str, int], list[Spot]] = {}  # an offer runs on one product again and again
    numbers = zip(*(runs[name].tolist() for name in ("run", "offer", "product", "first_day", "last_day")), strict=True)
    for run, name, product, first, last in numbers:
        if (name, product) not in known:
            known[name, product] = spots(declared[name], product, len(shelf.names), goods, order)
        here = known[name, product]
        for week, days in _weeks(first, last, shelf, day_share):
            parts += [
                (run, name, terms.targeted, item, week, share * days, share, terms.saving, terms.level)
                for item, share, terms in here
            ]
    names = ["run", "offer", "targeted", "item", "week", "share", "product_share", "saving", "level"]
    return pd.DataFrame(parts, columns=names).astype(
        {"run": np.int64, "item": np.int64, "week": np.int64, "targeted": bool}
    )


def spots(offer: PastOffer, product: int, items: int, goods: pd.DataFrame, order: float) -> list[Spot]:
    """Return the items that an offer on a product acts on; ``items``, their number, stands for the basket."""
    if Mechanic(offer.mechanic).is_basket:
        return [(items, 1.0, past_terms(offer, price=1.0, order=order))]
    here = goods if product == BASKET_PRODUCT else goods[goods.index == product]
    return [
        (int(item), float(share), past_terms(offer, price=float(price), order=order))
        for item, share, price in zip(here["item"], here["share"], here["price"], strict=True)
    ]


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

"""Adding up: from purchase rows to the few tables that learning needs, one part of the customers at a time."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float, Int
from surrogate.data.adding_up.repeated_receipts import without_copies
from surrogate.data.adding_up.returns import settle
from surrogate.data.adding_up.unnamed_uses import taken_for, unnamed, used_by_discount
from surrogate.data.canonical import marks_of, on_grid
from surrogate.data.clean import COPIES, TWICE, CleaningReport, clean, drop_repeats, receipt_known
from surrogate.data.clean_params import CleanParams
from surrogate.data.row_store import NOBODYS

ORDER_WEEKS = 26
"""Recent weeks whose orders are kept one by one."""
CUT = 0.05
"""Least share off the shelf price that makes a purchase, or an item's week, one at a cut price."""
_CHUNK = 200_000
_MOST = 2**63 - 1
_MONEY = ["quantity", "regular", "shelf_discount", "coupon_discount"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting:
    """What adding up needs to know besides the rows. K products."""

    clean: CleanParams
    net_returns: bool
    first_day: int
    """First day (ordinal) of the first whole week; rows before it are left out."""
    last_week: int
    median_price: Float
    """[K]"""
    planned: Flag
    """[K] whether the product belongs to one of the scenario's."""
    private: Float
    """[K] 1 for the retailer's own brands."""
    mailings: pd.DataFrame
    """customer, campaign"""
    coupons: pd.DataFrame
    """campaign, product, first_day, last_day"""
    offers: pd.DataFrame
    """run, offer (index), product (-1: every), first_day, last_day, customer (-1: everybody)"""
    told: bool
    """Whether the till tells, in any row of the data, which offer it was bought under."""
    bundles: Flag
    """[O] past offers that come with free pieces (`surrogate.data.given_away.in_bundles`)."""
    by_discount: Flag
    """[O] past offers whose use a coupon discount tells all the same (`surrogate.data.adding_up.unnamed_uses`)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Aggregates:
    """Sums of cleaned purchases; see `surrogate.data.events.Events` for the columns."""

    sales: pd.DataFrame
    visits: pd.DataFrame
    orders: pd.DataFrame
    daily: pd.DataFrame
    coupon_sales: pd.DataFrame
    redeemed: pd.DataFrame
    offer_sales: pd.DataFrame
    order_uses: pd.DataFrame
    nobodys: pd.DataFrame
    nobodys_orders: pd.DataFrame


_OVER_ALL = {"daily": ["product", "day"], "nobodys": ["product", "day", "offer"]}
"""Tables that tell no customers, and what a row of them is about."""


def summed(rows: pd.DataFrame, by: list[str], values: list[str]) -> pd.DataFrame:
    """Return sums of values over rows with equal keys, sorted by the keys; keys are whole numbers."""
    if rows.empty:
        return rows[[*by, *values]]
    keys, place = _groups([rows[name].to_numpy() for name in by])
    sums = {name: np.bincount(place, rows[name], len(keys[0])) for name in values}
    return pd.DataFrame(dict(zip(by, keys, strict=True)) | sums)


def _groups(columns: list[NDArray[Any]]) -> tuple[list[NDArray[Any]], Int]:
    """Return the different keys, sorted, column by column, and the number [N] of each row's key among them."""
    lows = [int(column.min()) for column in columns]
    spans = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    if prod(spans) > _MOST:  # a number for each possible key is what no integer of 64 bits holds
        order = np.lexsort(columns[::-1])
        begins = np.ones(len(order), dtype=bool)
        begins[1:] = np.any([np.diff(column[order]) != 0 for column in columns], axis=0)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.cumsum(begins) - 1
        return [column[order[begins]] for column in columns], place
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column, low, span in zip(columns, lows, spans, strict=True):
        key = key * span + (column - low)
    unique, place = np.unique(key, return_inverse=True)
    found = []
    for column, low, span in reversed(list(zip(columns, lows, spans, strict=True))):
        found.append((unique % span + low).astype(column.dtype))
        unique = unique // span
    return found[::-1], place


def aggregate(rows: pd.DataFrame, setting: Setting, overlapping: pd.DataFrame) -> tuple[Aggregates, CleaningReport]:
    """Clean and add up all rows of some customers.

    Parameters
    ----------
    rows
        As in `surrogate.data.row_store.ROW`, sorted as by `surrogate.data.canonical.sorted_rows`.
    setting
        What else matters.
    overlapping
        Where exports overlap, as far as it is to be told from second scans (`Repeats.overlapping`).
    """
    early = (rows["day"] < setting.first_day).to_numpy()
    left_out = {"before the first whole week": int(early.sum())}
    kept, copies = without_copies(rows[~early] if early.any() else rows, overlapping)
    kept, twice = drop_repeats(kept, setting.clean)
    discounts = kept["shelf_discount"].abs() + kept["coupon_discount"].abs()
    kept = kept.assign(regular=kept["paid"] + discounts).drop(columns=["time", "paid"])
    sold, returned = settle(kept, setting.clean, net=setting.net_returns)
    sold, report = clean(sold, setting.clean, median_price=setting.median_price, bundles=setting.bundles)
    sold = sold.assign(**{name: on_grid(sold[name].to_numpy()) for name in _MONEY})
    counts = CleaningReport(
        read=len(rows) - report.read,
        dropped={TWICE: twice, COPIES: copies},
        repaired={},
        left_out=left_out,
        without_customer=int((sold["customer"] == NOBODYS).sum()),
    )
    sums, unnamed_uses = _add_up(sold, setting)
    return sums, replace(counts, taken_for=unnamed_uses).plus(returned).plus(report)


def _add_up(rows: pd.DataFrame, setting: Setting) -> tuple[Aggregates, dict[str, int]]:
    """Return the sums, and what rows were taken for that carry a coupon discount and name no offer."""
    product = rows["product"].to_numpy()
    rows = rows.assign(
        week=((rows["day"] - 1) // 7).astype(np.int32),
        private=rows["regular"] * setting.private[product],
        receipt=pd.factorize(marks_of((rows["customer"].to_numpy(), rows["basket"].to_numpy()), len(rows)))[0],
        money=rows["regular"] - rows["shelf_discount"] - rows["coupon_discount"],
    )
    everything = rows[setting.planned[product]]
    known = (rows["customer"] != NOBODYS).to_numpy()
    nobodys, rows = (rows[~known], rows[known]) if not known.all() else (rows[:0], rows)
    strangers = summed(nobodys[setting.planned[nobodys["product"].to_numpy()]], _OVER_ALL["nobodys"], _MONEY)
    orders = _orders(rows)
    visits = summed(rows, ["customer", "week"], [*_MONEY, "private"])
    visits = visits.merge(summed(orders, ["customer", "week"], ["baskets", "weekend"]), how="left")
    goods = rows[setting.planned[rows["product"].to_numpy()]]
    used = goods[(goods["coupon_discount"] > 0).to_numpy()]
    sales = summed(goods, ["customer", "product", "day", "offer"], _MONEY)
    sales.insert(3, "week", (sales["day"] - 1) // 7)
    under_offers, by_discount = _under_offers(goods, setting)
    carrying = int(unnamed(rows).sum()) if setting.told else 0
    sums = Aggregates(
        sales=_small(sales),
        visits=_small(visits.fillna({"baskets": 0.0, "weekend": 0.0})),
        orders=_small(_recent(orders, setting)),
        daily=summed(everything, _OVER_ALL["daily"], _MONEY),
        coupon_sales=_under_coupons(goods, setting),
        redeemed=used[["customer", "product", "week", "quantity"]].assign(saving=_saving(used)),
        offer_sales=under_offers,
        order_uses=_order_uses(rows, orders),
        nobodys=strangers,
        nobodys_orders=_small(_recent(_orders(nobodys[receipt_known(nobodys)]), setting)),
    )
    return sums, taken_for(carrying, by_discount, setting.by_discount)


def _orders(rows: pd.DataFrame) -> pd.DataFrame:
    """Return receipt, customer, day, week, paid, quantity, baskets (1) and weekend (1 on Saturdays and Sundays)."""
    orders = summed(rows, ["receipt"], ["money", "quantity"]).rename(columns={"money": "paid"})
    first = np.unique(rows["receipt"].to_numpy(), return_index=True)[1]
    day = rows["day"].to_numpy()[first]
    return orders.assign(
        customer=rows["customer"].to_numpy()[first],
        day=day,
        week=rows["week"].to_numpy()[first],
        baskets=1.0,
        weekend=((day - 1) % 7 >= 5).astype(float),
    )


def _recent(orders: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    recent = (orders["week"] > setting.last_week - ORDER_WEEKS).to_numpy()
    return orders.loc[recent, ["customer", "week", "paid", "quantity"]]


def _small(frame: pd.DataFrame) -> pd.DataFrame:
    """Halve the numbers' memory: seven digits are plenty for sums of few rows."""
    wide = [name for name, kind in frame.dtypes.items() if kind == np.float64]
    return frame.astype(dict.fromkeys(wide, np.float32))


def _saving(rows: pd.DataFrame) -> pd.Series:
    """Return what the coupon took off, as a share of the shelf price."""
    shelf = rows["regular"] - rows["shelf_discount"]
    return rows["coupon_discount"] / shelf.clip(lower=0.01)


def _under_coupons(goods: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Find the purchases that a mailed coupon could have been used for."""
    mailed = np.isin(goods["customer"].to_numpy(), setting.mailings["customer"].unique())
    rows = goods[mailed & np.isin(goods["product"].to_numpy(), setting.coupons["product"].unique())]
    cut = rows["shelf_discount"] >= CUT * rows["regular"]
    rows = rows.assign(used=rows["coupon_discount"] > 0, saving=_saving(rows), cut=cut)
    names, found = ["customer", "campaign", "product", "week", "quantity", "used", "saving", "cut"], []
    for start in range(0, max(len(rows), 1), _CHUNK):
        hit = rows.iloc[start : start + _CHUNK].merge(setting.coupons, on="product")
        hit = hit[((hit["day"] >= hit["first_day"]) & (hit["day"] <= hit["last_day"])).to_numpy()]
        found.append(hit.merge(setting.mailings, on=["customer", "campaign"])[names])
    return pd.concat(found, ignore_index=True)


def _under_offers(goods: pd.DataFrame, setting: Setting) -> tuple[pd.DataFrame, int]:
    """Add up what customers who were named in an offer bought while it ran, and how much of it with the offer.

    Where the till tells which offer a row was bought under, that counts as use; otherwise any coupon discount does, as
    it does of coupons where the till names other offers alone: the rows of such uses are counted, too.
    """
    named = setting.offers[(setting.offers["customer"] >= 0).to_numpy()].rename(columns={"offer": "run_offer"})
    everything = (named["product"] < 0).to_numpy()
    by = ["customer", "run", "product", "week"]
    goods = goods.assign(row=np.arange(len(goods)))
    found = _while_they_ran(goods, named[everything].drop(columns="product"), ["customer"])
    found += _while_they_ran(goods, named[~everything], ["customer", "product"])
    hits = pd.concat(found, ignore_index=True)
    use, by_discount = hits["coupon_discount"] > 0, 0
    if setting.told:
        unsaid = used_by_discount(hits, setting.by_discount)
        use, by_discount = (hits["offer"] == hits["run_offer"]) | unsaid, len(hits.loc[unsaid, "row"].unique())
    hits = hits.assign(used=np.where(use, hits["quantity"], 0.0))
    orders = summed(hits.drop_duplicates([*by, "receipt"]).assign(orders=1.0), by, ["orders"])
    return summed(hits, by, ["quantity", "used"]).merge(orders, on=by, how="left"), by_discount


def _while_they_ran(goods: pd.DataFrame, runs: pd.DataFrame, on: list[str]) -> list[pd.DataFrame]:
    """Join purchases with the runs of the same keys that were on: in parts, as many pairs at a time as memory takes."""
    pairs = np.zeros(len(goods))
    if len(runs):
        sizes = runs.groupby(on, as_index=False).size()
        pairs = goods[on].merge(sizes, on=on, how="left")["size"].fillna(0).to_numpy()
    rows = goods[pairs > 0]
    ends = np.flatnonzero(np.diff(np.cumsum(pairs[pairs > 0]) // _CHUNK)) + 1
    found = []
    for first, last in pairwise([0, *ends.tolist(), max(len(rows), 1)]):
        hit = rows.iloc[first:last].merge(runs, on=on)
        found.append(hit[((hit["day"] >= hit["first_day"]) & (hit["day"] <= hit["last_day"])).to_numpy()])
    return found


def _order_uses(rows: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the receipts that used an offer on baskets."""
    told = rows.loc[(rows["order_offer"] >= 0).to_numpy(), ["receipt", "order_offer"]].drop_duplicates("receipt")
    uses = told.merge(orders, on="receipt")[["customer", "day", "week", "order_offer", "paid", "quantity"]]
    return uses.rename(columns={"order_offer": "offer"})


def joined(parts: list[dict[str, pd.DataFrame]]) -> Aggregates:
    """Put parts together, sorted by customer, so that their number does not matter.

    Parameters
    ----------
    parts
        The tables of `Aggregates` by name. They are taken out one by one, so that no table exists twice.
    """
    frames: dict[str, pd.DataFrame] = {}
    for field in fields(Aggregates):
        pieces = [part.pop(field.name) for part in parts]
        if field.name in _OVER_ALL:
            whole = summed(pd.concat(pieces, ignore_index=True), _OVER_ALL[field.name], _MONEY)
            week = {"week": (whole["day"] - 1) // 7} if field.name == "nobodys" else {}
            frames[field.name] = whole.assign(**week)
        else:
            frames[field.name] = _by_customer(pieces)
    return Aggregates(**frames)


def _by_customer(pieces: list[pd.DataFrame]) -> pd.DataFrame:
    """Put tables together one column at a time, and empty their list: a large table never exists twice."""
    customer = np.concatenate([piece["customer"].to_numpy() for piece in pieces])
    order = None if (np.diff(customer) >= 0).all() else np.argsort(customer, kind="stable").astype(np.int32)
    taken = [{name: piece[name].to_numpy() for name in piece.columns} for piece in pieces]
    pieces.clear()
    columns = {}
    for name in list(taken[0]):
        column = np.concatenate([each.pop(name) for each in taken])
        columns[name] = column if order is None else column[order]
    return pd.DataFrame(columns, copy=False)

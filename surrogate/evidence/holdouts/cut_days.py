"""Days on which a product's shelf price was cut for everybody, though no declared offer says so.

Where customers take the better of a cut and their coupon, a coupon adds nothing to a cut as deep as itself, and to one
half as deep about half of what it brings alone. Such days tell what it adds to the cut, so a holdout leaves them out,
as training does with weeks (`surrogate.shelf.closed_cells`). Retailers whose coupons come on top of cuts show it at the
till, in rows with both (`surrogate.shelf.on_top`): there nothing is left out.

A cut of a part of the goods, as of one brand, takes from the coupon what it takes: whoever wanted one of these goods at
a lower price may have bought the cut one without it, and what is bought at the cut price stands in what the coupon's
extra units are set against. So such days count only where there are too few others, and then goods at a cut price are
not among those that the extra units are set against.

A cut is read off the rows: what the goods cost below their list price, of purchases without a coupon. A product that
was not bought on a day cost what it did on the nearest day of that week on which it was. Where purchases do not tell
days apart (`surrogate.shelf.priced_by_day`), the mean of a week is what each of its days cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Float, Int
from scenarios.language.words import Mechanic
from surrogate.data.adding_up.aggregate import CUT
from surrogate.data.events import Events
from surrogate.evidence.holdouts.public_days import EVERYTHING, MOST
from surrogate.shelf.mechanics import past_terms
from surrogate.shelf.on_top import NEAR, OFF_THE_PRICE, Beside, beside_cuts
from surrogate.shelf.priced_by_day import goods_at, priced_by_day

PARTLY = 0.1
"""Share of an offer's goods, by their usual value, that must be cut for a day to be one of a cut of a part of them."""
WEEK = 7


class Free(NamedTuple):
    """What cuts leave of a run."""

    days: Int
    """Ordinals."""
    mostly: int
    """Days on which most of the goods were cut, none of which is left."""
    partly: int
    """Days on which a part of them was."""
    cut: Int
    """Goods and days of a cut, as `surrogate.shelf.priced_by_day.goods_at` numbers them."""


class CutDays:
    """When the shelf price of which products was cut."""

    def __init__(self, events: Events) -> None:
        names = ["product", "day", "regular", "shelf_discount", "quantity", "coupon_discount"]
        sales = pd.concat([events.sales[names], events.nobodys[names]], ignore_index=True)
        plain = sales[(sales["coupon_discount"] <= 0).to_numpy()]
        size = len(events.products)
        self._by_day = priced_by_day(
            plain["product"].to_numpy(dtype=np.int64),
            plain["day"].to_numpy(dtype=np.int64),
            (plain["shelf_discount"] >= CUT * plain["regular"]).to_numpy(),
            size,
        )
        daily = plain.groupby(["product", "day"], as_index=False)[["regular", "shelf_discount", "quantity"]].sum()
        columns = (daily[name].to_numpy(dtype=float) for name in ("regular", "shelf_discount", "quantity"))
        self._product, self._day = (daily[name].to_numpy(dtype=np.int64) for name in ("product", "day"))
        self._regular, self._off, units = columns
        self._value = np.bincount(self._product, self._regular, size).astype(np.float64)
        self._price = self._value / np.maximum(np.bincount(self._product, units, size), 1e-9)
        self._past = events.past_offers
        self._together = beside_cuts(events) is Beside.ON_TOP
        self._deep: dict[str, Float] = {}
        self.by_day = bool(self._by_day.any())
        """Whether days of any product are told apart; else whole weeks are left out."""

    def free(self, days: Int, offer: str, goods: Mapping[int, float], among: Int, most: float = MOST) -> Free:
        """Return what is left of the days of an offer without those that a cut took.

        Parameters
        ----------
        days
            Ordinals on which the offer ran.
        offer
            Its id.
        goods
            Product of the data, or `EVERYTHING` -> weight.
        among
            Products that `EVERYTHING` stands for.
        most
            Share of the goods that may be cut on a day that is left.
        """
        if self._together or Mechanic(self._past[offer].mechanic) not in OFF_THE_PRICE or not days.size:
            return Free(days, 0, 0, np.zeros(0, dtype=np.int64))
        weight = np.zeros(self._value.size)
        if EVERYTHING in goods:
            weight[among] = goods[EVERYTHING]
        on = [product for product in goods if product != EVERYTHING]
        weight[on] = np.maximum(weight[on], [goods[product] for product in on])
        first, last = (int(day - 1) // WEEK for day in (days[0], days[-1]))
        monday, span = first * WEEK + 1, (last - first + 1) * WEEK
        here = (self._day >= monday) & (self._day < monday + span) & (weight[self._product] > 0)
        product, row = np.unique(self._product[here], return_inverse=True)
        sums = np.zeros((2, product.size, span))
        for each, worth in zip(sums, (self._regular, self._off), strict=True):
            np.add.at(each, (row, self._day[here] - monday), worth[here])
        ran = np.isin(monday + np.arange(span), days)
        cut, known = self._cut(sums, product, self._too_deep(offer)[product], ran)
        told = (weight * self._value)[product, None] * known
        share = ((told * cut).sum(axis=0) / np.maximum(told.sum(axis=0), 1e-300))[days - monday]
        mostly, some = share > MOST, share > PARTLY
        at, day = np.nonzero(cut & (told > 0))
        return Free(
            days[share <= most],
            int(mostly.sum()),
            int(some.sum()) - int(mostly.sum()),
            goods_at(product[at], day + monday),
        )

    def _cut(self, sums: Float, product: Int, deep: Float, ran: Flag) -> tuple[Flag, Flag]:
        """Return of which products on which days [P, D] the price was cut, and of which it is known at all.

        Parameters
        ----------
        sums : [2, P, D]
            What was bought is worth at list prices, and the discounts on it; whole weeks.
        product, deep : [P]
            Products, and which cuts are meant.
        ran : [D]
            Days of the offer: of goods whose days are not told apart only these are looked at.
        """
        regular, off = sums.reshape(2, len(product), -1, WEEK)
        by_day, deep = self._by_day[product, None, None], deep[:, None, None]
        seen = np.where(by_day | ran.reshape(-1, WEEK), regular, 0.0)
        known = np.broadcast_to((seen > 0).any(axis=2, keepdims=True), regular.shape)
        of_week = np.where(seen > 0, off, 0.0).sum(axis=2, keepdims=True) >= deep * seen.sum(axis=2, keepdims=True)
        cut = np.where(by_day, _nearest(off >= deep * regular, regular > 0), of_week) & known
        return cut.reshape(sums.shape[1:]), known.reshape(sums.shape[1:])

    def _too_deep(self, offer: str) -> Float:
        """Return by product [K] the cut from which on a day is the cut's."""
        if offer not in self._deep:
            terms = self._past[offer]
            savings = [past_terms(terms, price=max(float(price), 1e-9), order=1.0).saving for price in self._price]
            self._deep[offer] = np.maximum(CUT, NEAR * np.array(savings))
        return self._deep[offer]


def _nearest(value: Flag, known: Flag) -> Flag:
    """Return values [..., 7] of the nearest day of the same week that is known, the earlier of two."""
    place = np.arange(WEEK)
    far = np.abs(place[:, None] - place) * 2 + (place > place[:, None])
    at = np.where(known[..., None, :], far, 2 * WEEK).argmin(axis=-1)
    return np.take_along_axis(value, at, axis=-1)

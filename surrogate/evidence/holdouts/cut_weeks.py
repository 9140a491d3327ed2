"""Weeks in which a product's shelf price was cut for everybody, though no declared offer says so.

Where customers take the better of a cut and their coupon, a coupon adds nothing to a cut as deep as itself, and to one
half as deep about half of what it brings alone. Such weeks tell what it adds to the cut, so a holdout leaves them out,
as training does (`surrogate.shelf.closed_cells`). Retailers whose coupons come on top of cuts show it at the till, in
rows with both (`surrogate.shelf.on_top`): there nothing is left out.

A cut of a part of the goods, as of one brand, takes from the coupon what it takes: whoever wanted one of these goods at
a lower price may have bought the cut one without it, and what is bought at the cut price stands in what the coupon's
extra units are set against. So such weeks count only where there are too few others, and then goods at a cut price are
not among those that the extra units are set against.

A cut is read off the rows: what the goods cost below their list price, of purchases without a coupon.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.words import Mechanic
from surrogate.data.adding_up.aggregate import CUT
from surrogate.data.events import Events
from surrogate.evidence.holdouts.public_days import EVERYTHING, MOST
from surrogate.shelf.mechanics import past_terms
from surrogate.shelf.on_top import NEAR, OFF_THE_PRICE, Beside, beside_cuts

PARTLY = 0.1
"""Share of an offer's goods, by their usual value, that must be cut for a week to be one of a cut of a part of them."""
_WEEKS = 1 << 32
"""More than any number of a week."""


class Free(NamedTuple):
    """What cuts leave of a run."""

    days: Int
    """Ordinals."""
    mostly: int
    """Weeks in which most of the goods were cut, none of whose days is left."""
    partly: int
    """Weeks in which a part of them was."""
    cut: Int
    """Goods and weeks of a cut, as `goods_weeks` numbers them."""


def goods_weeks(product: Int, week: Int) -> Int:
    """Return one number for each product and week."""
    return product.astype(np.int64) * _WEEKS + week


class CutWeeks:
    """When the shelf price of which products was cut."""

    def __init__(self, events: Events) -> None:
        sales = events.sales
        plain = sales[(sales["coupon_discount"] <= 0).to_numpy()]
        daily = plain.groupby(["product", "day"], as_index=False)[["regular", "shelf_discount", "quantity"]].sum()
        columns = (daily[name].to_numpy(dtype=float) for name in ("regular", "shelf_discount", "quantity"))
        self._product, self._day = (daily[name].to_numpy(dtype=np.int64) for name in ("product", "day"))
        self._regular, self._off, units = columns
        size = len(events.products)
        self._value = np.bincount(self._product, self._regular, size).astype(np.float64)
        self._price = self._value / np.maximum(np.bincount(self._product, units, size), 1e-9)
        self._past = events.past_offers
        self._together = beside_cuts(events) is Beside.ON_TOP
        self._deep: dict[str, Float] = {}

    def free(self, days: Int, offer: str, goods: Mapping[int, float], among: Int, most: float = MOST) -> Free:
        """Return what is left of the days of an offer without those of weeks that a cut took.

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
            Share of the goods that may be cut in a week whose days are left.
        """
        if self._together or Mechanic(self._past[offer].mechanic) not in OFF_THE_PRICE or not days.size:
            return Free(days, 0, 0, np.zeros(0, dtype=np.int64))
        weight = np.zeros(self._value.size)
        if EVERYTHING in goods:
            weight[among] = goods[EVERYTHING]
        on = [product for product in goods if product != EVERYTHING]
        weight[on] = np.maximum(weight[on], [goods[product] for product in on])
        here = np.isin(self._day, days)
        number, at = np.unique(goods_weeks(self._product[here], (self._day[here] - 1) // 7), return_inverse=True)
        regular, off = (np.bincount(at, of[here], number.size) for of in (self._regular, self._off))
        product, first = number // _WEEKS, (int(days[0]) - 1) // 7
        cut = off / np.maximum(regular, 1e-9) >= self._too_deep(offer)[product]
        told = weight[product] * self._value[product] * (regular > 0)
        week = number % _WEEKS - first
        whole, taken = np.bincount(week, told), np.bincount(week, told * cut)
        share = taken / np.maximum(whole, 1e-300)
        out = first + np.flatnonzero(share > most)
        mostly = int((share > MOST).sum())
        partly = int((share > PARTLY).sum()) - mostly
        return Free(days[~np.isin((days - 1) // 7, out)], mostly, partly, number[cut & (told > 0)])

    def _too_deep(self, offer: str) -> Float:
        """Return by product [K] the cut from which on a week is the cut's."""
        if offer not in self._deep:
            terms = self._past[offer]
            savings = [past_terms(terms, price=max(float(price), 1e-9), order=1.0).saving for price in self._price]
            self._deep[offer] = np.maximum(CUT, NEAR * np.array(savings))
        return self._deep[offer]

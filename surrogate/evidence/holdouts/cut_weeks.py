"""Weeks in which a product's shelf price was cut for everybody, though no declared offer says so.

Where customers take the better of a cut and their coupon, a coupon adds nothing to a cut as deep as itself, and to one
half as deep about half of what it brings alone. Such weeks tell what it adds to the cut, so a holdout leaves them out,
as training does (`surrogate.shelf.closed_cells`). Retailers whose coupons come on top of cuts show it at the till, in
rows with both (`surrogate.shelf.on_top`): there nothing is left out.

A cut is read off the rows: what the goods cost below their list price, of purchases without a coupon.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.words import Mechanic
from surrogate.data.adding_up.aggregate import CUT
from surrogate.data.events import Events
from surrogate.evidence.holdouts.public_days import EVERYTHING, MOST
from surrogate.shelf.mechanics import past_terms
from surrogate.shelf.on_top import NEAR, OFF_THE_PRICE, Beside, beside_cuts


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

    def free(self, days: Int, offer: str, goods: Mapping[int, float], among: Int) -> tuple[Int, int]:
        """Return the days of an offer without those of weeks that a cut took, and the number of these weeks.

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
        """
        if self._together or Mechanic(self._past[offer].mechanic) not in OFF_THE_PRICE or not days.size:
            return days, 0
        weight = np.zeros(self._value.size)
        if EVERYTHING in goods:
            weight[among] = goods[EVERYTHING]
        on = [product for product in goods if product != EVERYTHING]
        weight[on] = np.maximum(weight[on], [goods[product] for product in on])
        week = (days - 1) // 7
        taken = [number for number in np.unique(week).tolist() if self._cut(days[week == number], offer, weight)]
        return days[~np.isin(week, taken)], len(taken)

    def _cut(self, days: Int, offer: str, weight: Float) -> bool:
        """Return whether most of what was on offer, by its usual value, cost too little on some days of a week."""
        here = np.isin(self._day, days)
        size = self._value.size
        regular, off = (np.bincount(self._product[here], of[here], size) for of in (self._regular, self._off))
        depth = off / np.maximum(regular, 1e-9)
        told = weight * self._value * (regular > 0)
        return bool(told.sum() > 0 and told[depth >= self._too_deep(offer)].sum() > MOST * told.sum())

    def _too_deep(self, offer: str) -> Float:
        """Return by product [K] the cut from which on a week is the cut's."""
        terms = self._past[offer]
        savings = [past_terms(terms, price=max(float(price), 1e-9), order=1.0).saving for price in self._price]
        return np.maximum(CUT, NEAR * np.array(savings))

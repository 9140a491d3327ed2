"""How much of what contacted customers bought was taken with a declared offer, where coupon discounts show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.words import Mechanic
from surrogate.events import Events
from surrogate.mechanics import past_terms

Float = NDArray[np.float64]
Int = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class UseCells:
    """One cell an offer and category (U), by group of customers (G)."""

    kind: Int
    """[U] index into `surrogate.mechanics.KINDS`."""
    saving: Float
    category: Int
    exposed: Float
    """[G, U] units that contacted customers bought of the goods while the offer ran."""
    used: Float
    """[G, U] of them with a discount of the offer's layer."""


@dataclass(frozen=True, kw_only=True, eq=False)
class UseRows:
    """Purchases that a declared offer could have been used for, before customers are grouped."""

    rows: pd.DataFrame
    """customer, cell, quantity, used (units)"""
    kind: Int
    saving: Float
    category: Int

    def by_group(self, group: Mapping[int, int], groups: int) -> UseCells:
        """Sum over groups of customers."""
        owner = self.rows["customer"].map(group)
        rows, count = self.rows[owner.notna()], self.kind.size
        cell = owner.dropna().to_numpy(dtype=np.int64) * count + rows["cell"].to_numpy(dtype=np.int64)
        quantity, used = (rows[name].to_numpy(dtype=float) for name in ("quantity", "used"))
        exposed, taken = (
            np.bincount(cell, value, groups * count).astype(np.float64).reshape(groups, count)
            for value in (quantity, np.minimum(used, quantity))
        )
        return UseCells(kind=self.kind, saving=self.saving, category=self.category, exposed=exposed, used=taken)


def find_uses(events: Events, goods: pd.DataFrame, *, last_week: int) -> UseRows:
    """Find how much of what named customers bought under a declared offer was taken with it, up to a week.

    Use shows as a coupon discount in the row. A mechanic that never shows there (a gift, a saving on a receipt line of
    its own) says nothing about its use and is left out, as are offers on the basket.

    Parameters
    ----------
    events
        For ``offers``, ``offer_sales`` and ``past_offers``.
    goods
        Index product; category (index) and price (regular).
    last_week
        Sales after it are not used.
    """
    sales, declared = events.offer_sales, events.past_offers
    name_of = events.offers.drop_duplicates("run").set_index("run")["offer"]
    sales = sales[(sales["week"] <= last_week) & sales["product"].isin(goods.index)]
    sales = sales.assign(offer=sales["run"].map(name_of), category=sales["product"].map(goods["category"]))
    mechanic = sales["offer"].map({name: Mechanic(offer.mechanic).value for name, offer in declared.items()})
    shown = {word for word in set(mechanic[sales["used"] > 0]) if not Mechanic(word).is_basket}
    sales = sales[mechanic.isin(shown)]
    spot = ["offer", "category"]
    cells = sales.groupby(spot, sort=True).size().reset_index()[spot]
    sales = sales.merge(cells.reset_index(names="cell"), on=spot)
    price = goods.groupby("category")["price"].mean()
    terms = [
        past_terms(declared[name], price=float(price[category]), order=1.0)
        for name, category in zip(cells["offer"], cells["category"], strict=True)
    ]
    return UseRows(
        rows=sales[["customer", "cell", "quantity", "used"]],
        kind=np.array([one.kind for one in terms], dtype=np.int64),
        saving=np.array([one.saving for one in terms], dtype=np.float64),
        category=cells["category"].to_numpy(dtype=np.int64),
    )

"""How much of what contacted customers bought was taken with a declared offer, where discounts in the rows show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.words import Layer, Mechanic
from surrogate.mechanics import KINDS, PastOffer, past_terms
from surrogate.past_offers import BASKET_PRODUCT, EVERYBODY

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
    """customer, cell, quantity, used"""
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
            for value in (quantity, quantity * used)
        )
        return UseCells(kind=self.kind, saving=self.saving, category=self.category, exposed=exposed, used=taken)


def find_uses(
    offers: pd.DataFrame,
    declared: Mapping[str, PastOffer],
    purchases: pd.DataFrame,
    goods: pd.DataFrame,
    *,
    last_week: int,
) -> UseRows:
    """Find the purchases under targeted offers and public bundles, up to a week.

    A targeted offer shows as a coupon discount in the row, a public bundle as a shelf discount. A mechanic that never
    shows (a gift, or a bundle that is rung up elsewhere) says nothing about its use.

    Parameters
    ----------
    offers, declared
        As in `surrogate.past_offers.lay_out_offers`.
    purchases
        customer, product, week, day, quantity, shelf_discount, coupon_discount.
    goods
        Index product; category (index) and price (regular).
    last_week
        Rows and offers after it are not used.
    """
    shown = {name: _discount_of(offer) for name, offer in declared.items()}
    runs = offers[offers["offer"].map(shown).fillna("") != ""]
    named = runs["customer"] != EVERYBODY
    bought = purchases[(purchases["week"] <= last_week) & purchases["product"].isin(goods.index)]
    parts = []
    for rows, keys in ((runs[named], ["customer"]), (runs[~named], [])):
        everything = rows["product"] == BASKET_PRODUCT
        parts.append(_matched(rows[~everything], bought, [*keys, "product"]))
        parts.append(_matched(rows[everything], bought, keys))
    hit = pd.concat(parts, ignore_index=True)
    column = hit["offer"].map(shown)
    discount = np.where(column == "coupon_discount", hit["coupon_discount"], hit["shelf_discount"])
    hit = hit.assign(used=discount > 0, category=hit["product"].map(goods["category"]))
    mechanic = hit["offer"].map({name: KINDS.index(Mechanic(offer.mechanic)) for name, offer in declared.items()})
    seen = set(mechanic[hit["used"]])
    hit = hit[mechanic.isin(seen)]
    spot = ["offer", "category"]
    cells = hit.groupby(spot, sort=True).size().reset_index()[spot]
    hit = hit.merge(cells.reset_index(names="cell"), on=spot)
    price = goods.groupby("category")["price"].mean()
    terms = [
        past_terms(declared[name], price=float(price[category]), order=1.0)
        for name, category in zip(cells["offer"], cells["category"], strict=True)
    ]
    return UseRows(
        rows=hit[["customer", "cell", "quantity", "used"]],
        kind=np.array([one.kind for one in terms], dtype=np.int64),
        saving=np.array([one.saving for one in terms], dtype=np.float64),
        category=cells["category"].to_numpy(dtype=np.int64),
    )


def _discount_of(offer: PastOffer) -> str:
    """Return the column that shows an offer's use; empty where none does or everybody uses it."""
    mechanic, targeted = Mechanic(offer.mechanic), Layer(offer.layer) is Layer.TARGETED
    if mechanic.is_basket or mechanic is Mechanic.FEATURE:
        return ""
    if targeted:
        return "coupon_discount"
    return "shelf_discount" if mechanic is Mechanic.BUNDLE else ""


def _matched(rows: pd.DataFrame, bought: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return purchases while the offers of the rows ran, matched by the given columns."""
    terms = rows[[*keys, "offer", "first_day", "last_day"]].drop_duplicates()
    joined = terms.merge(bought, on=keys) if keys else terms.merge(bought, how="cross")
    return joined[(joined["day"] >= joined["first_day"]) & (joined["day"] <= joined["last_day"])]

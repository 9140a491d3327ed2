"""What promotions the data holds, and how far an offer is from them.

Distance 0 is a saving that ran often enough in the same category under the same mechanic. It grows by 1 for every 10
points of log price that the saving differs (half of that between savings that both ran: the response there is held
from both sides), by 0.5 for leaning on other categories and by 1 for leaning on other mechanics, which are pooled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from scenarios.language.words import Mechanic
from surrogate.shelf.cells import Shelf
from surrogate.shelf.coupons import CouponRows
from surrogate.shelf.deal_cells import PastOffers
from surrogate.shelf.mechanics import BASKET_KINDS, KINDS
from surrogate.stored_sizes import Holds

ENOUGH_WEEKS = 4.0
"""Item weeks under a promotion that count as having seen it."""
STEP = 0.10
"""Difference of log prices that makes a distance of 1."""
OTHER_CATEGORY, OTHER_MECHANIC = 0.5, 1.0
FARTHEST = 5.0
"""No distance is larger; an offer that resembles nothing of the data has it."""
_LEAST_DEPTH = 0.02
"""In whole points, as savings are written down here."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Support:
    """Promotions of the data: M kinds of cells with alike mechanic, category and saving."""

    kind: Annotated[Int, Holds(axes="promotions", least=0, below=len(KINDS))]
    """[M] index into `surrogate.shelf.mechanics.KINDS`."""
    category: Annotated[Int, Holds(axes="promotions", least=0)]
    """[M] index of the category; their number stands for the basket."""
    saving: Annotated[Float, Holds(axes="promotions")]
    """[M] in whole points."""
    weeks: Annotated[Float, Holds(axes="promotions", least=0)]
    """[M] item weeks, each counted by the share of sales that was reached."""

    def distance(self, kind: Int, category: Int, saving: Float) -> Float:
        """Return the distance [N] of offers from the data.

        Parameters
        ----------
        kind, category, saving
            [N] as in the record.
        """
        return np.array(
            [self._one(int(k), int(c), float(d)) for k, c, d in np.broadcast(kind, category, saving)]
        ).reshape(np.broadcast_shapes(np.shape(kind), np.shape(category), np.shape(saving)))

    @property
    def deepest(self) -> float:
        """The largest saving that ran often enough under any mechanic on any product or order; 0 where none did."""
        order = np.argsort(-self.saving, kind="stable")
        enough = np.flatnonzero(np.cumsum(self.weeks[order]) >= ENOUGH_WEEKS)
        return float(self.saving[order][enough[0]]) if enough.size else 0.0

    def largest(self, kind: int) -> float:
        """Return the largest saving that ran often enough under a mechanic; 0 where none did."""
        here = self.kind == kind
        order = np.argsort(-self.saving[here], kind="stable")
        enough = np.flatnonzero(np.cumsum(self.weeks[here][order]) >= ENOUGH_WEEKS)
        return float(self.saving[here][order][enough[0]]) if enough.size else 0.0

    def mechanics(self) -> dict[str, float]:
        """Return item weeks by mechanic."""
        weeks = np.bincount(self.kind, self.weeks, len(KINDS))
        return {mechanic.value: float(count) for mechanic, count in zip(KINDS, weeks, strict=True) if count > 0}

    def _one(self, kind: int, category: int, saving: float) -> float:
        if not self.kind.size:
            return FARTHEST
        same = (self.kind == kind) & (self.weeks > 0)
        step = np.abs(np.log1p(-self.saving) - np.log1p(-min(saving, 0.95))) / STEP
        if same.any() and self.saving[same].min() <= saving <= self.saving[same].max():
            step = np.where(same, step / 2, step)
        basket = np.isin(self.kind, BASKET_KINDS) != (kind in BASKET_KINDS)
        cost = step + OTHER_CATEGORY * (self.category != category) + OTHER_MECHANIC * ((self.kind != kind) + basket)
        order = np.argsort(cost, kind="stable")
        enough = np.flatnonzero(np.cumsum(self.weeks[order]) >= ENOUGH_WEEKS)
        return min(float(cost[order][enough[0]]), FARTHEST) if enough.size else FARTHEST


def find_support(shelf: Shelf, coupons: CouponRows, offers: PastOffers | None) -> Support:
    """Gather the promotions of a shelf's weeks, of mailed coupons and of declared past offers.

    Shelf discounts that no declared offer explains count as price discounts.
    """
    plain = shelf if offers is None else offers.shelf_without(shelf)
    item, week = np.nonzero(np.round(plain.depth, 2) >= _LEAST_DEPTH)
    frames = [_frame(KINDS.index(Mechanic.PRICE_DISCOUNT), shelf.category[item], plain.depth[item, week], 1.0)]
    if coupons.rows.size:
        bought = np.bincount(coupons.rows["cell"].to_numpy(dtype=np.int64), minlength=coupons.depth.size)
        frames.append(
            _frame(KINDS.index(Mechanic.COUPON), coupons.category, coupons.depth, np.minimum(bought / 20.0, 4.0))
        )
    if offers is not None:
        cells = offers.cells
        reached = np.bincount(offers.entry_cell, offers.entry_share, cells.kind.size)
        inside = cells.week <= shelf.weeks[-1]
        category = np.append(shelf.category, len(shelf.categories))[cells.item]
        frames.append(
            _frame(cells.kind[inside], category[inside], cells.saving[inside], np.minimum(reached[inside], 1.0))
        )
    seen = pd.concat(frames).groupby(["kind", "category", "saving"], sort=True)["weeks"].sum().reset_index()
    return Support(
        kind=seen["kind"].to_numpy(dtype=np.int64),
        category=seen["category"].to_numpy(dtype=np.int64),
        saving=seen["saving"].to_numpy(dtype=np.float64),
        weeks=np.round(seen["weeks"].to_numpy(dtype=np.float64), 3),
    )


def _frame(kind: Int | int, category: Int, saving: Float, weeks: Float | float) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "category": category, "saving": np.round(saving, 2), "weeks": weeks})

"""Sales that no line touches, beside each watched series: they tell what a period does to everything alike.

A warm week sells more of all garden goods, whether an offer runs or not. So an offer's sales are judged beside those of
products without a line in the same periods, those of its own category apart from the others; and beside its own
products in periods without a line, which tell how far their baselines are off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.flight.series import Kind, Watched, offer_cells
from scenarios.grid import Grid

OWN, CATEGORY, OTHERS = range(3)
"""What untouched sales are of: products of the offer itself, others of their categories, all others."""
LEAST_UNITS = 20.0
"""Units that are expected of untouched sales in a period, below which they tell nothing of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Untouched:
    """Which untouched sales stand beside each of J series."""

    free: Flag
    """[K, T] cells that can be compared and that no line on a product touches."""
    own: Flag
    """[J, K] the offer's own products."""
    alike: Flag
    """[J, K] other products of their categories."""
    others: Flag
    """[J, K] all others."""
    apart: Flag
    """[J, T] periods in which nothing is touched by the series itself."""
    inside: Flag
    """[C, K] products of each category."""

    def sums(self, products: Float) -> Float:
        """[..., J, 3, T] untouched sales by what they are of, of units [..., K, T]."""
        kept = np.where(self.free, products, 0.0)
        which = (self.own, self.alike, self.others)
        parts = [np.einsum("jk,...kt->...jt", each.astype(float), kept) for each in which]
        return np.where(self.apart[:, None], np.stack(parts, axis=-2), 0.0)

    def by_category(self, products: Float) -> Float:
        """[..., C, T] all untouched sales of each category, of units [..., K, T]."""
        kept = np.where(self.free, products, 0.0)
        return np.asarray(np.einsum("ck,...kt->...ct", self.inside.astype(float), kept))

    @property
    def compared(self) -> Flag:
        """[J] series that are judged beside untouched sales, whenever they run."""
        return np.asarray((self.own | self.alike | self.others).any(axis=1) & self.apart.all(axis=1))


def untouched(grid: Grid, plan: NDArray[np.int8], watched: Watched, more: int = 0) -> Untouched:
    """Lay out untouched sales beside the watched series, and beside ``more`` that follow them and have none.

    Only offers have any: what happens to all sales is what the total and segments are watched for, and how much single
    products scatter by themselves tells how noisy periods are. Nor has an offer on whole baskets where it runs, because
    it touches everything.
    """
    cells: dict[str, Flag] = {name: np.asarray(where.any(axis=0)) for name, where in offer_cells(grid, plan).items()}
    whole = {offer.id for offer in grid.scenario.offers if offer.is_basket}
    free = watched.usable.copy()
    for name, where in cells.items():
        if name not in whole:
            free &= ~where
    names = [product.category for product in grid.products]
    places = {name: number for number, name in enumerate(dict.fromkeys(names))}
    category = np.array([places[name] for name in names])
    count, (_, k, t) = len(watched.series) + more, grid.shape
    own, alike, others = (np.zeros((count, k), dtype=bool) for _ in range(3))
    apart = np.ones((count, t), dtype=bool)
    for number, series in enumerate(watched.series):
        if series.kind is not Kind.OFFER:
            continue
        mine = cells[series.id].any(axis=1)
        if series.id in whole:
            apart[number] = ~cells[series.id].any(axis=0)
        own[number] = mine
        kin = np.isin(category, category[mine])
        alike[number], others[number] = kin & ~mine, ~kin
    inside = np.arange(len(places))[:, None] == category[None]
    return Untouched(free=free, own=own, alike=alike, others=others, apart=apart, inside=inside)

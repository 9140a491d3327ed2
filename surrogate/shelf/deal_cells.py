"""Declared past offers by shelf item and week, and the share of each group of customers that they reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Float, Int
from surrogate.data.row_store import NOBODYS
from surrogate.shelf.cells import Shelf
from surrogate.shelf.owners import owners
from surrogate.shelf.reach import Reach


@dataclass(frozen=True, kw_only=True, eq=False)
class DealCells:
    """Offers by item and week, with the share of each group's sales that they reach. D cells, G groups."""

    offer: tuple[str, ...]
    """[D] id of the past offer."""
    kind: Int
    """[D] index into `surrogate.shelf.mechanics.KINDS`."""
    saving: Float
    """[D] share of the price, or of the typical order, that the offer saves."""
    level: Float
    """[D] basket offers: log of the order value asked for over the typical one; 0 on products."""
    tired: Float
    """[D] earlier promoted days that customers remember (`surrogate.shelf.tiredness`)."""
    targeted: Flag
    """[D] chosen per customer, not for everybody."""
    item: Int
    """[D] index of the shelf item; the number of items stands for the whole basket."""
    week: Int
    """[D] week number."""
    apart: Flag
    """[D] targeted at named customers, whose purchases are known by themselves."""
    beside: Int
    """[D] the public offer that ran on most of a targeted one's days; 0 where none did."""
    overlap: Float
    """[D] share of the days that it did."""
    use_seen: Flag
    """[D] whether coupon discounts in the rows show the use of the offer's mechanic."""
    share: Float
    """[G, D] of a group's usual sales that the offer reaches, 0 to 1."""
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
    """Everything that ran, before customers are grouped. D cells, R runs, N entries."""

    cells: DealCells
    """Without groups: ``share`` [0, D]."""
    entry_cell: Int
    """[N] cell of each entry: a cell has one entry a run and product that it is made of."""
    entry_run: Int
    """[N] run of each entry."""
    entry_share: Float
    """[N] what the run reaches of the cell, were everybody contacted."""
    runs: int
    """R"""
    unnamed: Float
    """[R] share of everybody that a run without named customers reaches: 1 for a public one; 0 with named ones."""
    reach: Reach
    """Who was named by targeted runs, and what share of a group's purchases they make."""
    bought: pd.DataFrame
    """customer, cell, quantity, used (units): what named customers bought while their offer ran."""
    covered: Float
    """[I, T] share of an item's value whose shelf price is explained by declared public offers."""
    offered: Float
    """[I, T] largest share of an item's customers and sales under declared offers of any kind on products."""
    closed: int = 0
    """Cells left out, because their goods were on a cut that the offer was not used beside."""

    def by_group(self, group: Mapping[int, int], groups: int) -> DealCells:
        """Return the cells with the share of each group's sales that they reach."""
        owner = owners(group, self.reach.usual.customers)
        reach = self.unnamed[None, :] + self.reach.of_groups(owner, groups)
        share = np.zeros((self.cells.kind.size, groups))
        np.add.at(share, self.entry_cell, reach.T[self.entry_run] * self.entry_share[:, None])
        if NOBODYS in group:
            share[self.cells.targeted, group[NOBODYS]] = 0.0  # nobody sends anything to strangers
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


def _by_group(rows: pd.DataFrame, column: str, group: Mapping[int, int], groups: int, cells: int) -> Float:
    """Sum a column to [G, D]."""
    owner = rows["customer"].map(group).to_numpy(dtype=float)
    known = np.isfinite(owner)
    place = owner[known].astype(np.int64) * cells + rows["cell"].to_numpy(dtype=np.int64)[known]
    sums = np.bincount(place, rows[column].to_numpy(dtype=float)[known], groups * cells)
    return sums.astype(np.float64).reshape(groups, cells)

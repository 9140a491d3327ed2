"""Whose held-out weeks are foreseen: segments of customers, and after them sales without a customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from surrogate.data.row_store import NOBODYS
from surrogate.effects.described import Described, segment_inputs
from surrogate.effects.fit import Member
from surrogate.effects.levels import last_level
from surrogate.people.segments import Segmentation
from surrogate.shelf.cells import ItemRows, Shelf, units_by_group
from surrogate.shelf.deal_cells import DealCells


@dataclass(frozen=True, kw_only=True, eq=False)
class Tested:
    """Segments, with who buys without being known as one more. G groups, S of them segments."""

    segments: Segmentation
    """Of the customers as they were at the end of the weeks that were learned from."""
    alike: int = 0
    """So many customers usually buy as much as is sold without one; 0 where such sales are no group of the test."""

    @property
    def count(self) -> int:
        """G."""
        return len(self.segments.ids) + bool(self.alike)

    def units(self, seen: Described, rows: ItemRows, shelf: Shelf) -> Float:
        """Return units [G, I, T] in weeks that were learned from."""
        return units_by_group(rows, shelf, self._with_strangers(self.segments.groups(seen.features)), self.count)

    def later_units(self, seen: Described, rows: ItemRows, shelf: Shelf) -> Float:
        """Return units [G, I, T] in weeks after them."""
        return units_by_group(rows, shelf, self._with_strangers(self.segments.later_groups(seen.features)), self.count)

    def deals(self, seen: Described) -> DealCells | None:
        """Return where declared offers ran and what share of each group they reached."""
        return seen.deals(self._with_strangers(self.segments.groups(seen.features)), self.count)

    def features(self, seen: Described, rows: ItemRows, shelf: Shelf) -> Float:
        """Return mean features [G, F]; all are unknown of sales without a customer."""
        _, means, _ = segment_inputs(self.segments, seen, rows, shelf)
        return np.vstack([means, np.zeros((self.count - len(means), means.shape[1]))])

    def levels(
        self, members: tuple[Member, ...], seen: Described, rows: ItemRows, shelf: Shelf, *, lasting: Float
    ) -> Float:
        """Return each member's units a week [E, G, I] at the end of the shelf's weeks, nothing promoted (`last_level`).

        Sales without a customer have a level by themselves, as `surrogate.effects.anonymous_level` finds it:
        ``lasting`` [S] moves sales between segments of customers.
        """
        segments, group = self.segments, {NOBODYS: 0}
        units, means, customers = segment_inputs(segments, seen, rows, shelf)
        deals = seen.deals(segments.groups(seen.features), len(segments.ids))
        known = [last_level(one, shelf, units, means, customers, lasting=lasting, deals=deals) for one in members]
        if not self.alike:
            return np.stack(known)
        units, deals = units_by_group(rows, shelf, group, 1), seen.deals(group, 1)
        unknown, many = np.zeros((1, means.shape[1])), np.array([float(self.alike)])
        strangers = [last_level(one, shelf, units, unknown, many, lasting=np.ones(1), deals=deals) for one in members]
        return np.concatenate([np.stack(known), np.stack(strangers)], axis=1)

    def _with_strangers(self, group: dict[int, int]) -> dict[int, int]:
        return group | ({NOBODYS: len(self.segments.ids)} if self.alike else {})

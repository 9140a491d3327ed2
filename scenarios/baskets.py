"""Order values per segment: what threshold and free-shipping offers need to know about who already spends enough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OrderBin:
    """Orders of one segment near one value."""

    value: float
    """Order value, tax included."""
    orders: float
    """Orders per average period."""
    units: float
    """Units per order."""


@dataclass(frozen=True, kw_only=True)
class Baskets:
    """The order value distribution of each segment in one average period."""

    bins: dict[str, tuple[OrderBin, ...]]
    """By segment id."""

    def orders_per_period(self, segment: str) -> float:
        """Orders of a segment in one average period; 0 for a segment without bins."""
        return sum(entry.orders for entry in self.bins.get(segment, ()))

    def share_at_least(self, segment: str, spend: float) -> float:
        """Share of a segment's orders worth at least ``spend``."""
        total = self.orders_per_period(segment)
        enough = sum(entry.orders for entry in self.bins.get(segment, ()) if entry.value >= spend)
        return enough / total if total > 0 else 0.0

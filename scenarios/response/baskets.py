"""Order values per segment: what threshold and free-shipping offers need to know about who already spends enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


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
    quantities: dict[str, dict[str, tuple[OrderBin, ...]]] = field(default_factory=dict)
    """By segment id and product id: orders that hold the product, and units of it per order; values are not used."""

    def orders_per_period(self, segment: str) -> float:
        """Orders of a segment in one average period; 0 for a segment without bins."""
        return sum(entry.orders for entry in self.bins.get(segment, ()))

    def share_at_least(self, segment: str, spend: float) -> float:
        """Share of a segment's orders worth at least ``spend``."""
        total = self.orders_per_period(segment)
        return self.orders_at_least(segment, spend) / total if total > 0 else 0.0

    def orders_at_least(self, segment: str, spend: float) -> float:
        """Orders of a segment in one average period that are worth at least ``spend``."""
        return sum(entry.orders for entry in self.bins.get(segment, ()) if entry.value >= spend)

    def quantities_of(self, segment: str, product: str) -> tuple[OrderBin, ...]:
        """How many units of a product the orders of a segment hold; empty where that is not known."""
        return self.quantities.get(segment, {}).get(product, ())

    def times(self, grown: Mapping[str, float]) -> Baskets:
        """Return as many times the orders, by segment id; 1 for a segment that is not named."""

        def more(rows: tuple[OrderBin, ...], by: float) -> tuple[OrderBin, ...]:
            return tuple(replace(entry, orders=entry.orders * by) for entry in rows)

        return Baskets(
            bins={segment: more(rows, grown.get(segment, 1.0)) for segment, rows in self.bins.items()},
            quantities={
                segment: {product: more(rows, grown.get(segment, 1.0)) for product, rows in held.items()}
                for segment, held in self.quantities.items()
            },
        )

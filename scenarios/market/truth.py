"""The truth of a simulated market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.language.schema import Product, Segment
from scenarios.market.customers import CategoryTraits, MarketParams, SegmentTraits


@dataclass(frozen=True, kw_only=True)
class MarketTruth:
    """What is really so and no planner knows: how segments shop, how categories are bought, how the days run."""

    segments: dict[str, SegmentTraits]
    categories: dict[str, CategoryTraits]
    traffic: dict[dt.date, float]
    """Visits of a day relative to a quiet one; 1 for days that are not named."""
    competitor_events: dict[dt.date, float]
    """Depths that the competitor cuts its prices by on certain days, beside its surprises."""
    params: MarketParams

    def knows(self, segments: Iterable[Segment], products: Iterable[Product]) -> bool:
        """Whether it says how all these segments shop, and how the products' categories are bought."""
        return {segment.id for segment in segments} <= self.segments.keys() and {
            product.category for product in products
        } <= self.categories.keys()

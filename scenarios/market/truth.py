"""The truth of a simulated market."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

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

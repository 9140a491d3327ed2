"""What is really so in the market of the shipped scenario singles-day: how categories, segments and days run.

The numbers are made up; they follow what is known of retail: price elasticities around 3.6 in the mean, margins from
15 %, well above that on own labels and on clearance already written down, a peak on 11 November.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from scenarios.market.customers import CategoryTraits, MarketParams, SegmentTraits
from scenarios.market.truth import MarketTruth
from scenarios.shipped.singles_day_articles import APPEAL, ARTICLES
from scenarios.shipped.singles_day_portraits import PORTRAITS, Portrait

SEED = 20261111
START, PERIODS = dt.date(2026, 10, 15), 28
PEAK = dt.date(2026, 11, 11)

CATEGORIES = {
    "digital": CategoryTraits(
        need=0.0062, expansion=0.5, competitor_share=0.52, keep_days=90, satiation=3.0, stockpile=0.0, bulk=0.0
    ),
    "appliance": CategoryTraits(
        need=0.0085, expansion=0.5, competitor_share=0.52, keep_days=75, satiation=3.0, stockpile=0.0, bulk=0.0
    ),
    "makeup": CategoryTraits(
        need=0.02, expansion=0.5, competitor_share=0.5, keep_days=40, satiation=2.5, stockpile=0.6, bulk=0.2
    ),
    "skincare": CategoryTraits(
        need=0.02, expansion=0.5, competitor_share=0.5, keep_days=40, satiation=2.5, stockpile=0.8, bulk=0.3
    ),
    "snacks": CategoryTraits(
        need=0.06, expansion=0.55, competitor_share=0.48, keep_days=14, satiation=2.5, stockpile=1.6, bulk=1.0
    ),
    "drinks": CategoryTraits(
        need=0.042, expansion=0.5, competitor_share=0.48, keep_days=20, satiation=2.5, stockpile=1.6, bulk=1.0
    ),
    "household": CategoryTraits(
        need=0.052, expansion=0.45, competitor_share=0.48, keep_days=26, satiation=2.5, stockpile=2.0, bulk=1.2
    ),
    "baby": CategoryTraits(
        need=0.024, expansion=0.45, competitor_share=0.5, keep_days=22, satiation=2.5, stockpile=1.8, bulk=1.1
    ),
}


def _traffic() -> dict[dt.date, float]:
    """Visits of each day: weekends, the lull while everybody waits, the opening on 1 November, the peak."""
    special = {
        dt.date(2026, 10, 31): 1.35,
        dt.date(2026, 11, 1): 1.9,
        dt.date(2026, 11, 2): 1.25,
        dt.date(2026, 11, 8): 1.05,
        dt.date(2026, 11, 9): 1.1,
        dt.date(2026, 11, 10): 1.7,
        PEAK: 3.2,
    }
    traffic = {}
    for offset in range(-60, PERIODS):
        day = START + dt.timedelta(days=offset)
        weekend = 1.15 if day.weekday() >= 5 else 0.96
        waiting = 0.84 if dt.date(2026, 11, 3) <= day <= dt.date(2026, 11, 8) else 1.0
        traffic[day] = special.get(day, weekend * waiting)
    return traffic


def traits(portrait: Portrait, products: Iterable[str]) -> SegmentTraits:
    """Return what drives a segment's customers, its taste for some products among it."""
    taste = {product: APPEAL.get(product, 0.0) + portrait.likes.get(product.split("-")[0], 0.0) for product in products}
    return SegmentTraits(
        price_sensitivity=portrait.price_sensitivity,
        notice=portrait.notice,
        gift_taste=portrait.gift_taste,
        bulk=portrait.bulk,
        habit=portrait.habit,
        affinity=portrait.affinity,
        taste=taste,
    )


def truth(customers_per_segment: int = 2000) -> MarketTruth:
    """Return the market behind singles-day, with so many simulated customers per segment."""
    events = {dt.date(2026, 10, 31): 0.10, dt.date(2026, 11, 1): 0.14, dt.date(2026, 11, 10): 0.12, PEAK: 0.18}
    return MarketTruth(
        segments={segment: traits(portrait, ARTICLES) for segment, portrait in PORTRAITS.items()},
        categories=CATEGORIES,
        traffic=_traffic(),
        competitor_events=events,
        params=MarketParams(seed=SEED, urgency=0.15, customers_per_segment=customers_per_segment),
    )

"""A small market with a past: six segments, 16 products and every mechanic, to learn from and then to plan for.

It takes customers and articles of singles-day. The offers of the past differ in their parameters from those of the
campaign, so what is learned from the past must carry over to depths and savings that never ran.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.arrays import Int
from scenarios.language.schema import Product, Scenario, Segment
from scenarios.market.customers import MarketParams, Memory, Population, draw_population
from scenarios.market.play import Market
from scenarios.market.truth import MarketTruth
from scenarios.shipped.singles_day import products as all_products
from scenarios.shipped.singles_day import segments as all_segments
from scenarios.shipped.singles_day_articles import ARTICLES
from scenarios.shipped.singles_day_portraits import PORTRAITS
from scenarios.shipped.singles_day_truth import CATEGORIES, traits

CAMPAIGN_START, CAMPAIGN_DAYS = dt.date(2026, 9, 7), 14
CUSTOMERS, PAST_DAYS = 24_000, 500
WARM_UP_DAYS = 100
"""Cupboards of make-up settle over months; a town that starts with empty ones would sell too much at first."""
SEGMENTS = ("campus", "new-parents", "big-families", "bargain-hunters", "beauty-lovers", "premium")
SHELVES = ("makeup", "skincare", "snacks", "household")
PRODUCTS = tuple(key for key, article in ARTICLES.items() if article.category in SHELVES and key not in (
    "yr-foundation", "yr-mask", "jg-biscuits", "jy-cleaner"))  # fmt: skip
BEAUTY = [key for key in PRODUCTS if ARTICLES[key].vendor == "yunrong"]
DAILY = [key for key in PRODUCTS if ARTICLES[key].vendor == "baijia"]
UNFUNDED = [key for key in PRODUCTS if not ARTICLES[key].vendor]
TAX_RATE = 0.13

CHANNELS = [
    {"id": "push", "cost_per_contact": "0.003", "contacts_per_customer": {"max": 3, "days": 7}},
    {"id": "app", "cost_per_contact": "0.001", "contacts_per_customer": {"max": 4, "days": 7}},
]
GIFTS = [
    {"id": "sponge", "unit_cost": 7},
    {"id": "travel-set", "unit_cost": 14},
    {"id": "mirror", "unit_cost": 20},
]


def _offer(key: str, mechanic: str, products: Sequence[str] | None = None, **parameters: Any) -> dict[str, Any]:
    where = {"applies_to": {"products": list(products)}} if products is not None else {}
    return {"id": key, "mechanic": mechanic, **parameters, **where}


def _told(channel: str, *coverage: float) -> dict[str, Any]:
    return {"layer": "targeted", "channel": channel, "coverage": list(coverage)}


def past_offers() -> list[dict[str, Any]]:
    """Return the offers that the retailer ran in the past, as scenario data."""
    cuts = [_offer(f"past-cut-{depth}", "price_discount", depth=depth / 100) for depth in (8, 12, 18, 25, 35)]
    flashes = [_offer(f"past-flash-{depth}", "flash_sale", depth=depth / 100, max_run=2) for depth in (15, 22, 32)]
    coupons = [
        _offer(f"past-coupon-{depth}", "coupon", depth=depth / 100, **_told(channel, 0.3, 0.5, 0.8))
        for depth, channel in ((10, "app"), (15, "push"), (25, "push"), (30, "app"))
    ]
    gifts = [
        _offer(f"past-gift-{worth}", "gift", BEAUTY, gift=gift, worth=worth, **_told("push", 0.3, 0.5, 0.8))
        for gift, worth in (("sponge", 35), ("travel-set", 60), ("mirror", 95))
    ]
    bundles = [
        _offer(f"past-bundle-{buy}-{free}", "bundle", DAILY, buy=buy, get=free) for buy, free in ((1, 1), (2, 1))
    ]
    thresholds = [
        _offer("past-save-12", "threshold", spend=120, save=12),
        _offer("past-save-25", "threshold", spend=200, save=25),
        _offer("past-save-40", "threshold", spend=300, save=40),
        _offer("past-save-15-app", "threshold", spend=150, save=15, **_told("app", 0.3, 0.5, 0.8)),
        _offer("past-save-30-app", "threshold", spend=250, save=30, **_told("app", 0.3, 0.5, 0.8)),
    ]
    shipping = [
        _offer("past-shipping", "free_shipping", value=6),
        _offer("past-shipping-8", "free_shipping", value=8),
        _offer("past-shipping-app", "free_shipping", spend=49, value=6, **_told("app", 0.3, 0.5, 0.8)),
    ]
    return [*cuts, *flashes, *coupons, *gifts, *bundles, _offer("past-banner", "feature"), *thresholds, *shipping]


def _funded(vendor: str, share: float) -> dict[str, Any]:
    return {"funding": {"vendor": vendor, "share": share}}


def campaign_offers(customers: int = CUSTOMERS) -> list[dict[str, Any]]:
    """Return the offers of the campaign that is planned, as scenario data; fixed costs go with the town's size."""
    return [
        _offer("beauty-cut-10", "price_discount", BEAUTY, depth=0.10, **_funded("yunrong", 0.42)),
        _offer("beauty-cut-20", "price_discount", BEAUTY, depth=0.20, **_funded("yunrong", 0.48)),
        _offer("daily-cut-15", "price_discount", DAILY, depth=0.15, **_funded("baijia", 0.56)),
        _offer("own-cut-10", "price_discount", UNFUNDED, depth=0.10),
        _offer("clear-30", "price_discount", UNFUNDED, depth=0.30),
        _offer("beauty-flash-28", "flash_sale", BEAUTY, depth=0.28, max_run=2, fixed_cost=round(0.006 * customers),
               **_funded("yunrong", 0.52)),
        _offer("daily-flash-25", "flash_sale", DAILY, depth=0.25, max_run=2, fixed_cost=round(0.003 * customers),
               **_funded("baijia", 0.62)),
        _offer("daily-3-for-2", "bundle", DAILY, buy=2, get=1, **_funded("baijia", 0.75)),
        _offer("banner", "feature", fixed_cost=round(0.008 * customers)),
        _offer("beauty-coupon", "coupon", BEAUTY, depth=0.18, **_told("push", 0.4, 1.0), **_funded("yunrong", 0.50)),
        _offer("daily-coupon", "coupon", DAILY, depth=0.20, **_told("app", 0.5, 1.0), **_funded("baijia", 0.60)),
        _offer("sample-gift", "gift", BEAUTY, gift="travel-set", worth=69, **_told("push", 0.4, 1.0),
               **_funded("yunrong", 0.40)),
        _offer("save-20", "threshold", spend=180, save=20, **_funded("baijia", 0.55)),
        _offer("save-20-app", "threshold", spend=220, save=25, **_told("app", 0.5, 1.0), **_funded("yunrong", 0.50)),
        _offer("free-shipping", "free_shipping", value=6),
        _offer("ship-coupon", "free_shipping", spend=49, value=7, **_told("app", 0.5, 1.0)),
    ]  # fmt: skip


def _limits(customers: int) -> list[dict[str, Any]]:
    push = {"channels": ["push"]}
    flash = {"mechanics": ["flash_sale"]}
    return [
        {"id": "total-budget", "measure": "spend", "max": round(1.4 * customers)},
        {"id": "flash-budget", "measure": "spend", "max": round(0.5 * customers), "where": flash},
        {"id": "push-contacts", "measure": "contacts", "max": 3 * customers, "where": push},
    ]


RULES: list[dict[str, Any]] = [
    {"id": "flash-gap", "rule": "min_gap", "periods": 3, "per": ["product"], "where": {"mechanics": ["flash_sale"]}},
    {"id": "short-cuts", "rule": "max_run", "periods": 3, "per": ["product"],
     "where": {"mechanics": ["price_discount"]}},
    {"id": "banner-slots", "rule": "max_concurrent", "max": 2, "where": {"mechanics": ["feature"]}},
    {"id": "quiet-inbox", "rule": "max_concurrent", "max": 3, "per": ["segment"], "where": {"layer": "targeted"}},
]  # fmt: skip
RESPONSE: dict[str, Any] = {
    "fatigue": 0.3,
    "fatigue_half_life": 4,
    "pull_forward": {"share": 0.05, "periods": 4},
    "cannibalisation": 0.2,
    "halo": 0,
    "carry_over": "ignore",
}


def question(customers: int = CUSTOMERS) -> dict[str, Any]:
    """Return the campaign's scenario as plain data, without segments, products and the source of effects."""
    fund = round(0.95 * customers)
    return {
        "scenario": "market-town",
        "title": "Two weeks in September",
        "currency": "CNY",
        "horizon": {"start": CAMPAIGN_START.isoformat(), "periods": CAMPAIGN_DAYS, "unit": "day"},
        "money": {"tax_rate": TAX_RATE, "return_rate": 0.05, "fee_rate": 0.006},
        "offers": campaign_offers(customers),
        "gifts": GIFTS,
        "channels": CHANNELS,
        "vendors": [{"id": "yunrong", "fund": fund}, {"id": "baijia", "fund": fund}],
        "limits": _limits(customers),
        "rules": RULES,
        "response": RESPONSE,
    }


def town_segments(customers: int) -> tuple[Segment, ...]:
    """Return the segments that customers were born into, in a town of about so many."""
    born = [segment for segment in all_segments() if segment.id in SEGMENTS]
    share = customers / sum(segment.customers for segment in born)
    return tuple(segment.model_copy(update={"customers": round(share * segment.customers)}) for segment in born)


def town_products() -> tuple[Product, ...]:
    """Return the products, their stock unlimited."""
    return tuple(product for product in all_products({}, TAX_RATE) if product.id in PRODUCTS)


def _traffic(first: dt.date, days: int) -> dict[dt.date, float]:
    """Visits of each day: weekends, and a slow swing through the year."""
    traffic = {}
    for offset in range(days):
        day = first + dt.timedelta(days=offset)
        weekend = 1.15 if day.weekday() >= 5 else 0.94
        traffic[day] = weekend * (1 + 0.08 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 330) / 365))
    return traffic


def town_truth(seed: int) -> MarketTruth:
    """Return what is really so in the town; the seed decides who lives there."""
    return MarketTruth(
        segments={key: traits(PORTRAITS[key], PRODUCTS) for key in SEGMENTS},
        categories={category: CATEGORIES[category] for category in SHELVES},
        traffic=_traffic(CAMPAIGN_START - dt.timedelta(days=PAST_DAYS), PAST_DAYS + CAMPAIGN_DAYS + 1),
        competitor_events={},
        params=MarketParams(seed=seed, urgency=0.15, warm_up_days=WARM_UP_DAYS),
    )


def residents(seed: int, customers: int = CUSTOMERS) -> Population:
    """Return the town's customers one by one, each standing for nobody else."""
    truth, born = town_truth(seed), town_segments(customers)
    most = max(segment.customers for segment in born)
    params = replace(truth.params, customers_per_segment=most)
    drawn = draw_population(born, town_products(), truth.segments, truth.categories, params)
    size = np.array([segment.customers for segment in born])
    rows = np.concatenate([s * most + np.arange(count) for s, count in enumerate(size)]).astype(np.int64)
    return drawn.only(rows, segment=np.repeat(np.arange(size.size), size))


def town_market(seed: int, *, past_weeks: int = 0, customers: int = CUSTOMERS) -> Market:
    """Return the market of the campaign, or of the ``past_weeks`` weeks before it with the offers of the past."""
    data = question(customers) | {
        "segments": town_segments(customers),
        "products": town_products(),
        "effects": {"table": "effects.csv"},
    }
    if past_weeks:
        start = CAMPAIGN_START - dt.timedelta(weeks=past_weeks)
        data |= {
            "horizon": {"start": start.isoformat(), "periods": 7 * past_weeks, "unit": "day"},
            "offers": past_offers(),
            "limits": [],
            "rules": [],
        }
    return Market(scenario=Scenario.model_validate(data), truth=town_truth(seed), residents=residents(seed, customers))


def regrouped(market: Market, segments: Sequence[Segment], label: Int, remembered: Memory | None = None) -> Market:
    """Return a market whose customers [N] are grouped anew: ``label`` is the index of each one's segment.

    ``remembered`` is what they carry over from the past.
    """
    people = market.people
    return Market(
        scenario=market.scenario.model_copy(update={"segments": tuple(segments)}),
        truth=market.truth,
        residents=people.only(np.arange(label.size), segment=label),
        remembered=remembered if remembered is not None else market.remembered,
    )

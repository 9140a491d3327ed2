"""A small simulated market, and what is played in it."""

from __future__ import annotations

import datetime as dt
from functools import cache

from scenarios.language.plan_lines import PlanLine
from scenarios.shipped import singles_day

DAY = dt.date(2026, 10, 20)
PERIOD = 5


@cache
def small_market():
    """A small market of singles-day, shelves full."""
    return singles_day.market({}, customers_per_segment=150)


def line(product, offer, segment="*", coverage=1.0, day=DAY):
    """Return a plan line on the usual day."""
    return PlanLine(date=day, product=product, segment=segment, offer=offer, coverage=coverage)


BUSY = [
    line("hx-phone", "huaxing-flash-25"),
    line("yr-serum", "yunrong-cut-20"),
    line("old-oven", "clear-20"),
    line("old-oven", "clear-extra", "campus"),
    line("jg-nuts", "baijia-3-for-2"),
    line("jg-tea", "banner"),
    line("jy-diapers", "baijia-coupon", "new-parents", 0.5),
    *(line("yr-serum", "sample-gift", "beauty-lovers", day=DAY + dt.timedelta(days=i)) for i in range(1, 8)),
    line("basket", "save-30"),
    line("basket", "ship-coupon", "silver"),
]
"""Every mechanic."""


def index(market, product):
    """Return a product's place."""
    return [item.id for item in market.products].index(product)


def play(market, lines, seed=1, warm=None):
    """Play some lines."""
    return market.play(lines, seed, warm=warm)

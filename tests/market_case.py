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


def index(market, product):
    """Return a product's place."""
    return [item.id for item in market.products].index(product)


def play(market, lines, seed=1, warm=None):
    """Play some lines."""
    return market.play(lines, seed, warm=warm)

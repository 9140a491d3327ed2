"""Ordinary weeks: what a market lives before a campaign, and between one campaign and the next.

The retailer's own offers run, drawn as a past is (`scenarios.market.past`); shelves are full, and every weekday is as
busy as the usual one of its kind in the campaign. A past holds no peak: what peaks do stands in the scenario alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.arrays import Float
from scenarios.language.plan_lines import PlanLine
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Horizon, Scenario
from scenarios.language.words import Layer
from scenarios.market.customers import Memory
from scenarios.market.past import PastCalendar, PastParams, past_calendar
from scenarios.market.play import Market
from scenarios.market.tables import applies

SETTLING_DAYS = 100
"""Days that customers live before a past, with nothing on offer: cupboards settle over months."""
MESSAGES = 1.5
"""Targeted offers on products, at most, that a segment gets in an ordinary week in the mean."""


def usual_of(values: Float, weekday: Float) -> Float:
    """Return the usual value [7] of each weekday (Monday 0): its lower median, so that a peak is no habit.

    Parameters
    ----------
    values, weekday
        [T] of the days of a horizon. Weekdays that it lacks get the mean of the others.
    """
    found = np.full(7, np.nan)
    for day in range(7):
        mine = np.sort(values[weekday == day])
        if mine.size:
            found[day] = mine[(mine.size - 1) // 2]
    return np.where(np.isfinite(found), found, np.nanmean(found))


def weekdays(horizon: Horizon) -> Float:
    """Return the weekday [T] (Monday 0) of each day of a horizon in days."""
    return np.array([day.weekday() for day in horizon.dates])


def ordinary_market(market: Market, *, days: int, remembered: Memory | None = None) -> Market:
    """Return the market of the days just before a campaign, with the campaign's customers and offers.

    Parameters
    ----------
    market
        The campaign's, in days.
    remembered
        What customers carry into the first of these days; they settle first where none is given.
    """
    horizon, truth = market.scenario.horizon, market.truth
    start = horizon.start - dt.timedelta(days=days)
    traffic = np.array([truth.traffic.get(day, 1.0) for day in horizon.dates])
    usual = usual_of(traffic, weekdays(horizon))
    before = (start + dt.timedelta(days=day) for day in range(-SETTLING_DAYS, days))
    params = replace(truth.params, warm_up_days=SETTLING_DAYS if remembered is None else 0)
    return Market(
        scenario=_full_shelves(market.scenario, start, days),
        truth=replace(
            truth, traffic={day: float(usual[day.weekday()]) for day in before}, competitor_events={}, params=params
        ),
        residents=market.people,
        remembered=remembered,
    )


def ordinary_calendar(market: Market, history: tuple[PlanLine, ...], seed: int) -> PastCalendar:
    """Return what runs in ordinary weeks: lines drawn week by week from the first Monday on, and what is known to run.

    Where a scenario has many places for messages, each is used more seldom.

    Parameters
    ----------
    market
        As `ordinary_market` returns it.
    history
        Lines that the scenario says ran before the campaign; what was drawn gives way to them.
    seed
        Same seed, same lines.
    """
    horizon, usual = market.scenario.horizon, PastParams(seed=seed)
    params = replace(usual, targeted=min(usual.targeted, MESSAGES / max(_places(market), 1)))
    skipped = -horizon.start.weekday() % 7
    monday = horizon.model_copy(
        update={"start": horizon.start + dt.timedelta(days=skipped), "periods": horizon.periods - skipped}
    )
    drawn = past_calendar(replace(market, scenario=market.scenario.model_copy(update={"horizon": monday})), params)
    known = {(line.date, line.product, line.segment): line for line in history if line.date >= horizon.start}
    lines = [line for line in drawn.lines if (line.date, line.product, line.segment) not in known]
    return PastCalendar(
        lines=(*lines, *known.values()), experimenting=frozenset(day + skipped for day in drawn.experimenting)
    )


def _places(market: Market) -> int:
    """Places where a segment may get a targeted offer on a product: products by mechanics."""
    found = {
        (offer.mechanic, k)
        for offer in market.scenario.offers
        if offer.layer is Layer.TARGETED and not offer.is_basket
        for k in applies(offer, market)
    }
    return len(found)


_ENDLESS: dict[str, Any] = {"stock": None, "arrivals": {}, "last_sale": None}
"""A product that is always there."""


def _full_shelves(scenario: Scenario, start: dt.date, days: int) -> Scenario:
    """The scenario's customers, goods and offers in other days: nothing is short, nothing is asked."""
    products = listed_products(scenario)
    return scenario.model_copy(
        update={
            "horizon": scenario.horizon.model_copy(update={"start": start, "periods": days}),
            "products": tuple(product.model_copy(update=_ENDLESS) for product in products),
            "gifts": tuple(gift.model_copy(update={"stock": None}) for gift in scenario.gifts),
            "history": (),
            "limits": (),
            "rules": (),
        }
    )

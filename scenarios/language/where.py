"""What a ``where`` (a scope, or an offer's ``applies_to``) admits along segments, products and periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Flag
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import AppliesTo, Horizon, Offer, Product, Segment
from scenarios.language.scope import Scope
from scenarios.language.words import Layer


class Admitted(NamedTuple):
    """Masks [S], [K] and [T]."""

    segments: Flag
    products: Flag
    periods: Flag


def holds(spans: tuple[DateRange, ...] | None, first: dt.date, days: int) -> bool:
    """Whether a period of ``days`` days from ``first`` on meets any of the spans (None: no restriction)."""
    if spans is None:
        return True
    last = first + dt.timedelta(days=days - 1)
    return any(span.first <= last and first <= span.last for span in spans)


def covered(spans: tuple[DateRange, ...] | None, first: dt.date, days: int) -> bool:
    """Whether every day of a period lies in one of the spans (None: no restriction)."""
    if spans is None:
        return True
    return all(any(first + dt.timedelta(days=day) in span for span in spans) for day in range(days))


def runs_for(offer: Offer, segment: Segment) -> bool:
    """Whether an offer may reach a segment: a targeted one is sent to nobody whom nobody knows."""
    sent = segment.known or offer.layer is Layer.PUBLIC
    return sent and (offer.applies_to.segments is None or segment.id in offer.applies_to.segments)


def offered(offer: Offer, segments: Sequence[Segment], products: Sequence[Product], horizon: Horizon) -> Admitted:
    """Mark where an offer may run by its ``applies_to`` and ``valid``, whom it reaches, and when nothing is closed."""
    where = admitted(offer.applies_to, segments, products, horizon)
    reached = np.array([runs_for(offer, one) for one in segments], dtype=bool)
    periods = where.periods & np.array(horizon.opened(), dtype=bool) & valid_periods(offer, horizon)
    return where._replace(segments=reached, periods=periods)


def valid_periods(offer: Offer, horizon: Horizon) -> Flag:
    """[T] periods in which customers may use an offer that was sent to them: all, unless it is ``valid`` for some days.

    Of one that is, those of validities whose sending ``applies_to`` admits, or which were sent before the horizon.
    """
    if offer.valid is None:
        return np.ones(horizon.periods, dtype=bool)
    found = np.zeros(horizon.periods, dtype=bool)
    for period in range(horizon.periods):
        sending = offer.valid.sending_of(horizon, period)
        found[period] = sending is not None and (
            sending < 0 or holds(offer.applies_to.periods, horizon.date_of(sending), horizon.period_days)
        )
    return found


def names_product(where: Scope | AppliesTo, product: Product) -> bool:
    """Whether a product is among those that a scope or an offer names; without names all are."""
    return (where.products is None or product.id in where.products) and (
        where.categories is None or product.category in where.categories
    )


def admitted(
    where: Scope | AppliesTo, segments: Sequence[Segment], products: Sequence[Product], horizon: Horizon
) -> Admitted:
    """Mark the segments and products that are named, and the periods that meet a span of dates."""
    return Admitted(
        segments=np.array([where.segments is None or s.id in where.segments for s in segments], dtype=bool),
        products=np.array([names_product(where, product) for product in products], dtype=bool),
        periods=np.array([holds(where.periods, day, horizon.period_days) for day in horizon.dates], dtype=bool),
    )

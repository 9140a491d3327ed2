"""The past promotion calendar of a simulated market, partly randomised as a retailer that experiments would do it.

In an experimenting week everything about a line is drawn: offer, product, segment, days, and which customers are told.
In the other weeks it follows habit: deep cuts at weekends on what sells well, messages to the segments that buy most
and to their heaviest buyers. So the past holds both clean comparisons and confounded ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Offer, Product
from scenarios.language.words import BASKET, EVERYBODY, Layer, Mechanic
from scenarios.market.customers import stream, weighted_counts
from scenarios.market.play import Market
from scenarios.market.tables import applies
from scenarios.response.economics import price_of, saving_per_unit

WEEKEND = 4
"""Habit starts public offers on this weekday (Monday 0)."""


@dataclass(frozen=True, kw_only=True)
class PastParams:
    """How busy the past was.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    seed: int
    experimenting: float = 0.5
    """Share of the weeks that are randomised."""
    public: float = 0.18
    """Chance of a public offer of one mechanic on one product some time in a week."""
    targeted: float = 0.10
    """Chance of an offer of one mechanic on one product to one segment some time in a week."""
    baskets: float = 0.4
    """Chance of a public offer of one mechanic on whole baskets in a week; a segment's own has half of it."""
    longest_run: int = 4
    """Days that an offer runs at most."""
    quiet_days: int = 7
    """Days without any offer at the end."""

    def __post_init__(self) -> None:
        for name in ("experimenting", "public", "targeted", "baskets"):
            if not (0 <= getattr(self, name) <= 1):
                raise ValueError(f"{name}: expected a share from 0 to 1, got {getattr(self, name)}")
        if not (self.longest_run >= 1 and self.quiet_days >= 0):
            raise ValueError("expected a longest_run of at least 1 day and quiet_days of at least 0")


@dataclass(frozen=True, kw_only=True, eq=False)
class PastCalendar:
    """What ran, and on which days the told customers were drawn at random."""

    lines: tuple[PlanLine, ...]
    experimenting: frozenset[int]
    """Days (from the start of the market's horizon) of randomised weeks."""


def past_calendar(market: Market, params: PastParams) -> PastCalendar:
    """Draw the calendar of a market's horizon; the same seed gives the same lines.

    Raises
    ------
    ValueError
        When the horizon holds no whole week beside the quiet days, or is in weeks.
    """
    horizon = market.scenario.horizon
    if horizon.period_days != 1:
        raise ValueError("horizon: expected days, because runs of a past begin on any day, got weeks")
    weeks = (horizon.periods - params.quiet_days) // 7
    if not (weeks >= 1):
        raise ValueError(f"horizon: expected at least {7 + params.quiet_days} days, got {horizon.periods}")
    rng = stream(params.seed, "past calendar")
    book = _Book(market, rng, last_day=horizon.periods - params.quiet_days - 1, longest=params.longest_run)
    free = frozenset(np.flatnonzero(rng.random(weeks) < params.experimenting).tolist())
    for week in range(weeks):
        random = week in free
        for slot, rate in book.slots(params):
            if rng.random() < rate * book.favour(slot, random=random):
                book.enter(week, slot, random=random)
    days = frozenset(day for week in free for day in range(7 * week, 7 * week + 7))
    return PastCalendar(lines=tuple(book.lines), experimenting=days)


Slot = tuple[str, str, Mechanic]
"""Product or basket, segment or everybody, and the kind of offer."""


class _Book:
    """The calendar while it is written."""

    def __init__(self, market: Market, rng: np.random.Generator, *, last_day: int, longest: int) -> None:
        self.lines: list[PlanLine] = []
        self._rng, self._horizon, self._last_day, self._longest = rng, market.scenario.horizon, last_day, longest
        self._products = [product.id for product in market.products]
        self._goods = {product.id: product for product in market.products}
        self._segments = [segment.id for segment in market.segments]
        self._taken: set[tuple[dt.date, str, str]] = set()
        self._offers: dict[Slot, list[Offer]] = {}
        for offer in market.scenario.offers:
            goods = [BASKET] if offer.is_basket else [self._products[k] for k in applies(offer, market)]
            only = offer.applies_to.segments
            mine = [segment for segment in self._segments if only is None or segment in only]
            receivers = [EVERYBODY] if offer.layer is Layer.PUBLIC else mine
            for product in goods:
                for segment in receivers:
                    self._offers.setdefault((product, segment, offer.mechanic), []).append(offer)
        self._appeal = _relative_need(market)

    def slots(self, params: PastParams) -> list[tuple[Slot, float]]:
        """Return the slots that offers exist for, in a new order, with the chance of a line in a week."""
        slots = list(self._offers)
        return [(slots[place], _rate(slots[place], params)) for place in self._rng.permutation(len(slots))]

    def favour(self, slot: Slot, *, random: bool) -> float:
        """Return how much more often than by chance habit promotes here; 1 in an experimenting week."""
        product, segment, _ = slot
        if random or product == BASKET:
            return 1.0
        row = self._segments.index(segment) if segment != EVERYBODY else len(self._segments)
        return float(np.clip(self._appeal[row, self._products.index(product)], 0.3, 2.5))

    def enter(self, week: int, slot: Slot, *, random: bool) -> None:
        """Write one run of a randomly chosen offer into a week, on the days that are free."""
        rng, choices, (product, segment, _) = self._rng, self._offers[slot], slot
        offer = choices[int(rng.integers(len(choices)))]
        if not random:
            other = choices[int(rng.integers(len(choices)))]
            # A price says how much it gives by the saving alone; pasts without prices stay as they were measured.
            priced = any(each.price is not None or each.at_most is not None for each in choices)
            offer = max(offer, other, key=lambda each: _generosity(each, self._goods[product] if priced else None))
        run = int(rng.integers(1, min(offer.max_run or self._longest, self._longest) + 1))
        weekday = int(rng.integers(0, 8 - run)) if random or segment != EVERYBODY else min(WEEKEND, 7 - run)
        level = offer.coverage[int(rng.integers(len(offer.coverage)))]
        for day in range(7 * week + weekday, 7 * week + weekday + run):
            place = (self._horizon.date_of(day), product, segment)
            if day <= self._last_day and place not in self._taken:
                self._taken.add(place)
                self.lines.append(
                    PlanLine(date=place[0], product=product, segment=segment, offer=offer.id, coverage=level)
                )


def _rate(slot: Slot, params: PastParams) -> float:
    product, segment, _ = slot
    if product == BASKET:
        return params.baskets if segment == EVERYBODY else params.baskets / 2
    return params.public if segment == EVERYBODY else params.targeted


def _generosity(offer: Offer, product: Product | None) -> tuple[float, str]:
    """How much an offer gives, to be compared within a slot; ``product`` where a price is among the slot's offers."""
    if product is not None:
        return saving_per_unit(offer, product, float(price_of(product))), offer.id
    off = 1.0 if offer.depth is None else offer.depth
    share = offer.depth if offer.get is None else offer.get * off
    given: Sequence[object] = (share, offer.worth, offer.save, offer.value)
    return max(float(str(value)) for value in (*given, 0.0) if value is not None), offer.id


def _relative_need(market: Market) -> Float:
    """Return [S + 1, K] how much more than the average product each segment, and everybody, wants each product."""
    people, segments = market.people, len(market.segments)
    chance = 1 / (1 + np.exp(-people.need))
    own = people.attraction @ people.members + people.competitor
    wants = chance[:, people.category] * people.attraction / own[:, people.category] * people.weight[:, None]
    sums = np.stack([weighted_counts(people.segment, column, segments) for column in wants.T], axis=1)
    rate = np.concatenate([sums, sums.sum(axis=0, keepdims=True)])
    rate /= np.concatenate([[float(s.customers) for s in market.segments], [people.weight.sum()]])[:, None]
    return np.asarray(np.sqrt(rate / rate[-1].mean()))

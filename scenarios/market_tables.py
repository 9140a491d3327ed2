"""Measuring the market: what each offer does alone against no promotion, written as effect tables.

The experiment: the market runs without promotions; on each measured day every offer is tried by itself on the customers
as they are that morning, unfatigued, with shelves full, and what they are expected to buy is compared with what they
would have bought without it (common random numbers taken to their limit: the chances themselves are compared). Basket
offers are tried by letting the same day happen twice with the same draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from scenarios.market import Market, MarketState, Offered
from scenarios.market_customers import Float
from scenarios.market_day import DayDraws, DayResult, Demand, chance_of, shop, stockpile_chance
from scenarios.market_deals import ActiveLine, benefit_of, make_deal
from scenarios.schema import Offer
from scenarios.words import BASKET, Layer, Mechanic

INTERVAL = 1.645
"""Standard normal quantile of a 90 % interval."""
DRIFT = 0.10
"""Relative standard deviation by which effects are taken to drift between the experiment and the campaign."""


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """Which days are measured and how often.

    ``runs`` are independent runs of the whole horizon, each with its own moods and competitor; offers are tried on
    the ``days`` of each, and only those named in ``offers`` (None: all).
    """

    seed: int
    runs: int
    days: tuple[int, ...]
    offers: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not (self.runs >= 1):
            raise ValueError(f"runs: expected at least 1, got {self.runs}")
        if not self.days:
            raise ValueError("days: expected at least one day to try offers on")

    def tries(self, offer: Offer) -> bool:
        """Whether the experiment tries an offer."""
        return self.offers is None or offer.id in self.offers

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the runs."""
        return tuple(self.seed + 1 + run for run in range(self.runs))


@dataclass(frozen=True, kw_only=True)
class MeasuredEffect:
    """One offer in one segment and product (None for the basket)."""

    segment: int
    product: int | None
    offer: str
    lift: float
    low: float
    high: float
    take_up: float


@dataclass(frozen=True, kw_only=True)
class OrderBinRow:
    """Orders of one segment near one value, per average day."""

    segment: int
    value: float
    orders: float
    units: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurement:
    """All that the experiment found."""

    effects: tuple[MeasuredEffect, ...]
    base_units: Float
    """[S, K, T] expected units with no promotion and full shelves."""
    orders: tuple[OrderBinRow, ...]


@dataclass(kw_only=True, eq=False)
class _Sums:
    """Running sums of one cell's experiment."""

    base: list[float] = field(default_factory=list)
    gain: list[float] = field(default_factory=list)
    under: list[float] = field(default_factory=list)
    orders: list[float] = field(default_factory=list)

    def effect(self, segment: int, product: int | None, offer: str) -> MeasuredEffect:
        base, gain = np.array(self.base), np.array(self.gain)
        lift = float(gain.sum() / base.sum())
        error = float((gain - lift * base).std(ddof=1) * np.sqrt(gain.size) / base.sum()) if gain.size > 1 else 0.0
        relative = error / lift if lift > 0 else 0.0
        spread = float(np.sqrt(np.log1p(relative**2) + DRIFT**2))
        return MeasuredEffect(
            segment=segment,
            product=product,
            offer=offer,
            lift=lift,
            low=lift * float(np.exp(-INTERVAL * spread)),
            high=lift * float(np.exp(INTERVAL * spread)),
            take_up=float(np.sum(self.under) / np.sum(self.orders or self.base)),
        )


def measure(market: Market, experiment: Experiment, edges: Sequence[float]) -> Measurement:
    """Run the experiment for every offer of the market's scenario wherever it applies.

    Parameters
    ----------
    edges
        Bounds of the order-value bins, ascending, the first 0.
    """
    horizon = market.scenario.horizon
    segments, count = len(market.scenario.segments), market.prices.size  # type: ignore[arg-type]
    base = np.zeros((segments, count, horizon.periods))
    sums: dict[tuple[int, int | None, str], _Sums] = {}
    bins = np.zeros((segments, len(edges), 3))
    bare = market.scenario.model_copy(update={"history": ()})
    quiet = replace(market, scenario=bare)
    for seed in experiment.seeds:
        depths = quiet.competitor(seed)
        state = quiet.warm(seed)
        for day in range(horizon.periods):
            draws = quiet.draws(seed, day)
            nothing = quiet.offer_today((), state, draws)
            demand = quiet.demand(state, day, nothing, depths, 0.0)
            base[:, :, day] += expected_units(quiet, demand) / experiment.runs
            if day in experiment.days:
                _try_products(quiet, state, demand, experiment, sums)
                _try_baskets(quiet, state, day, depths, draws, experiment, sums)
            state, _, result, _ = quiet.day(state, day, (), seed, depths)
            _count_orders(quiet, result, edges, bins)
    effects = tuple(found.effect(*key) for key, found in sums.items())
    return Measurement(effects=effects, base_units=base, orders=_order_rows(bins, experiment.runs * horizon.periods))


def expected_units(market: Market, demand: Demand) -> Float:
    """Return the units that everybody together is expected to buy with no offers, [S, K]."""
    people = market.people
    c = people.category
    usual = 1.0 + people.bulk
    rate = demand.shops / (demand.own + demand.competitor) * usual * people.weight[:, None]
    units = rate[:, c] * demand.weight
    segments = len(market.scenario.segments)  # type: ignore[arg-type]
    return np.stack([np.bincount(people.segment, weights=column, minlength=segments) for column in units.T], axis=1)


def applies(offer: Offer, market: Market) -> list[int]:
    """Return the products that an offer may be chosen for."""
    where = offer.applies_to
    return [
        k
        for k, product in enumerate(market.scenario.products)  # type: ignore[arg-type]
        if (where.products is None or product.id in where.products)
        and (where.categories is None or product.category in where.categories)
    ]


def _try_products(
    market: Market,
    state: MarketState,
    demand: Demand,
    experiment: Experiment,
    sums: dict[tuple[int, int | None, str], _Sums],
) -> None:
    """Try every product offer alone on every product it applies to."""
    people, params = market.people, market.truth.params
    gifts = {gift.id: gift for gift in market.scenario.gifts}
    segments = len(market.scenario.segments)  # type: ignore[arg-type]
    attention = people.notice * np.exp(-params.message_weariness * state.memory.messages)

    def by_segment(values: Float) -> Float:
        return np.bincount(people.segment, weights=values * people.weight, minlength=segments)

    for offer in market.scenario.offers:
        if offer.mechanic.is_basket or not experiment.tries(offer):
            continue
        for k in applies(offer, market):
            category = int(people.category[k])
            kind = market.kinds[category]
            benefit = benefit_of(offer, market.scenario.products[k], category, people, gifts, params)  # type: ignore[index]
            deal = make_deal(benefit, offer, [], segments, people, state.memory.seen[:, k], params, category)
            usual = 1.0 + people.bulk[:, category]
            weight, competitor = demand.weight[:, k], demand.competitor[:, category]
            before = demand.shops[:, category] * weight / (demand.own[:, category] + competitor) * usual
            better = weight * np.exp(deal.utility)
            own = demand.own[:, category] + better - weight
            pull = kind.expansion * (np.log(own + competitor) - people.quiet_value[:, category])
            ahead = stockpile_chance(deal, kind)
            units = np.where(deal.bundle_units > 0, np.maximum(deal.bundle_units, usual), usual + ahead * 4 / 3)
            after = chance_of(demand.need[:, category] + pull) * better / (own + competitor) * units
            reads = attention if offer.layer is Layer.TARGETED else np.ones_like(attention)
            base, gain = by_segment(before), by_segment(reads * (after - before))
            under = by_segment(reads * before * deal.under_public)
            for s in range(segments):
                found = sums.setdefault((s, k, offer.id), _Sums())
                found.base.append(float(base[s]))
                found.gain.append(float(gain[s]))
                found.under.append(float(under[s]))


def _try_baskets(
    market: Market,
    state: MarketState,
    day: int,
    depths: Float,
    draws: DayDraws,
    experiment: Experiment,
    sums: dict[tuple[int, int | None, str], _Sums],
) -> None:
    """Let the day happen without and with each basket offer, everybody contacted, with the same draws.

    Lifts are weighed by regular prices, because what completes a basket is cheaper than what fills it. Take-up is the
    share of orders, of those there would have been anyway, that use the offer.
    """
    people = market.people
    segments, basket = len(market.scenario.segments), market.prices.size  # type: ignore[arg-type]
    without = _one_day(market, state, day, market.offer_today((), state, draws), depths, draws)
    base = _value(market, without, segments)
    ordered = without.order_value > 0
    orders = np.bincount(people.segment, weights=ordered * people.weight, minlength=segments)
    for offer in market.scenario.offers:
        if not offer.mechanic.is_basket or not experiment.tries(offer):
            continue
        receivers = range(segments) if offer.layer is Layer.TARGETED else (-1,)
        lines = [ActiveLine(offer=offer, product=basket, segment=s, coverage=1.0) for s in receivers]
        result = _one_day(market, state, day, market.offer_today(lines, state, draws), depths, draws)
        gain = _value(market, result, segments) - base
        used = np.any([saving > 0 for saving in result.savings], axis=0) & ordered
        under = np.bincount(people.segment, weights=used * people.weight, minlength=segments)
        for s in range(segments):
            found = sums.setdefault((s, None, offer.id), _Sums())
            found.base.append(float(base[s]))
            found.gain.append(float(gain[s]))
            found.under.append(float(under[s]))
            found.orders.append(float(orders[s]))


def _one_day(
    market: Market, state: MarketState, day: int, offered: Offered, depths: Float, draws: DayDraws
) -> DayResult:
    demand = market.demand(state, day, offered, depths, draws.traffic)
    return shop(
        market.people,
        market.kinds,
        state.memory,
        demand,
        offered.deals,
        offered.baskets,
        draws,
        market.prices,
        state.stock,
        market.truth.params,
    )


def _value(market: Market, result: DayResult, segments: int) -> Float:
    """Return what was bought at regular prices, [S]."""
    bought, people = result.purchases, market.people
    value = bought.units * bought.filled * people.weight[bought.customer] * market.prices[bought.product]
    return np.bincount(people.segment[bought.customer], weights=value, minlength=segments)


def _count_orders(market: Market, result: DayResult, edges: Sequence[float], bins: Float) -> None:
    """Add a day's orders to the bins: [S, bins, (orders, value, units)]."""
    people, bought = market.people, result.purchases
    units = np.bincount(bought.customer, weights=bought.units, minlength=people.segment.size)
    rows = np.nonzero(result.order_value > 0)[0]
    value, weight = result.order_value[rows], people.weight[rows]
    place = np.searchsorted(np.asarray(edges), value, side="right") - 1
    for column, amount in enumerate((weight, weight * value, weight * units[rows])):
        np.add.at(bins[:, :, column], (people.segment[rows], place), amount)


def _order_rows(bins: Float, days: int) -> tuple[OrderBinRow, ...]:
    rows = []
    for s, b in np.argwhere(bins[:, :, 0] > 0):
        orders, value, units = (float(x) for x in bins[s, b])
        rows.append(OrderBinRow(segment=int(s), value=value / orders, orders=orders / days, units=units / orders))
    return tuple(rows)


def effect_rows(market: Market, effects: Iterable[MeasuredEffect]) -> Iterable[tuple[str, ...]]:
    """Return effects as rows of an effect table: segment, product, period, offer, lift, low, high, take-up."""
    segments, products = market.scenario.segments, market.scenario.products
    offers = {offer.id: offer for offer in market.scenario.offers}
    for effect in effects:
        offer = offers[effect.offer]
        product = BASKET if effect.product is None else products[effect.product].id  # type: ignore[index]
        fixed = offer.layer is Layer.PUBLIC and offer.mechanic in (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)
        yield (
            segments[effect.segment].id,  # type: ignore[index]
            product,
            "",
            effect.offer,
            f"{effect.lift:.4f}",
            f"{effect.low:.4f}",
            f"{effect.high:.4f}",
            "" if fixed or offer.mechanic is Mechanic.FEATURE else f"{effect.take_up:.4f}",
        )

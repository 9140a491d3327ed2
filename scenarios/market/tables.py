"""Measuring the market: what each offer does alone against no promotion, written as effect tables.

The experiment: the market runs without promotions; on each measured day every offer is tried by itself on the customers
as they are that morning, unfatigued, with shelves full, and what they are expected to buy is compared with what they
would have bought without it (common random numbers taken to their limit: the chances themselves are compared). Basket
offers are tried by letting the same day happen twice with the same draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer
from scenarios.language.where import admitted
from scenarios.language.words import BASKET, Layer, Mechanic
from scenarios.market.customers import weighted_counts
from scenarios.market.day import DayDraws, DayResult, Demand, chance_of, stockpile_chance
from scenarios.market.deals import ActiveLine, benefit_of, make_deal
from scenarios.market.experiment import Experiment, MeasuredEffect, Measurement, OrderBinRow, TrialSums
from scenarios.market.offered import Offered
from scenarios.market.play import Market
from scenarios.market.state import MarketState


def measure(market: Market, experiment: Experiment, edges: Sequence[float]) -> Measurement:
    """Run the experiment for every offer of the market's scenario wherever it applies.

    Parameters
    ----------
    edges
        Bounds of the order-value bins, ascending, the first 0.
    """
    horizon = market.scenario.horizon
    segments, count = len(market.segments), market.prices.size
    base = np.zeros((segments, count, horizon.periods))
    sums: dict[tuple[int, int | None, str], TrialSums] = {}
    bins = np.zeros((segments, len(edges), 3))
    everybody = tuple(channel.model_copy(update={"reach": None}) for channel in market.scenario.channels)
    bare = market.scenario.model_copy(update={"history": (), "channels": everybody})
    quiet = replace(market, scenario=bare)
    for seed in experiment.seeds:
        depths = quiet.competitor(seed)
        state = quiet.warm(seed)
        for day in range(quiet.days):
            draws = quiet.draws(seed, day)
            nothing = quiet.offer((), state, draws)
            demand = quiet.demand(state, day, nothing, depths, 0.0)
            base[:, :, quiet.period_of(day)] += expected_units(quiet, demand) / experiment.runs
            if day in experiment.days:
                _try_products(quiet, state, demand, experiment, sums)
                _try_baskets(quiet, state, day, depths, draws, experiment, sums)
            state, _, result = quiet.day(state, day, (), seed, depths)
            _count_orders(quiet, result, edges, bins)
    effects = tuple(found.effect(*key) for key, found in sums.items())
    return Measurement(effects=effects, base_units=base, orders=_order_rows(bins, experiment.runs * horizon.periods))


def expected_units(market: Market, demand: Demand) -> Float:
    """Return the units that everybody together is expected to buy with no offers, [S, K]."""
    people = market.people
    c = people.category
    usual = np.array([kind.units for kind in market.kinds]) * (1.0 + people.bulk)
    rate = demand.shops / (demand.own + demand.competitor) * usual * people.weight[:, None]
    units = rate[:, c] * demand.weight
    segments, products = len(market.segments), c.size
    cells = people.segment[:, None] * products + np.arange(products)
    return weighted_counts(cells.ravel(), units.ravel(), segments * products).reshape(segments, products)


def applies(offer: Offer, market: Market) -> list[int]:
    """Return the products that an offer may be chosen for."""
    axes = admitted(offer.applies_to, market.segments, market.products, market.scenario.horizon)
    return [int(k) for k in np.flatnonzero(axes.products)]


def _try_products(
    market: Market,
    state: MarketState,
    demand: Demand,
    experiment: Experiment,
    sums: dict[tuple[int, int | None, str], TrialSums],
) -> None:
    """Try every product offer alone on every product it applies to."""
    people, params = market.people, market.truth.params
    gifts = {gift.id: gift for gift in market.scenario.gifts}
    segments = len(market.segments)
    attention = people.notice * np.exp(-params.message_weariness * state.memory.messages)

    def by_segment(values: Float) -> Float:
        return weighted_counts(people.segment, values * people.weight, segments)

    for offer in market.scenario.offers:
        if offer.is_basket or not experiment.tries(offer):
            continue
        for k in applies(offer, market):
            category = int(people.category[k])
            kind = market.kinds[category]
            benefit = benefit_of(offer, market.products[k], category, people, gifts, params)
            deal = make_deal(benefit, offer, [], segments, people, state.memory.seen[:, k], params, category)
            usual = kind.usual(people.bulk[:, category])
            weight, competitor = demand.weight[:, k], demand.competitor[:, category]
            before = demand.shops[:, category] * weight / (demand.own[:, category] + competitor) * usual
            better = weight * np.exp(deal.utility)
            own = demand.own[:, category] + better - weight
            pull = kind.expansion * (np.log(own + competitor) - people.quiet_value[:, category])
            ahead = stockpile_chance(deal, kind)
            units = np.where(
                deal.bundle_units > 0, np.maximum(deal.bundle_units, usual), usual + kind.units * (ahead * 4 / 3)
            )
            after = chance_of(demand.need[:, category] + pull) * better / (own + competitor) * units
            reads = attention if offer.layer is Layer.TARGETED else np.ones_like(attention)
            base, gain = by_segment(before), by_segment(reads * (after - before))
            under = by_segment(reads * before * deal.under_public)
            for s in range(segments):
                found = sums.setdefault((s, k, offer.id), TrialSums())
                found.add(float(base[s]), float(gain[s]), float(under[s]), float(base[s]))


def _try_baskets(
    market: Market,
    state: MarketState,
    day: int,
    depths: Float,
    draws: DayDraws,
    experiment: Experiment,
    sums: dict[tuple[int, int | None, str], TrialSums],
) -> None:
    """Let the day happen without and with each basket offer, everybody contacted, with the same draws.

    Lifts are weighed by regular prices, because what completes a basket is cheaper than what fills it. Take-up is the
    share of orders, of those there would have been anyway, that use the offer.
    """
    offers = [offer for offer in market.scenario.offers if offer.is_basket and experiment.tries(offer)]
    if not offers:
        return
    people = market.people
    segments, basket = len(market.segments), market.prices.size
    without = _one_day(market, state, day, market.offer((), state, draws), depths, draws)
    base = _value(market, without, segments)
    ordered = without.order_value > 0
    orders = weighted_counts(people.segment, ordered * people.weight, segments)
    for offer in offers:
        receivers = range(segments) if offer.layer is Layer.TARGETED else (-1,)
        lines = [ActiveLine(offer=offer, product=basket, segment=s, coverage=1.0) for s in receivers]
        result = _one_day(market, state, day, market.offer(lines, state, draws), depths, draws)
        gain = _value(market, result, segments) - base
        used = np.any([benefit > 0 for benefit in result.benefits], axis=0) & ordered
        under = weighted_counts(people.segment, used * people.weight, segments)
        for s in range(segments):
            found = sums.setdefault((s, None, offer.id), TrialSums())
            found.add(float(base[s]), float(gain[s]), float(under[s]), float(orders[s]))


def _one_day(
    market: Market, state: MarketState, day: int, offered: Offered, depths: Float, draws: DayDraws
) -> DayResult:
    return market.serve(state, market.demand(state, day, offered, depths, draws.traffic), offered, draws)


def _value(market: Market, result: DayResult, segments: int) -> Float:
    """Return what was bought at regular prices, [S]."""
    bought, people = result.purchases, market.people
    value = bought.units * bought.filled * people.weight[bought.customer] * market.prices[bought.product]
    return weighted_counts(people.segment[bought.customer], value, segments)


def _count_orders(market: Market, result: DayResult, edges: Sequence[float], bins: Float) -> None:
    """Add a day's orders to the bins: [S, bins, (orders, value, units)]."""
    people, bought = market.people, result.purchases
    units = weighted_counts(bought.customer, bought.units, people.segment.size)
    rows = np.nonzero(result.order_value > 0)[0]
    value, weight = result.order_value[rows], people.weight[rows]
    place = np.searchsorted(np.asarray(edges), value, side="right") - 1
    for column, amount in enumerate((weight, weight * value, weight * units[rows])):
        np.add.at(bins[:, :, column], (people.segment[rows], place), amount)


def _order_rows(bins: Float, periods: int) -> tuple[OrderBinRow, ...]:
    rows = []
    for s, b in np.argwhere(bins[:, :, 0] > 0):
        orders, value, units = (float(x) for x in bins[s, b])
        rows.append(OrderBinRow(segment=int(s), value=value / orders, orders=orders / periods, units=units / orders))
    return tuple(rows)


def effect_rows(market: Market, effects: Iterable[MeasuredEffect]) -> Iterable[tuple[str, ...]]:
    """Return effects as rows of an effect table: segment, product, period, offer, lift, low, high, take-up."""
    segments, products = market.segments, market.products
    offers = {offer.id: offer for offer in market.scenario.offers}
    for effect in effects:
        offer = offers[effect.offer]
        product = BASKET if effect.product is None else products[effect.product].id
        fixed = offer.layer is Layer.PUBLIC and offer.mechanic in (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)
        yield (
            segments[effect.segment].id,
            product,
            "",
            effect.offer,
            f"{effect.lift:.4f}",
            f"{effect.low:.4f}",
            f"{effect.high:.4f}",
            "" if fixed or offer.mechanic is Mechanic.FEATURE else f"{effect.take_up:.4f}",
        )

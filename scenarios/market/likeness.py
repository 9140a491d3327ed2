"""A market that resembles a scenario: single customers whose quiet sales and price reactions are about as it says.

Any scenario can so be played, not only those that were measured in a market. Baselines are met by product,
segment and period (tastes, needs and traffic are moved until quiet periods sell about as much; the days of a week are
alike); price sensitivities follow
the lifts of the scenario's price cuts. Everything else (cupboards, habits, a competitor, fatigue, messages that nobody
reads) is the market's own, so that its truth is near the scenario's effects, but not the same: as in life.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.grid import Grid
from scenarios.language.schema import Scenario
from scenarios.language.words import Layer, Mechanic
from scenarios.market.customers import CategoryTraits, MarketParams, SegmentTraits
from scenarios.market.play import Market
from scenarios.market.tables import expected_units
from scenarios.market.truth import MarketTruth
from scenarios.response.effects import Effects

CUSTOMERS_PER_SEGMENT = 1500
ROUNDS = 4
"""Times that quiet sales are compared with the baseline."""
USUAL_SENSITIVITY = 3.5
"""Of segments without any price cut to tell it from."""
COMPETITOR_SHARE = 0.45
USUAL_NEED = 0.02
KEEP_DAYS = 20.0
"""How long a purchase lasts, where customers do not buy so often that it must last less."""
FULLEST = 2.5
"""Purchases in a cupboard that leave no need; who buys so often takes more at a time and uses it up sooner."""
LIVED_IN = 2.0
"""Purchases in the cupboard of those who buy often."""
SHOPPING_DAYS = 7
"""Nobody looks for a category more often than once in so many days."""
WARM_UP_WEEKS = 8
"""Weeks that customers of a scenario in weeks live before it: as many as history from data holds."""
STEP = 0.8
"""Share of what is missing that a round makes up for: needs and tastes act on each other."""


def likeness(grid: Grid, effects: Effects, seed: int, *, per_segment: int = CUSTOMERS_PER_SEGMENT) -> Market:
    """Return a market like a scenario.

    Parameters
    ----------
    grid, effects
        Of the scenario, resolved.
    seed
        Decides who lives there.
    per_segment
        Customers that are simulated one by one in each segment.

    Raises
    ------
    ValueError
        Where the market cannot play the scenario: products without a price.
    """
    base = effects.base_units.mean(axis=0)
    categories = tuple(dict.fromkeys(product.category for product in grid.products))
    sensitivity = _sensitivities(grid, effects)
    paces = _paces(grid, base, categories)
    need = {category: pace.need for category, pace in zip(categories, paces, strict=True)}
    affinity, taste = _affinities(grid, base, categories), _tastes(grid, base, categories)
    traffic = base.sum(axis=(0, 1))
    traffic = traffic / max(float(traffic.mean()), 1e-9)
    member = np.array([categories.index(product.category) for product in grid.products])
    wanted = base.sum(axis=2)
    for _ in range(ROUNDS):
        market = _market(grid, sensitivity, need, paces, affinity, taste, traffic, seed, per_segment)
        quiet = _quiet_units(market, seed)
        sold = quiet.sum(axis=2)
        for c, category in enumerate(categories):
            here = member == c
            ratio = float(_ratio(wanted[:, here].sum(), sold[:, here].sum()))
            need[category] = float(np.clip(need[category] * ratio**STEP, 1e-5, 0.5))
            own = _ratio(wanted[:, here].sum(axis=1), sold[:, here].sum(axis=1))
            affinity[:, c] = np.clip(affinity[:, c] * (own / ratio) ** STEP, 0.01, 50.0)
        missing = np.log(_ratio(wanted, sold))
        taste = np.clip(taste + STEP * (missing - _by_category(missing, member)), -6.0, 6.0)
        by_period = _ratio(base.sum(axis=(0, 1)), quiet.sum(axis=(0, 1)))
        traffic = traffic * (by_period / by_period.mean()) ** STEP
    return _market(grid, sensitivity, need, paces, affinity, taste, traffic, seed, per_segment)


class _Pace(NamedTuple):
    """How often a category is bought."""

    units: float
    keep_days: float
    need: float
    """Where the search for the need begins."""


def _paces(grid: Grid, base: Float, categories: Sequence[str]) -> list[_Pace]:
    """How the segment that buys most of each category buys it: the market's usual way, or more at a time."""
    horizon = grid.scenario.horizon
    customers = np.array([segment.customers for segment in grid.segments], dtype=float)
    days = horizon.periods * horizon.period_days
    found = []
    for category in categories:
        here = [product.category == category for product in grid.products]
        rate = base[:, here].sum(axis=(1, 2)) / customers / days / (1.0 - COMPETITOR_SHARE)
        if float(rate.max()) * KEEP_DAYS <= FULLEST:
            found.append(_Pace(units=1.0, keep_days=KEEP_DAYS, need=USUAL_NEED))
            continue
        units = float(np.ceil(SHOPPING_DAYS * rate.max()))
        keep = min(KEEP_DAYS, LIVED_IN * units / float(rate.max()))
        mean = float((rate * customers).sum() / customers.sum()) / units
        odds = mean / (1.0 - mean) * float(np.exp(mean * keep))
        found.append(_Pace(units=units, keep_days=keep, need=odds / (1.0 + odds)))
    return found


class _Memory(TypedDict, total=False):
    warm_up_days: int
    fatigue: float
    fatigue_half_life_days: float


def _memory(scenario: Scenario) -> _Memory:
    """How customers remember promotions: in days as the market's do, of whole weeks as the scenario says.

    A promotion of a week is not the same as one of a day: the market knows of days how soon they are forgotten.
    """
    if scenario.horizon.period_days == 1:
        return {}
    response = scenario.response
    return {
        "warm_up_days": 7 * WARM_UP_WEEKS,
        "fatigue": -float(np.log1p(-response.fatigue)),
        "fatigue_half_life_days": float(response.fatigue_half_life * scenario.horizon.period_days),
    }


def _quiet_units(market: Market, seed: int) -> Float:
    """Units [S, K, T] that everybody together is expected to buy without any offer."""
    found = np.zeros((len(market.segments), len(market.products), market.scenario.horizon.periods))
    depths, state = market.competitor(seed), market.warm(seed)
    for day in range(market.days):
        nothing = market.offer((), state, market.draws(seed, day))
        found[:, :, market.period_of(day)] += expected_units(market, market.demand(state, day, nothing, depths, 0.0))
        state, _, _ = market.day(state, day, (), seed, depths)
    return found


def _ratio(wanted: Float, sold: Float) -> Float:
    """By how much more should be sold, within what one round may change."""
    return np.asarray(np.clip((wanted + 0.5) / (sold + 0.5), 0.2, 5.0))


def _by_category(values: Float, member: Int) -> Float:
    """Mean over the products of each one's category, [S, K]."""
    return np.stack([values[:, member == c].mean(axis=1) for c in member], axis=1)


def _sensitivities(grid: Grid, effects: Effects) -> Float:
    """[S] utility of a log price cut: what the lifts of price cuts come to, mean over products, periods and offers."""
    lift = effects.lift.mean(axis=0)[:, :-1]
    found: list[Float] = []
    for number, offer in enumerate(grid.scenario.offers):
        if offer.mechanic not in (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE) or offer.layer is not Layer.PUBLIC:
            continue
        if not offer.off_each:
            continue
        table = lift[..., number]
        on = table > 0
        mean = np.where(on.any(axis=(1, 2)), (np.log1p(np.maximum(table, 0)) * on).sum(axis=(1, 2)), 0.0)
        found.append(mean / np.maximum(on.sum(axis=(1, 2)), 1) / -np.log(1.0 - offer.off_each))
    if not found:
        return np.full(len(grid.segments), USUAL_SENSITIVITY)
    mean = np.mean(found, axis=0)
    return np.clip(np.where(mean > 0, mean, USUAL_SENSITIVITY), 0.5, 8.0)


def _affinities(grid: Grid, base: Float, categories: Sequence[str]) -> Float:
    """[S, C] a segment's sales of a category per customer, relative to all customers."""
    customers = np.array([segment.customers for segment in grid.segments], dtype=float)
    sums = np.stack([base[:, [p.category == c for p in grid.products]].sum(axis=(1, 2)) for c in categories], axis=1)
    mean = sums.sum(axis=0) / customers.sum()
    return np.asarray(
        np.clip(np.divide(sums / customers[:, None], mean, out=np.ones_like(sums), where=mean > 0), 0.01, 50.0)
    )


def _tastes(grid: Grid, base: Float, categories: Sequence[str]) -> Float:
    """[S, K] log of each product's share of its category."""
    total = base.sum(axis=2) + 1e-3
    member = np.array([categories.index(product.category) for product in grid.products])
    logs = np.log(total)
    return np.asarray(np.clip(logs - _by_category(logs, member), -4.0, 4.0))


def _market(
    grid: Grid,
    sensitivity: Float,
    need: dict[str, float],
    paces: Sequence[_Pace],
    affinity: Float,
    taste: Float,
    traffic: Float,
    seed: int,
    per_segment: int,
) -> Market:
    categories = tuple(need)
    segments = {
        segment.id: SegmentTraits(
            price_sensitivity=float(sensitivity[s]),
            notice=0.45,
            gift_taste=0.6,
            bulk=0.2,
            habit=0.3,
            affinity={category: float(affinity[s, c]) for c, category in enumerate(categories)},
            taste={product.id: float(taste[s, k]) for k, product in enumerate(grid.products)},
        )
        for s, segment in enumerate(grid.segments)
    }
    kinds = {
        category: CategoryTraits(
            need=need[category],
            expansion=0.5,
            competitor_share=COMPETITOR_SHARE,
            keep_days=pace.keep_days,
            satiation=1.0,
            stockpile=0.5,
            bulk=0.3,
            units=pace.units,
        )
        for category, pace in zip(categories, paces, strict=True)
    }
    horizon = grid.scenario.horizon
    days = (horizon.start + dt.timedelta(days=day) for day in range(horizon.periods * horizon.period_days))
    truth = MarketTruth(
        segments=segments,
        categories=kinds,
        traffic={date: float(traffic[horizon.period_of(date)]) for date in days},
        competitor_events={},
        params=MarketParams(
            seed=seed, customers_per_segment=per_segment, competitor_promotion_rate=0.1, **_memory(grid.scenario)
        ),
    )
    bare = grid.scenario.model_copy(update={"segments": grid.segments, "products": grid.products})
    return Market(scenario=bare, truth=truth)

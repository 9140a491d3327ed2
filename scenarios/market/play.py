"""A seeded market of individual customers that plays a plan: what was really sold and earned.

It decides by utilities, cupboards, habits and shelves, never by the response model, so it can judge both the plans and
the effect tables that the model is fed with. A sample of each segment's customers is simulated and scaled up by
weights. Two plans under one seed meet the same customers in the same mood (common random numbers).

What it leaves out: coupons never run out, and parcels cost what shipping is charged at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import CostShare, Product, Scenario, Segment
from scenarios.language.words import Unit
from scenarios.market.account import Tally, account_of, net_share
from scenarios.market.customers import (
    CategoryTraits,
    Float,
    MarketParams,
    Memory,
    Population,
    SegmentTraits,
    draw_population,
    stream,
)
from scenarios.market.day import DayDraws, DayResult, Demand, demand_of, shop
from scenarios.market.deals import ActiveLine
from scenarios.market.offered import Offered, lines_by_day, offer_today, remember
from scenarios.market.sold import Sold
from scenarios.market.till import DayTill, ring_up


@dataclass(frozen=True, kw_only=True)
class MarketTruth:
    """What is really so and no planner knows: how segments shop, how categories are bought, how the days run."""

    segments: dict[str, SegmentTraits]
    categories: dict[str, CategoryTraits]
    traffic: dict[dt.date, float]
    """Visits of a day relative to a quiet one; 1 for days that are not named."""
    competitor_events: dict[dt.date, float]
    """Depths that the competitor cuts its prices by on certain days, beside its surprises."""
    params: MarketParams


@dataclass(frozen=True, kw_only=True, eq=False)
class MarketState:
    """Where a run stands at the start of a day. State is passed in and returned, never kept."""

    memory: Memory
    stock: Float
    """[K]"""
    gift_stock: dict[str, float]
    funds: dict[str, float]
    """What is left of each vendor's fund; infinite where none is named."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Market:
    """The market of one loaded scenario under one truth.

    Raises
    ------
    ValueError
        When the horizon is not in days, segments or products are not in place, or a product has no price.
    """

    scenario: Scenario
    truth: MarketTruth
    residents: Population | None = None
    """Customers that live here already; drawn from the truth where none are given."""
    remembered: Memory | None = None
    """What they carry into the first morning; settled by a warm-up where none is given."""

    def __post_init__(self) -> None:
        if self.scenario.horizon.unit is not Unit.DAY:
            raise ValueError("the market runs day by day: expected a horizon in days, got weeks")
        if not isinstance(self.scenario.segments, tuple) or not isinstance(self.scenario.products, tuple):
            raise ValueError("the market needs a loaded scenario: expected segments and products in place of tables")
        if unpriced := [product.id for product in self.products if not product.price]:
            raise ValueError(f"the market needs prices: expected one above 0 for {', '.join(unpriced)}")

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, S of them."""
        found = self.scenario.segments
        return found if isinstance(found, tuple) else ()

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """The products, K of them."""
        found = self.scenario.products
        return found if isinstance(found, tuple) else ()

    @cached_property
    def people(self) -> Population:
        """The customers; the same in every run."""
        if self.residents is not None:
            return self.residents
        truth = self.truth
        return draw_population(self.segments, self.products, truth.segments, truth.categories, truth.params)

    @cached_property
    def kinds(self) -> tuple[CategoryTraits, ...]:
        """Traits of the categories, in the order of the population's arrays."""
        return tuple(self.truth.categories.values())

    @cached_property
    def prices(self) -> Float:
        """Regular prices, tax included, [K]."""
        return np.array([float(product.price or 0) for product in self.products])

    @cached_property
    def unit_costs(self) -> Float:
        """Net unit costs, [K]."""
        costs = []
        for product in self.products:
            cost = product.unit_cost
            net_price = float(product.price or 0) / (1 + self.scenario.money.tax_rate)
            costs.append(net_price * cost.share if isinstance(cost, CostShare) else float(cost))
        return np.array(costs)

    def by_day(self, lines: Sequence[PlanLine]) -> dict[int, list[ActiveLine]]:
        """Sort a plan's lines by day; raises ValueError on a line that the market cannot play."""
        return lines_by_day(lines, self.scenario.offers, self.segments, self.products, self.scenario.horizon)

    def competitor(self, seed: int) -> Float:
        """Return the competitor's depths, [C, warm-up + horizon days], under one seed: known events and surprises."""
        params, horizon = self.truth.params, self.scenario.horizon
        days = params.warm_up_days + horizon.periods
        rng = stream(seed, "competitor")
        shape = (len(self.kinds), days)
        promotes = rng.random(shape) < params.competitor_promotion_rate
        surprise: Float = np.where(promotes, 0.08 + 0.17 * rng.random(shape), 0.0)
        events = [self.truth.competitor_events.get(horizon.date_of(t - params.warm_up_days), 0.0) for t in range(days)]
        depths: Float = np.maximum(surprise, np.array(events))
        return depths

    def draws(self, seed: int, day: int) -> DayDraws:
        """Return the random numbers of one day."""
        people, channels = self.people.segment.size, len(self.scenario.channels) + 1
        return DayDraws.draw(seed, day, people, len(self.kinds), channels, self.truth.params.traffic_noise)

    def offer(self, lines: Sequence[ActiveLine], state: MarketState, draws: DayDraws) -> Offered:
        """Return what the lines of one day are to every customer."""
        return offer_today(
            lines,
            self.scenario,
            self.segments,
            self.products,
            self.people,
            state.memory,
            state.gift_stock,
            draws,
            self.truth.params,
        )

    def demand(self, state: MarketState, day: int, offered: Offered, depths: Float, traffic_shock: float) -> Demand:
        """Return what everybody wants on a day; ``depths`` as `competitor` returns them."""
        traffic = self.truth.traffic.get(self.scenario.horizon.date_of(day), 1.0)
        return demand_of(
            self.people,
            self.kinds,
            state.memory,
            offered.deals,
            offered.baskets,
            depths[:, day + self.truth.params.warm_up_days],
            float(np.log(traffic)) + traffic_shock,
        )

    def serve(self, state: MarketState, demand: Demand, offered: Offered, draws: DayDraws) -> DayResult:
        """Let everybody shop: what was bought, and what customers remember of it."""
        return shop(
            self.people,
            self.kinds,
            state.memory,
            demand,
            offered.deals,
            offered.baskets,
            draws,
            self.prices,
            state.stock,
            self.truth.params,
        )

    def day(
        self, state: MarketState, day: int, lines: Sequence[ActiveLine], seed: int, depths: Float
    ) -> tuple[MarketState, DayTill, DayResult]:
        """Play one day: the state of the next morning, the till, and the purchases behind it."""
        draws = self.draws(seed, day)
        offered = self.offer(lines, state, draws)
        result = self.serve(state, self.demand(state, day, offered, depths, draws.traffic), offered, draws)
        till = ring_up(
            result,
            offered,
            self.people,
            self.segments,
            self.scenario,
            self.prices,
            self.unit_costs,
            draws.arrives,
            state.gift_stock,
        )
        after = replace(
            state,
            memory=remember(result.memory, offered, self.truth.params),
            stock=np.maximum(state.stock - till.units.sum(axis=0), 0.0),
            gift_stock=till.gift_stock,
        )
        return after, till, result

    def warm(self, seed: int) -> MarketState:
        """Return the state at the start of the horizon: habits and cupboards settled, history lines played.

        Where customers already remember their past, history lines are part of it.
        """
        unlimited = np.full(self.prices.size, np.inf)
        if self.remembered is not None:
            return MarketState(memory=self.remembered, stock=unlimited, gift_stock={}, funds={})
        blank = Memory.blank(self.people.segment.size, self.prices.size, len(self.kinds))
        state = MarketState(memory=blank, stock=unlimited, gift_stock={}, funds={})
        depths = self.competitor(seed)
        history = self.by_day(self.scenario.history if isinstance(self.scenario.history, tuple) else ())
        for day in range(-self.truth.params.warm_up_days, 0):
            state, _, _ = self.day(state, day, history.get(day, ()), seed, depths)
        return state

    def open_doors(self, state: MarketState) -> MarketState:
        """Return the state with the stocks and funds of the horizon's first morning."""
        return replace(
            state,
            stock=np.array([np.inf if product.stock is None else float(product.stock) for product in self.products]),
            gift_stock={gift.id: float(gift.stock) for gift in self.scenario.gifts if gift.stock is not None},
            funds={v.id: np.inf if v.fund is None else float(v.fund) for v in self.scenario.vendors},
        )

    def play(self, lines: Sequence[PlanLine], seed: int, *, warm: MarketState | None = None) -> Sold:
        """Play a plan over the horizon.

        Parameters
        ----------
        lines
            The plan, at most one line a slot.
        seed
            Equal seeds pair plans: the same customers in the same mood, the same competitor.
        warm
            The state that `warm` returned for this seed, to save its time.

        Raises
        ------
        ValueError
            When a line names something unknown, repeats a slot, or lies outside the horizon.
        """
        days = self.by_day(lines)
        horizon = self.scenario.horizon
        outside = sorted(day for day in days if not (0 <= day < horizon.periods))
        if outside:
            raise ValueError(f"line on {horizon.date_of(outside[0])}: expected a day of the horizon")
        depths = self.competitor(seed)
        state = self.open_doors(self.warm(seed) if warm is None else warm)
        tally = Tally.empty(len(self.segments), self.prices.size, horizon.periods)
        for day in range(horizon.periods):
            date = horizon.date_of(day)
            arrivals = np.array([float(product.arrivals.get(date, 0)) for product in self.products])
            state, till, _ = self.day(
                replace(state, stock=state.stock + arrivals), day, days.get(day, ()), seed, depths
            )
            state = replace(state, funds=till.add_to(tally, day, state.funds, net_share(self.scenario.money)))
        return Sold(seed=seed, tally=tally, account=account_of(tally, self.scenario.money), stock_left=state.stock)

    def play_all(self, plans: Sequence[Sequence[PlanLine]], seed: int) -> tuple[Sold, ...]:
        """Play several plans under one seed, each from the same first morning."""
        warm = self.warm(seed)
        return tuple(self.play(plan, seed, warm=warm) for plan in plans)

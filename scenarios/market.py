"""A seeded market of individual customers that plays a plan: what was really sold and earned.

It decides by utilities, cupboards, habits and shelves, never by the response model, so it can judge both the plans and
the effect tables that the model is fed with. A sample of each segment's customers is simulated and scaled up by weights.
Two plans under one seed meet the same customers in the same mood (common random numbers).

What it does not know: coupon quantities (nobody stops redeeming) and fees of messages that no line sends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scenarios.market_account import Account, Tally, account_of, net_share
from scenarios.market_customers import (
    CategoryTraits,
    Float,
    MarketParams,
    Memory,
    Population,
    SegmentTraits,
    draw_population,
    stream,
)
from scenarios.market_day import DayDraws, DayResult, Demand, demand_of, shop
from scenarios.market_deals import (
    ActiveLine,
    BasketDeal,
    Deal,
    Messages,
    benefit_of,
    make_basket_deal,
    make_deal,
)
from scenarios.market_till import DayTill, ring_up
from scenarios.rule_schema import PlanLine
from scenarios.schema import CostShare, Scenario
from scenarios.words import BASKET, EVERYBODY, Layer, Unit


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
class Sold:
    """What one plan sold and earned under one seed."""

    seed: int
    tally: Tally
    account: Account
    stock_left: Float
    """[K] units left at the end; infinite where unlimited."""

    @property
    def units(self) -> Float:
        """Units sold, [S, K, T]."""
        return self.tally.units[:, :-1]

    @property
    def totals(self) -> dict[str, float]:
        """Units, contacts, gifts, uses and every money row (major units, net), summed over all cells."""
        counts = {
            "units": self.tally.units,
            "orders": self.tally.orders,
            "uses": self.tally.uses,
            "contacts": self.tally.contacts,
            "gifts": self.tally.gift_units,
        }
        money = {name: float(amount) for name, amount in self.account.totals().items()}
        return {name: float(values.sum()) for name, values in counts.items()} | money


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
    """The market of one scenario (segments, products and history in place) under one truth."""

    scenario: Scenario
    truth: MarketTruth

    def __post_init__(self) -> None:
        if self.scenario.horizon.unit is not Unit.DAY:
            raise ValueError("the market runs day by day: the horizon must be in days")
        if not isinstance(self.scenario.segments, tuple) or not isinstance(self.scenario.products, tuple):
            raise ValueError("the market needs a loaded scenario, its segments and products read from their tables")

    @cached_property
    def people(self) -> Population:
        """The customers; the same in every run."""
        truth = self.truth
        return draw_population(
            self.scenario.segments,  # type: ignore[arg-type]
            self.scenario.products,  # type: ignore[arg-type]
            truth.segments,
            truth.categories,
            truth.params,
        )

    @cached_property
    def kinds(self) -> tuple[CategoryTraits, ...]:
        """Traits of the categories, in the order of the population's arrays."""
        return tuple(self.truth.categories.values())

    @cached_property
    def prices(self) -> Float:
        """Regular prices, tax included, [K]."""
        return np.array([float(product.price or 0) for product in self.scenario.products])  # type: ignore[union-attr]

    @cached_property
    def unit_costs(self) -> Float:
        """Net unit costs, [K]."""
        tax = 1 + self.scenario.money.tax_rate
        return np.array(
            [
                float(product.price or 0) / tax * product.unit_cost.share
                if isinstance(product.unit_cost, CostShare)
                else float(product.unit_cost)
                for product in self.scenario.products  # type: ignore[union-attr]
            ]
        )

    def _index(self) -> tuple[dict[str, int], dict[str, int]]:
        segments = {segment.id: s for s, segment in enumerate(self.scenario.segments)}  # type: ignore[arg-type]
        products = {product.id: k for k, product in enumerate(self.scenario.products)}  # type: ignore[arg-type]
        return segments, products | {BASKET: len(products)}

    def by_day(self, lines: Sequence[PlanLine]) -> dict[int, list[ActiveLine]]:
        """Sort a plan's lines by day (negative before the horizon).

        Raises
        ------
        ValueError
            When a line names an unknown offer, product or segment, or when two lines fill one slot.
        """
        segments, products = self._index()
        offers = {offer.id: offer for offer in self.scenario.offers}
        days: dict[int, list[ActiveLine]] = {}
        taken = set()
        for line in lines:
            where = f"line {line.date} {line.product} {line.segment} {line.offer}"
            offer = offers.get(line.offer)
            if offer is None or line.product not in products:
                raise ValueError(f"{where}: the market knows no such offer or product")
            targeted = offer.layer is Layer.TARGETED
            if targeted and line.segment not in segments or not targeted and line.segment != EVERYBODY:
                raise ValueError(f"{where}: a targeted line names a known segment, a public line {EVERYBODY}")
            if offer.mechanic.is_basket is not (line.product == BASKET):
                raise ValueError(f"{where}: basket offers go with product {BASKET}, the others with a product")
            day = self.scenario.horizon.period_of(line.date)
            slot = (day, line.product, line.segment)
            if slot in taken:
                raise ValueError(f"{where}: the slot has two lines; the market plays one")
            taken.add(slot)
            days.setdefault(day, []).append(
                ActiveLine(
                    offer=offer,
                    product=products[line.product],
                    segment=segments[line.segment] if targeted else -1,
                    coverage=line.coverage,
                )
            )
        return days

    def competitor(self, seed: int) -> Float:
        """Return the competitor's depths, [C, warm-up + horizon days], under one seed: known events and surprises."""
        params, horizon = self.truth.params, self.scenario.horizon
        days = params.warm_up_days + horizon.periods
        rng = stream(seed, "competitor")
        shape = (len(self.kinds), days)
        surprise = np.where(rng.random(shape) < params.competitor_promotion_rate, 0.08 + 0.17 * rng.random(shape), 0.0)
        events = [self.truth.competitor_events.get(horizon.date_of(t - params.warm_up_days), 0.0) for t in range(days)]
        return np.maximum(surprise, np.array(events))

    def demand(self, state: MarketState, day: int, offered: Offered, depths: Float, traffic_shock: float) -> Demand:
        """Return what everybody wants on a day."""
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

    def draws(self, seed: int, day: int) -> DayDraws:
        """Return the random numbers of one day."""
        count = len(self.scenario.channels) + 1
        people = self.people.segment.size
        return DayDraws.draw(seed, day, people, len(self.kinds), count, self.truth.params.traffic_noise)

    def offer_today(self, lines: Sequence[ActiveLine], state: MarketState, draws: DayDraws) -> Offered:
        """Return what the lines of one day are to every customer: deals, basket deals, messages."""
        channels = {channel.id: c for c, channel in enumerate(self.scenario.channels)}
        gifts = {gift.id: gift for gift in self.scenario.gifts}
        people, params, memory = self.people, self.truth.params, state.memory
        messages = Messages(chance=draws.chance, attention=draws.attention)
        basket_row = self.prices.size
        sent: dict[tuple[int, int], float] = {}
        by_product: dict[int, list[ActiveLine]] = {}
        baskets: list[BasketDeal] = []
        for line in lines:
            channel = channels[line.offer.channel] if line.offer.channel is not None else len(channels)
            if line.segment >= 0 and line.offer.channel is not None:
                sent[line.segment, channel] = max(sent.get((line.segment, channel), 0.0), line.coverage)
            if line.product < basket_row:
                if line.offer.gift is None or state.gift_stock.get(line.offer.gift, np.inf) > 0:
                    by_product.setdefault(line.product, []).append(line)
                continue
            if line.segment < 0:
                who = np.ones(people.segment.size, dtype=bool)
            else:
                who = messages.noticed(line, channel, people, memory, params.message_weariness)
            baskets.append(make_basket_deal(line, who, people, memory.seen[:, basket_row], params))
        deals: dict[int, Deal] = {}
        for k, today in sorted(by_product.items()):
            category, product = int(people.category[k]), self.scenario.products[k]  # type: ignore[index]
            public = next((line for line in today if line.segment < 0), None)
            targeted = []
            for line in today:
                if line.segment >= 0:
                    channel = channels[line.offer.channel] if line.offer.channel is not None else len(channels)
                    noticed = messages.noticed(line, channel, people, memory, params.message_weariness)
                    benefit = benefit_of(line.offer, product, category, people, gifts, params)
                    targeted.append((line, benefit, noticed))
            deals[k] = make_deal(
                benefit_of(public.offer, product, category, people, gifts, params) if public is not None else None,
                public.offer if public is not None else None,
                targeted,
                len(self.scenario.segments),  # type: ignore[arg-type]
                people,
                memory.seen[:, k],
                params,
                category,
            )
        return Offered(lines=tuple(lines), deals=deals, baskets=baskets, sent=sent, chance=draws.chance)

    def start(self) -> MarketState:
        """Return the state before the warm-up."""
        count = len(self.kinds)
        return MarketState(
            memory=Memory.blank(self.people.segment.size, self.prices.size, count),
            stock=np.full(self.prices.size, np.inf),
            gift_stock={},
            funds={},
        )

    def open_doors(self, state: MarketState) -> MarketState:
        """Return the state with the stocks and funds of the horizon's first day."""
        products = self.scenario.products
        return replace(
            state,
            stock=np.array([np.inf if p.stock is None else float(p.stock) for p in products]),  # type: ignore[union-attr]
            gift_stock={g.id: float(g.stock) for g in self.scenario.gifts if g.stock is not None},
            funds={v.id: float(v.fund) if v.fund is not None else np.inf for v in self.scenario.vendors},
        )

    def day(
        self, state: MarketState, day: int, lines: Sequence[ActiveLine], seed: int, depths: Float
    ) -> tuple[MarketState, DayTill, DayResult, Offered]:
        """Play one day: the new state, the till, what was bought, and what had been offered."""
        draws = self.draws(seed, day)
        offered = self.offer_today(lines, state, draws)
        demand = self.demand(state, day, offered, depths, draws.traffic)
        params = self.truth.params
        result = shop(
            self.people,
            self.kinds,
            state.memory,
            demand,
            offered.deals,
            offered.baskets,
            draws,
            self.prices,
            state.stock,
            params,
        )
        till = ring_up(
            result, offered, self.people, self.scenario, self.prices, self.unit_costs, draws, state.gift_stock
        )
        return self._remember(state, result, offered, till), till, result, offered

    def _remember(self, state: MarketState, result: DayResult, offered: Offered, till: DayTill) -> MarketState:
        params = self.truth.params
        seen = result.memory.seen * 0.5 ** (1.0 / params.fatigue_half_life_days)
        for k, deal in offered.deals.items():
            seen[:, k] += deal.saw
        if offered.baskets:
            seen[:, -1] += np.any([basket.who for basket in offered.baskets], axis=0)
        messages = result.memory.messages * np.exp(-1.0 / 7.0)
        for (segment, channel), coverage in offered.sent.items():
            messages += (self.people.segment == segment) & (offered.chance[:, channel] < coverage)
        return replace(
            state,
            memory=replace(result.memory, seen=seen, messages=messages),
            stock=np.maximum(state.stock - till.units.sum(axis=0), 0.0),
            gift_stock=till.gift_stock,
        )

    def warm(self, seed: int) -> MarketState:
        """Return the state at the start of the horizon: habits and cupboards settled, history lines played."""
        state, depths = self.start(), self.competitor(seed)
        history = self.by_day(self.scenario.history if isinstance(self.scenario.history, tuple) else ())
        for day in range(-self.truth.params.warm_up_days, 0):
            state, _, _, _ = self.day(state, day, history.get(day, ()), seed, depths)
        return state

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
        """
        days = self.by_day(lines)
        horizon = self.scenario.horizon
        outside = sorted(day for day in days if not (0 <= day < horizon.periods))
        if outside:
            raise ValueError(f"line on {horizon.date_of(outside[0])}: expected a day of the horizon")
        depths = self.competitor(seed)
        state = self.open_doors(self.warm(seed) if warm is None else warm)
        segments = len(self.scenario.segments)  # type: ignore[arg-type]
        tally = Tally.empty(segments, self.prices.size, horizon.periods)
        for day in range(horizon.periods):
            state = replace(state, stock=state.stock + self._arrivals(day))
            state, till, _, _ = self.day(state, day, days.get(day, ()), seed, depths)
            state = replace(state, funds=till.add_to(tally, day, state.funds, net_share(self.scenario.money)))
        return Sold(seed=seed, tally=tally, account=account_of(tally, self.scenario.money), stock_left=state.stock)

    def play_all(self, plans: Sequence[Sequence[PlanLine]], seed: int) -> tuple[Sold, ...]:
        """Play several plans under one seed."""
        warm = self.warm(seed)
        return tuple(self.play(plan, seed, warm=warm) for plan in plans)

    def _arrivals(self, day: int) -> Float:
        date = self.scenario.horizon.date_of(day)
        return np.array([float(p.arrivals.get(date, 0)) for p in self.scenario.products])  # type: ignore[union-attr]


@dataclass(frozen=True, kw_only=True, eq=False)
class Offered:
    """Everything that is on offer on one day."""

    lines: tuple[ActiveLine, ...]
    deals: dict[int, Deal]
    """By product index."""
    baskets: list[BasketDeal]
    sent: dict[tuple[int, int], float]
    """Coverage of the message of each (segment, channel): the largest of its lines."""
    chance: Float
    """[N, channels] position of each customer in the channels' mailing order."""

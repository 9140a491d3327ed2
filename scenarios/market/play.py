"""A seeded market of individual customers that plays a plan: what was really sold and earned.

It decides by utilities, cupboards, habits and shelves, never by the response model, so it can judge both the plans and
the effect tables that the model is fed with. A sample of each segment's customers is simulated and scaled up by
weights. Two plans under one seed meet the same customers in the same mood (common random numbers).

What it leaves out: parcels cost what shipping is charged at. It lives day by day; a line of a week holds on all of its
days, and what is told is told by period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scenarios.arrays import Float
from scenarios.currency import minor_digits
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Product, Scenario, Segment
from scenarios.market.account import Tally, account_of, net_unit_costs
from scenarios.market.customers import CategoryTraits, Memory, Population, draw_population, stream
from scenarios.market.day import DayDraws, DayResult, Demand, demand_of, draws_of, shop
from scenarios.market.deals import ActiveLine, Allowance, Place
from scenarios.market.offered import Letters, Offered, Pieces, lines_by_day, offer_today, remember
from scenarios.market.reachable_people import among_reachable
from scenarios.market.sold import Sold
from scenarios.market.state import MarketState, morning, opened
from scenarios.market.till import DayTill, ring_up
from scenarios.market.trade import begin, trade
from scenarios.market.truth import MarketTruth


@dataclass(frozen=True, kw_only=True, eq=False)
class Market:
    """The market of one loaded scenario under one truth.

    Raises
    ------
    ValueError
        When segments or products are not in place, or a product has no price.
    """

    scenario: Scenario
    truth: MarketTruth
    residents: Population | None = None
    """Customers that live here already; drawn from the truth where none are given."""
    remembered: Memory | None = None
    """What they carry into the first morning; settled by a warm-up where none is given."""

    def __post_init__(self) -> None:
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
        return net_unit_costs(self.products, self.scenario.money)

    @property
    def days(self) -> int:
        """Days of the horizon."""
        return self.scenario.horizon.periods * self.scenario.horizon.period_days

    def date(self, day: int) -> dt.date:
        """Return the date of a day, counted from the start of the horizon."""
        return self.scenario.horizon.start + dt.timedelta(days=day)

    def period_of(self, day: int) -> int:
        """Return the period that holds a day."""
        return day // self.scenario.horizon.period_days

    def by_day(self, lines: Sequence[PlanLine], pieces: Pieces | None = None) -> dict[int, list[ActiveLine]]:
        """Sort a plan's lines by day; raises ValueError on a line that the market cannot play."""
        return lines_by_day(lines, self.scenario.offers, self.segments, self.products, self.scenario.horizon, pieces)

    def competitor(self, seed: int) -> Float:
        """Return the competitor's depths, [C, warm-up + horizon days], under one seed: known events and surprises."""
        params = self.truth.params
        days = params.warm_up_days + self.days
        rng = stream(seed, "competitor")
        shape = (len(self.kinds), days)
        promotes = rng.random(shape) < params.competitor_promotion_rate
        surprise: Float = np.where(promotes, 0.08 + 0.17 * rng.random(shape), 0.0)
        events = [self.truth.competitor_events.get(self.date(t - params.warm_up_days), 0.0) for t in range(days)]
        depths: Float = np.maximum(surprise, np.array(events))
        return depths

    def draws(self, seed: int, day: int) -> DayDraws:
        """Return the random numbers of one day."""
        people, channels = self.people.segment.size, len(self.scenario.channels) + 1
        found = draws_of(seed, day, people, len(self.kinds), channels, self.truth.params.traffic_noise)
        return among_reachable(found, self.scenario, self.segments, self.people, seed)

    def offer(
        self,
        lines: Sequence[ActiveLine],
        state: MarketState,
        draws: DayDraws,
        letters: Letters | None = None,
        allowed: Mapping[Place, Allowance] | None = None,
    ) -> Offered:
        """Return what the lines of one day are to every customer: to all of them, unless ``allowed`` names who may.

        ``letters`` say whom the period's messages reach; they are those of this day where none are given.
        """
        if letters is None:
            letters = Letters.of(self.people, state.memory, draws, self.truth.params)
        return offer_today(
            lines,
            self.scenario,
            self.segments,
            self.products,
            self.people,
            state.memory,
            state.gift_stock,
            letters,
            self.truth.params,
            allowed or {},
        )

    def demand(self, state: MarketState, day: int, offered: Offered, depths: Float, traffic_shock: float) -> Demand:
        """Return what everybody wants on a day; ``depths`` as `competitor` returns them."""
        traffic = self.truth.traffic.get(self.date(day), 1.0)
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
        """Play one day: the state of the next morning, the till, and the purchases behind it.

        Where a customer was split, because the last pieces of an offer went to some of the real ones that it stands
        for, the purchases name the parts by numbers behind those of the customers.
        """
        draws, length = self.draws(seed, day), self.scenario.horizon.period_days
        so_far = state.so_far
        if so_far is None or day % length == 0:
            so_far = begin(self, state.memory, lines, draws)
        went = trade(self, state, so_far, day, lines, draws, depths)
        crowd, offered, people = went.crowd, went.offered, went.crowd.market.people
        till = ring_up(
            went.result,
            offered,
            people,
            self.segments,
            self.products,
            self.scenario,
            self.prices,
            self.unit_costs,
            crowd.draws.arrives,
            state.gift_stock,
        )
        saw = so_far.saw[crowd.root] | offered.saw(people.segment.size, self.prices.size)
        tires = saw if (day + 1) % length == 0 else None
        memory = remember(went.result.memory, offered, tires, self.truth.params)
        if crowd.root.size > self.people.segment.size:
            one_by_one = crowd.whole(self.people.segment.size)
            memory, saw = memory.picked(one_by_one), saw[one_by_one]
        after = replace(
            state,
            memory=memory,
            stock=np.maximum(state.stock - till.units.sum(axis=0), 0.0),
            gift_stock=till.gift_stock,
            so_far=replace(so_far, rations=went.rations, saw=saw),
        )
        return after, till, went.result

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
        return opened(state, self.scenario, self.products)

    def play(
        self,
        lines: Sequence[PlanLine],
        seed: int,
        *,
        warm: MarketState | None = None,
        pieces: Pieces | None = None,
    ) -> Sold:
        """Play a plan over the horizon.

        Parameters
        ----------
        lines
            The plan, at most one line a slot.
        seed
            Equal seeds pair plans: the same customers in the same mood, the same competitor.
        warm
            The state that `warm` returned for this seed, to save its time.
        pieces
            How many there are of each line whose offer counts them (``quantity``).

        Raises
        ------
        ValueError
            When a line names something unknown, repeats a slot, lies outside the horizon, or lacks its pieces.
        """
        days = self.by_day(lines, pieces)
        horizon = self.scenario.horizon
        outside = sorted(day for day in days if not (0 <= day < self.days))
        if outside:
            raise ValueError(f"line on {self.date(outside[0])}: expected a day of the horizon")
        depths = self.competitor(seed)
        state = self.open_doors(self.warm(seed) if warm is None else warm)
        tally = Tally.empty(len(self.segments), self.prices.size, horizon.periods)
        for day in range(self.days):
            state = morning(state, self.products, horizon, self.date(day))
            state, till, _ = self.day(state, day, days.get(day, ()), seed, depths)
            funds = till.add_to(tally, self.period_of(day), state.funds, self.products, self.scenario.money)
            state = replace(state, funds=funds)
        digits = minor_digits(self.scenario.currency)
        account = account_of(tally, self.products, self.scenario.money, digits)
        return Sold(seed=seed, tally=tally, account=account, digits=digits, stock_left=state.stock)

    def play_all(self, plans: Sequence[Sequence[PlanLine]], seed: int) -> tuple[Sold, ...]:
        """Play several plans under one seed, each from the same first morning."""
        warm = self.warm(seed)
        return tuple(self.play(plan, seed, warm=warm) for plan in plans)

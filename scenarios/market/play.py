"""A seeded market of individual customers that plays a plan: what was really sold and earned.

It decides by utilities, cupboards, habits and shelves, never by the response model, so it can judge both the plans and
the effect tables that the model is fed with. A sample of each segment's customers is simulated and scaled up by
weights. Two plans under one seed meet the same customers in the same mood (common random numbers).

What it leaves out: parcels cost what shipping is charged at. It lives day by day; a line of a week holds on all of its
days, and what is told is told by period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Float
from scenarios.currency import minor_digits
from scenarios.language.plan_lines import PlanLine
from scenarios.market.account import Tally, account_of
from scenarios.market.coupons import held_on, used_by_evening
from scenarios.market.customers import Memory, stream
from scenarios.market.day import DayDraws, DayResult, draws_of
from scenarios.market.deals import ActiveLine
from scenarios.market.marketplace import Marketplace
from scenarios.market.offered import Pieces, lines_by_day, remember
from scenarios.market.reachable_people import among_reachable
from scenarios.market.sold import Sold
from scenarios.market.state import MarketState, morning, opened
from scenarios.market.till import DayTill, ring_up
from scenarios.market.trade import begin, trade


@dataclass(frozen=True, kw_only=True, eq=False)
class Market(Marketplace):
    """A marketplace that lives through the days of a horizon, and plays plans in them.

    Raises
    ------
    ValueError
        As `Marketplace`.
    """

    remembered: Memory | None = None
    """What customers carry into the first morning; settled by a warm-up where none is given."""

    @property
    def days(self) -> int:
        """Days of the horizon."""
        return self.scenario.horizon.periods * self.scenario.horizon.period_days

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
            so_far = begin(self, state, lines, draws)
        state = replace(state, held=held_on(state.held, lines, so_far.letters, self.scenario, day))
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
            held=used_by_evening(state.held, lines, went.rations),
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

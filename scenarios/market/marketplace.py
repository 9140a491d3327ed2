"""The marketplace: who lives there, what is sold, and what one day offers, makes customers want, and serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Product, Scenario, Segment
from scenarios.market.account import net_unit_costs
from scenarios.market.customers import CategoryTraits, Population, draw_population
from scenarios.market.day import DayDraws, DayResult, Demand, demand_of, shop
from scenarios.market.deals import ActiveLine, Allowance, Place
from scenarios.market.offered import Letters, Offered, offer_today
from scenarios.market.state import MarketState
from scenarios.market.truth import MarketTruth


@dataclass(frozen=True, kw_only=True, eq=False)
class Marketplace:
    """Customers and products of one loaded scenario under one truth, day by day.

    Raises
    ------
    ValueError
        When segments or products are not in place, or a product has no price.
    """

    scenario: Scenario
    truth: MarketTruth
    residents: Population | None = None
    """Customers that live here already; drawn from the truth where none are given."""

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

    def date(self, day: int) -> dt.date:
        """Return the date of a day, counted from the start of the horizon."""
        return self.scenario.horizon.start + dt.timedelta(days=day)

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
            {sending: own.letters for sending, own in state.held.items()},
            self.truth.params,
            allowed or {},
        )

    def demand(self, state: MarketState, day: int, offered: Offered, depths: Float, traffic_shock: float) -> Demand:
        """Return what everybody wants on a day; ``depths`` as `Market.competitor` returns them."""
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

"""Tiny scenarios whose offers two vendors fund, and what a plain loop says of their funds in futures."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from scenarios.futures.draws import draw
from scenarios.futures.outcomes import outcomes
from scenarios.grid import build_grid
from scenarios.language.date_ranges import DateRange
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.measures import measure_functional

DRAWS = 12
MONEY = (Measure.PROFIT, Measure.MARGIN, Measure.SPEND, Measure.VENDOR_FUNDING)
SIGN = {Measure.PROFIT: 1, Measure.MARGIN: 1, Measure.SPEND: -1, Measure.VENDOR_FUNDING: 1}
SEEDS = st.integers(0, 10**6)


class Case:
    """A tiny scenario in which offers are funded by two vendors, a plan full of lines, and some futures."""

    def __init__(self, seed: int, **options):
        rng = rng_of(seed)
        scenario, effects, baskets = tiny_scenario(rng, limits=False, rules=False, per_unit=True, **options)
        self.effects, self.baskets = effects, baskets
        self.scenario = scenario.model_copy(update={"vendors": vendors(scenario, {})})
        self.model = self.with_funds({})
        grid = self.model.grid
        scores = np.where(grid.allowed_flat, rng.random(grid.allowed_flat.shape), -1.0)
        self.plan = np.where(rng.random(grid.slots) < 0.8, scores.argmax(axis=1), 0).astype(np.int8)
        self.draws = draw(grid, effects, seed, count=DRAWS)
        self._asked: dict[str, np.ndarray] = {}

    def with_funds(self, funds: dict[str, float], **updates) -> Coefficients:
        """The same question where some vendors have so much, and the others as much as it takes."""
        scenario = self.scenario.model_copy(update={"vendors": vendors(self.scenario, funds), **updates})
        return build_coefficients(build_grid(scenario), self.effects, self.baskets)

    def uses(self, model: Coefficients, wanted) -> np.ndarray:
        """[D, F] of some sums in the futures."""
        return outcomes(model, self.effects, self.plan, self.draws, wanted).values

    def asked(self, vendor: str, scope: Scope) -> np.ndarray:
        """[D, T] what a vendor is asked for within a scope, whether he has it or not; worked out once."""
        inside = scope.model_copy(update={"vendor": vendor})
        if (name := repr(inside)) not in self._asked:
            each_day = [on(inside, day) for day in self.scenario.horizon.dates]
            wanted = [plain_sum(self.model, Measure.VENDOR_FUNDING, day) for day in each_day]
            self._asked[name] = self.uses(self.model, wanted)
        return self._asked[name]


def vendors(scenario, funds: dict[str, float]):
    """The vendors of a scenario with other funds; without one where none is given."""
    return tuple(
        vendor.model_copy(update={"fund": None if vendor.id not in funds else Decimal(repr(funds[vendor.id]))})
        for vendor in scenario.vendors
    )


def plain_sum(model: Coefficients, measure: Measure, scope: Scope):
    """A sum that knows of no fund."""
    return measure_functional(model.grid, model.economics, measure, scope)


def on(scope: Scope, day) -> Scope:
    """A scope on one day."""
    return scope.model_copy(update={"periods": (DateRange(first=day, last=day),)})


def scopes(case: Case) -> list[Scope]:
    """Everything, and narrower scopes of every kind that money may be counted in."""
    scenario = case.scenario
    return [
        Scope(),
        Scope(segments=(scenario.segments[0].id,)),
        Scope(products=(scenario.products[0].id,)),
        on(Scope(), scenario.horizon.dates[-1]),
    ]


def some_funds(case: Case, share: float) -> dict[str, float]:
    """A fund for each vendor: a share of what he is asked for in the middle future."""
    asked = {vendor.id: case.asked(vendor.id, Scope()).sum(axis=1) for vendor in case.scenario.vendors}
    return {vendor: round(share * float(np.median(each)), 2) for vendor, each in asked.items()}


def borne_by_retailer(case: Case, funds: dict[str, float], scope: Scope) -> np.ndarray:
    """[D] what the retailer bears within a scope: a plain loop over futures, vendors and periods."""
    found = np.zeros(DRAWS)
    for vendor, fund in funds.items():
        everywhere, here = case.asked(vendor, Scope()), case.asked(vendor, scope)
        if scope.periods is not None:
            inside = [any(span.first <= day <= span.last for span in scope.periods) for day in days(case)]
            here = np.where(inside, case.asked(vendor, scope.model_copy(update={"periods": None})), 0.0)
        for future in range(DRAWS):
            left = fund
            for period in range(len(days(case))):
                bill = everywhere[future, period]
                paid = min(bill, left)
                left -= paid
                if bill > 0:
                    found[future] += here[future, period] * (bill - paid) / bill
    return found


def days(case: Case):
    """The first days of the periods."""
    return case.scenario.horizon.dates

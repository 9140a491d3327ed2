"""Messages in the bound: where they earn, every line's message may count, and never less than what they come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, thin
from bound_questions import random_prices
from numpy.typing import NDArray
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import Limits, build_limits
from constraints.rulebook import RuleBook, build_rulebook
from planner.bound.lowering.params import BoundParams
from planner.bound.lowering.tight import TIGHT_STEPS, tight_bound
from planner.bound.problem import BoundProblem
from scenarios.grid import build_grid
from scenarios.language.aim import Aim
from scenarios.language.schemas.rule import Fairness
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients, build_coefficients

TARGETED = {"layer": "targeted"}


@pytest.mark.parametrize("seed", [2, 3, 5, 8, 11])
def test_messages_that_earn_are_not_bounded_by_one_line_alone(seed: int) -> None:
    """Where contacts are what is wanted, lines on several products reach more than any of them, and the bound knows."""
    rng = rng_of(70_000 + seed)
    scenario, effects, baskets = tiny_scenario(rng_of(seed), rules=False, limits=False)
    scenario = scenario.model_copy(update={"objective": Aim(weights={Measure.CONTACTS: 1.0})})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    limits = build_limits(model)
    allowed = thin(rng, model.grid.allowed_flat, 1500)
    plans = plans_of(allowed)
    gains, _ = gains_and_feasible(model, limits, plans)
    assert gains.max() > gains[(plans > 0).sum(axis=1) <= 1].max()
    problem = BoundProblem(model, limits, allowed, None, 4)
    for size in (0.0, 0.3):
        prices = random_prices(rng, problem, size) if size else problem.start
        prices = prices._replace(limit=problem.start.limit, stock=problem.start.stock)
        for naive in (True, False):
            assert problem.evaluate(prices, naive=naive)[0] >= gains.max()


def fair_question(seed: int, **shape: Any) -> tuple[Coefficients, Limits, RuleBook]:
    """A tiny question whose messages cost far more than they bring, and of which every segment must get some."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed), rules=False, limits=False, stock=False, **shape)
    fair = Fairness.model_validate({"id": "fair", "rule": "fairness", "min": 2 - seed % 2, "where": TARGETED})
    dear = tuple(channel.model_copy(update={"cost_per_contact": Decimal("9.5")}) for channel in scenario.channels)
    everybody = tuple(offer.model_copy(update={"applies_to": Scope()}) for offer in scenario.offers)
    update = {"rules": (fair,), "channels": dear, "offers": everybody}
    grid = build_grid(scenario.model_copy(update=update))
    model = build_coefficients(grid, effects, baskets)
    return model, build_limits(model), build_rulebook(grid, model.economics)


def gains_of_fair_plans(seed: int, model: Coefficients, limits: Limits, book: RuleBook) -> NDArray[np.float64]:
    """What plans gain that keep the rule, 1,500 or all of them looked at."""
    plans = plans_of(thin(rng_of(seed), book.base, 1500))
    gains, kept = gains_and_feasible(model, limits, plans[book.keeps(plans)])
    return gains[kept]


@pytest.mark.parametrize("seed", [0, 1, 2, 4, 5, 6, 7, 8, 10, 11])
def test_messages_that_a_rule_asks_for_never_cost_a_plan_that_sends_them(seed: int) -> None:
    """At any prices no plan that keeps the floor lies above the bound."""
    shape = {"segments": 1 + seed % 2, "products": 3 - seed % 2, "periods": 2, "baskets": seed % 3 == 0}
    model, limits, book = fair_question(seed, **shape)
    gains = gains_of_fair_plans(seed, model, limits, book)
    problem = BoundProblem(model, limits, book.base, None, 6, book.rules)
    assert problem.data.message_floors.least.sum() > 0
    for size in (0.3, 3.0, 100.0):
        assert problem.evaluate(random_prices(rng_of(seed), problem, size), naive=False)[0] >= gains.max()


def test_a_message_that_a_rule_asks_for_is_paid_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three products each name a third of it, and the one line that is asked for pays a third, unless it has a row."""
    model, limits, book = fair_question(0, segments=1, products=3, periods=1, interactions=False, weeks=False)
    params = BoundParams(iterations=100)
    bound = tight_bound(model, limits, book.base, None, params=params, rules=book.rules).value
    monkeypatch.delitem(TIGHT_STEPS, "message_floor")
    shared = tight_bound(model, limits, book.base, None, params=params, rules=book.rules).value
    assert gains_of_fair_plans(0, model, limits, book).max() <= bound
    assert bound < shared - 0.25 * 9.5 * model.grid.segments[0].customers

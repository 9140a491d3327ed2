"""Messages in the bound: where they earn, every line's message may count, and never less than what they come to."""

from __future__ import annotations

import pytest
from all_plans import gains_and_feasible, plans_of, thin
from scenario_factory import rng_of, tiny_scenario
from test_bound import random_prices

from constraints.limits.book import build_limits
from planner.bound.problem import BoundProblem
from scenarios.futures.aim import Aim
from scenarios.grid import build_grid
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients


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

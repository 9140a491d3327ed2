"""What the gap is made of: parts that are not negative and add up, at any prices and from any plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, thin
from bound_questions import FAIR, NO_BOUND, SHAPES, random_prices
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.bound.gap.story import explain_gap
from planner.bound.lowering.params import BoundParams
from planner.bound.problem import BoundProblem
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients


@pytest.mark.parametrize("seed", [0, 2, 4, 11, 18])
def test_the_parts_of_the_gap_are_not_negative_and_add_up(seed: int) -> None:
    """At any prices, from any feasible plan: what limits, rules, interactions and other lines give away is the gap."""
    rng = rng_of(30_000 + seed)
    scenario, effects, baskets = tiny_scenario(rng_of(900 + seed), **SHAPES[seed % len(SHAPES)])
    if seed == 0:
        scenario = scenario.model_copy(update={"rules": (*scenario.rules, FAIR)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    limits, book = build_limits(model), build_rulebook(model.grid, model.economics)
    plans = plans_of(thin(rng, book.base, 300))
    plans = plans[book.keeps(plans)]
    gains, kept = gains_and_feasible(model, limits, plans, at_risk=True)
    allowed = (model, limits, book.base, book.locked_lines())
    problem = BoundProblem(*allowed, BoundParams().fine_states, book.rules, BoundParams().load_cuts)
    for size in (0.1, 1.0):
        prices = random_prices(rng, problem, size)
        value, parts = problem.evaluate(prices, naive=False)
        found = replace(NO_BOUND, value=value, parts=parts, at=prices)
        for number in np.flatnonzero(kept)[:: max(1, int(kept.sum()) // 5)]:
            story = explain_gap(*allowed, book.rules, found, plans[number])
            assert story is not None
            assert story.bound == value
            assert story.objective == pytest.approx(gains[number], rel=1e-9, abs=1e-6)
            assert sum(part.amount for part in story.parts) == pytest.approx(
                value - story.objective, rel=1e-9, abs=1e-6
            )
            assert min(part.amount for part in story.parts) >= -1e-6 * (1.0 + abs(value))
    assert explain_gap(*allowed, book.rules, NO_BOUND, plans[0]) is None

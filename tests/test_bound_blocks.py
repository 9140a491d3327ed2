"""Blocks of rivals in the bound: exact where nothing else is relaxed, never below a plan, also where floors lose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, thin
from bound_questions import DESCENT, SHAPES, random_prices, scenario_with_rules
from numpy.typing import NDArray
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import Limits, build_limits
from constraints.rulebook import RuleBook, build_rulebook
from planner.bound.blocks import schedules
from planner.bound.lowering.tight import tight_bound
from planner.bound.problem import BoundProblem
from scenarios.grid import Grid, build_grid
from scenarios.language.schemas.rule import Fairness
from scenarios.response.coefficients import Coefficients, build_coefficients

Bool = NDArray[np.bool_]
LOWERED = replace(DESCENT, load_cuts=(0.3,))
"""Loads are cut once: that is compiled in less time, and no claim here is about cuts."""


def public_only(grid: Grid, allowed: Bool) -> Bool:
    """Masks without targeted lines on products, so that every group of rivals is a block."""
    found = allowed.copy()
    found[grid.offsets[1] : grid.offsets[2], 1:] = False
    return found


def floored(seed: int, lift: float = 1.0, draw: int = 0) -> tuple[Coefficients, Limits, RuleBook]:
    """A tiny question with rules, in which every segment must see two public lines, and a draw of what offers sell.

    Rules on how many promotions may run, which can leave no room for these lines, are left out.

    Questions of one seed have one layout: what is compiled for one serves all of them.
    """
    scenario, effects, baskets = scenario_with_rules(seed)
    rule = {"id": "floor", "rule": "fairness", "min": 2, "where": {"layer": "public"}}
    rules = (
        *(each for each in scenario.rules if each.id not in ("fair", "max-promotions")),
        Fairness.model_validate(rule),
    )
    drawn = lift * rng_of(60_000 + draw).uniform(0.5, 1.5, effects.lift.shape)
    scenario, effects = scenario.model_copy(update={"rules": rules}), replace(effects, lift=drawn * effects.lift)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return model, build_limits(model), build_rulebook(model.grid, model.economics)


@pytest.mark.parametrize("seed", range(8))
def test_without_prices_the_bound_is_the_best_of_all_schedules(seed: int) -> None:
    """Where no halo and no order offer is about, nothing is relaxed: the value is that of the best plan."""
    shape = {key: value for key, value in SHAPES[seed % len(SHAPES)].items() if key != "baskets"}
    scenario, effects, _ = tiny_scenario(
        rng_of(800 + seed), rules=False, limits=False, stock=False, baskets=False, **shape
    )
    scenario = scenario.model_copy(update={"response": scenario.response.model_copy(update={"halo": 0.0})})
    model = build_coefficients(build_grid(scenario), effects, None)
    limits = build_limits(model)
    allowed = thin(rng_of(seed), public_only(model.grid, model.grid.allowed_flat), 1500)
    gains, _ = gains_and_feasible(model, limits, plans_of(allowed))
    problem = BoundProblem(model, limits, allowed, None, 4)
    assert problem.blocks is not None
    value, parts = problem.evaluate(problem.start, naive=False)
    assert value - parts["rounding"] == pytest.approx(gains.max(), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", range(24))
def test_schedules_that_keep_rules_are_never_worth_less_than_a_plan_that_does(seed: int) -> None:
    """At any prices of rules the bound lies above every plan that keeps them, rules of one block among them."""
    scenario, effects, baskets = scenario_with_rules(seed)
    rule = {"id": "floor", "rule": "fairness", "min": 1, "where": {"layer": "public"}}
    rules = (*(each for each in scenario.rules if each.id != "fair"), Fairness.model_validate(rule))
    scenario = scenario.model_copy(update={"rules": rules})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    limits, book = build_limits(model), build_rulebook(model.grid, model.economics)
    rng = rng_of(40_000 + seed)
    allowed = thin(rng, public_only(model.grid, book.base), 600)
    plans = plans_of(allowed)
    plans = plans[book.keeps(plans)]
    if not len(plans):
        return
    gains, _ = gains_and_feasible(model, limits, plans)
    problem = BoundProblem(model, limits, allowed, None, 6, book.rules)
    for size in (0.0, 0.3, 3.0):
        prices = random_prices(rng, problem, size) if size else problem.start
        prices = prices._replace(limit=problem.start.limit, stock=problem.start.stock)
        assert problem.evaluate(prices, naive=False)[0] >= gains.max()


@pytest.mark.parametrize("lift", [0.05, 0.02])
@pytest.mark.parametrize(("seed", "draw"), [(1, 0), (1, 1), (6, 0), (6, 1)])
def test_floors_that_lose_money_leave_a_bound_below_nothing(
    seed: int, draw: int, lift: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound stays above the best plan, which loses; with blocks it is no higher than programs alone come to."""
    model, limits, book = floored(seed, lift, draw)
    allowed = public_only(model.grid, book.base)
    plans = plans_of(thin(rng_of(seed), allowed, 1500))
    gains, kept = gains_and_feasible(model, limits, plans[book.keeps(plans)])
    best = gains[kept].max()
    found = tight_bound(model, limits, allowed, None, params=LOWERED, rules=book.rules).value
    assert best <= found < 0
    monkeypatch.setattr(schedules, "JOINT", 0)
    apart = tight_bound(model, limits, allowed, None, params=LOWERED, rules=book.rules).value
    assert best <= apart
    assert found <= apart + 0.05 * abs(apart)


@pytest.mark.parametrize("seed", [1, 6])
def test_slopes_of_blocks_are_those_of_the_value(seed: int) -> None:
    """Along a random direction in limits, stock and rules the slope lies between the differences to both sides."""
    model, limits, book = floored(seed)
    rng = rng_of(50_000 + seed)
    allowed = public_only(model.grid, book.base)
    problem = BoundProblem(model, limits, allowed, None, LOWERED.states, book.rules, LOWERED.load_cuts)
    assert problem.blocks is not None
    prices = random_prices(rng, problem, 0.3)
    value, slopes = problem.slope(naive=False)(prices)
    assert value == pytest.approx(problem.evaluate(prices, naive=False)[0], rel=1e-4, abs=1e-2)
    for name in ("limit", "stock", "count"):
        here = getattr(prices, name)
        if not here.size:
            continue
        step = 1e-4 * rng.uniform(size=here.shape) * (problem.stocked if name == "stock" else 1.0)
        ends = [problem.evaluate(prices._replace(**{name: here + side * step}), naive=False)[0] for side in (-1.0, 1.0)]
        middle = problem.evaluate(prices, naive=False)[0]
        slope = float((getattr(slopes, name) * step).sum())
        room = 1e-3 * (abs(slope) + 1e-3)
        assert middle - ends[0] - room <= slope <= ends[1] - middle + room

"""Tiny questions of the bound's tests, and prices that nobody would choose."""

from __future__ import annotations

import numpy as np
import pytest
from all_plans import thin
from numpy.typing import NDArray
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import Limits, build_limits
from constraints.rulebook import RuleBook, build_rulebook
from planner.bound.blocks import schedules
from planner.bound.inputs import Prices
from planner.bound.lowering.bound import Bound
from planner.bound.lowering.params import BoundParams
from planner.bound.problem import BoundProblem
from planner.bound.programs import paths
from planner.run.effort import BOUND, Effort
from scenarios.grid import build_grid
from scenarios.language.aim import Aim
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Fairness
from scenarios.language.words import Measure
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects

Bool = NDArray[np.bool_]
CUTS = ((0.3,), (), (0.2, 0.5), BOUND[Effort.NORMAL].load_cuts, BOUND[Effort.THOROUGH].load_cuts)
SHAPES = ({}, {}, {"segments": 1, "products": 1, "periods": 6}, {"segments": 1, "products": 3}, {"baskets": True})
DESCENT = BoundParams(naive_iterations=15, iterations=25, states=6)
NO_BOUND = Bound(value=0.0, naive=0.0, prices=np.zeros(0), stock_prices=np.zeros((0, 0)))
"""To be filled in at some prices."""
FAIR = Fairness.model_validate({"id": "fair", "rule": "fairness", "min": 1, "where": {"layer": "targeted"}})
WEIGHTS = {
    Measure.PROFIT: 1.0,
    Measure.ORDERS: 0.7,
    Measure.CUSTOMERS_REACHED: 0.05,
    Measure.CONTACTS: 0.01,
    Measure.DISCOUNT_ON_BASE: -0.3,
    Measure.MAX_LIABILITY: 0.02,
}


def tiny(seed: int, rng: np.random.Generator) -> tuple[Coefficients, Limits]:
    """A tiny question with all interactions; every fourth one has an objective of weights."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed), rules=False, **SHAPES[seed % len(SHAPES)])
    if seed % 4 == 3:
        signs = rng.choice([-1.0, 1.0], size=len(WEIGHTS))
        weights = {word: weight * sign for (word, weight), sign in zip(WEIGHTS.items(), signs, strict=True)}
        weights[Measure.PROFIT] = 1.0
        scenario = scenario.model_copy(update={"objective": Aim(weights=weights)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return model, build_limits(model)


def random_prices(rng: np.random.Generator, problem: BoundProblem, size: float) -> Prices:
    """Prices that nobody would choose, on the right side of zero."""
    start = problem.start

    def sparse(shape: tuple[int, ...]) -> np.ndarray:
        return rng.uniform(0, size, shape) * rng.integers(0, 2, shape)

    return Prices(
        limit=sparse(start.limit.shape),
        stock=sparse(start.stock.shape) * problem.stocked,
        theft=rng.normal(1, 0.5 * size, start.theft.shape),
        load=rng.normal(0, 10 * size, start.load.shape),
        dip=rng.normal(1, 0.5 * size, start.dip.shape),
        basket=rng.normal(1, 0.5 * size, start.basket.shape),
        public=rng.normal(0, 10 * size, start.public.shape),
        basket_public=rng.normal(0, size, start.basket_public.shape),
        message=rng.normal(0, 1, start.message.shape),
        message_floor=sparse(start.message_floor.shape) * 10,
        reached=rng.uniform(0, 1, start.reached.shape),
        count=sparse(start.count.shape) * 10,
        window=sparse(start.window.shape) * 10,
        word=rng.normal(0, 10 * size, start.word.shape),
        literal=rng.normal(0, 1, start.literal.shape),
    )


def scenario_with_rules(seed: int) -> tuple[Scenario, Effects, Baskets | None]:
    """One tiny scenario with rules; in every eighth some lines must be messages."""
    scenario, effects, baskets = tiny_scenario(rng_of(500 + seed), further=seed % 2 == 1, **SHAPES[seed % len(SHAPES)])
    if seed % 8 == 0:
        scenario = scenario.model_copy(update={"rules": (*scenario.rules, FAIR)})
    return scenario, effects, baskets


def question_with_rules(seed: int) -> tuple[Coefficients, Limits, RuleBook]:
    """The question of `scenario_with_rules`."""
    scenario, effects, baskets = scenario_with_rules(seed)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return model, build_limits(model), build_rulebook(model.grid, model.economics)


def question_with_a_locked_line() -> tuple[Coefficients, Limits, Bool, NDArray[np.int8]]:
    """One tiny question, its masks, and a plan that holds one locked line."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(11), rules=False, segments=2, products=2, periods=3, baskets=True, stock=True
    )
    model = build_coefficients(build_grid(scenario), effects, baskets)
    locked = model.grid.empty()
    locked[int(np.flatnonzero(model.grid.allowed_flat[:, 1])[0])] = 1
    return model, build_limits(model), thin(rng_of(7), model.grid.allowed_flat, 4000), locked


def price_all_automata(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on large questions, where no program carries an automaton of rules, and no block of rivals is valued whole."""
    monkeypatch.setattr(paths, "MANY_LINES", 0)
    monkeypatch.setattr(schedules, "JOINT", 0)

"""A tiny workspace whose offers lift as much as a test needs, and a good plan of it.

Test modules take the fixtures under names of their own: ``space = lifted_space`` and ``best = lifted_best``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.workspace import Candidate, Workspace
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.language.schemas.limit import Limit
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects

SHAPE = {"segments": 2, "products": 3, "periods": 4, "baskets": True, "order_gifts": False, "last_sales": False}
"""What is compiled for one scenario of this shape serves all others."""
BARE = {"rules": False, "limits": False, "stock": False, "per_unit": False, "own_ahead": False}
"""Nothing that asks for lines; by the unit a line may earn without bringing anything."""


def space_of(scenario: Scenario, effects: Effects, baskets: Baskets | None) -> Workspace:
    """The workspace of a scenario."""
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return Workspace(Evaluator(model, build_limits(model)), build_rulebook(model.grid, model.economics))


def workspace(lift: float = 1.0, limits: tuple[Limit, ...] = (), *, seed: int = 11, **options: Any) -> Workspace:
    """The workspace of `with_effects`."""
    return with_effects(lift, limits, seed=seed, **options)[0]


def with_effects(
    lift: float = 1.0, limits: tuple[Limit, ...] = (), *, seed: int = 11, **options: Any
) -> tuple[Workspace, Effects]:
    """A tiny workspace without rules; ``lift`` scales what offers bring, other ``options`` are of the scenario."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed), **{**SHAPE, **BARE, **options})
    effects = replace(effects, lift=lift * effects.lift)
    return space_of(scenario.model_copy(update={"limits": limits}), effects, baskets), effects


def made(space: Workspace) -> Candidate:
    """A guided plan, finished, in the rules in force."""
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(), rng_of(1))
    return Finish(space)(plan, prices, FULL)


@cache
def _good_plan() -> tuple[Workspace, Candidate]:
    space = workspace()
    return space, made(space)


@pytest.fixture(scope="module")
def lifted_space() -> Workspace:
    """The workspace, the same for all modules of a process."""
    return _good_plan()[0]


@pytest.fixture(scope="module")
def lifted_best() -> Candidate:
    """A good plan of it."""
    return _good_plan()[1]

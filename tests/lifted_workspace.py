"""A tiny workspace whose offers lift as much as a test needs, and a good plan of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.workspace import Candidate, Workspace
from scenarios.grid import build_grid
from scenarios.language.limit_schema import Limit
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects


def workspace(lift: float = 1.0, limits: tuple[Limit, ...] = (), *, seed: int = 11, **options: Any) -> Workspace:
    """The workspace of `with_effects`."""
    return with_effects(lift, limits, seed=seed, **options)[0]


def with_effects(
    lift: float = 1.0, limits: tuple[Limit, ...] = (), *, seed: int = 11, **options: Any
) -> tuple[Workspace, Effects]:
    """A tiny workspace without rules; ``lift`` scales what offers bring, other ``options`` are of the scenario.

    It has the shape of those of `test_search_steps`: what is compiled for them serves.
    """
    plain = {
        "last_sales": False,
        "per_unit": False,
        "own_ahead": False,
    }  # by the unit a line may earn without bringing anything
    scenario, effects, baskets = tiny_scenario(
        rng_of(seed),
        segments=2,
        products=3,
        periods=4,
        baskets=True,
        order_gifts=False,
        rules=False,
        limits=False,
        stock=False,
        **{**plain, **options},
    )
    effects = replace(effects, lift=lift * effects.lift)
    model = build_coefficients(build_grid(scenario.model_copy(update={"limits": limits})), effects, baskets)
    space = Workspace(Evaluator(model, build_limits(model)), build_rulebook(model.grid, model.economics))
    return space, effects


def made(space: Workspace) -> Candidate:
    """A guided plan, finished, in the rules in force."""
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(), rng_of(1))
    return Finish(space)(plan, prices, FULL)

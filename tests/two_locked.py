"""A tiny question with two locked lines, whose limits say whether any plan keeps it."""

from __future__ import annotations

import numpy as np
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import problem

from planner.problem import Problem
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.language.schemas.rule import Locked


def two_locked(*limits: Limit) -> Problem:
    """Return the question under some limits: one segment, two products, two periods, lines in the first two slots."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(54),
        segments=1,
        products=2,
        periods=2,
        public_offers=1,
        targeted_offers=1,
        baskets=False,
        stock=False,
        history=False,
        limits=False,
        rules=False,
        weeks=False,
        own_rates=False,
        order_gifts=False,
        members=1,
    )
    grid = build_grid(scenario)
    plan = grid.empty()
    for slot in np.flatnonzero(grid.allowed_flat[:, 1:].any(axis=1))[:2]:
        plan[slot] = np.flatnonzero(grid.allowed_flat[slot])[1]
    rules = (Locked(id="keep", rule="locked", lines=grid.lines(plan)),)
    return problem(scenario.model_copy(update={"limits": limits, "rules": rules}), effects, baskets)

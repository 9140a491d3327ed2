"""A tiny scenario without limits, and a plan of it that keeps no rule in particular."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scenario_factory import rng_of, tiny_scenario

from scenarios.arrays import Plan
from scenarios.grid import Grid, build_grid
from scenarios.response.baskets import Baskets
from scenarios.response.effects import Effects


class RandomPlan(NamedTuple):
    """A plan and what it is of."""

    grid: Grid
    effects: Effects
    baskets: Baskets | None
    plan: Plan


def random_plan(seed: int) -> RandomPlan:
    """Return a plan in which six of ten slots that may hold a line hold one, whichever comes."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, rules=False, limits=False, stock=False)
    grid = build_grid(scenario)
    scores = np.where(grid.allowed_flat, rng.random(grid.allowed_flat.shape), -1.0)
    plan = np.where(rng.random(grid.slots) < 0.6, scores.argmax(axis=1), 0).astype(np.int8)
    return RandomPlan(grid, effects, baskets, plan)

"""What plans can reach: the flows of every plan lie between the ends that proofs of infeasibility rest on."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from constraints.infeasible.flow_reach import reach_of
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients
from scenarios.response.model import choose, flows, pair_indices, setting

DUST = 1e-9


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_leaves_the_reach(seed: int) -> None:
    """Units and bumps of the fullest plans and of random ones, at few choices too, where the ends are close."""
    rng = rng_of(40_000 + seed)
    scenario, effects, baskets = tiny_scenario(rng_of(seed), rules=False, limits=False, periods=4, baskets=seed % 2 > 0)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    grid = model.grid
    for open_ in (1.0, 0.3):
        base = grid.allowed_flat & (rng.random(grid.allowed_flat.shape) < open_)
        base[:, 0] = ~base[:, 1:].any(axis=1) | (rng.random(grid.slots) < open_**2)
        reach = reach_of(model, base)
        for _ in range(20):
            plan = np.where(base, rng.random(base.shape) + np.arange(base.shape[1]) * rng.choice([0, 9]), -1.0)
            cell, basket = pair_indices(grid.split(plan.argmax(axis=1).astype(np.int8)), grid.widths, np)
            flow = flows(choose(model, cell, basket, np), setting(model), model, np)
            for found, ends in (
                (flow.base, reach.base),
                (flow.bump, reach.bump),
                (flow.basket_fatigue, reach.basket_fatigue),
            ):
                assert (found >= ends.low - DUST).all() and (found <= ends.high + DUST).all()

"""Loads of rivals in the bound: affine in freshness from both sides, and what rivals leave lies between the ends."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from planner.bound.tables import allowed_blocks, cell_columns
from planner.bound.theft import loads_of
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients


@pytest.mark.parametrize("seed", range(8))
def test_loads_lie_between_their_affine_bounds_and_rivals_between_the_ends(seed: int) -> None:
    """For any columns and any freshness: the bounds of a load hold, and z lies in the interval that the group names."""
    rng = rng_of(50_000 + seed)
    scenario, effects, baskets = tiny_scenario(rng_of(seed), rules=False, products=3, periods=3)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    _, cells = cell_columns(model, allowed_blocks(model.grid, model.grid.allowed_flat))
    loads = loads_of(model, cells, (0.1, 0.3))
    assert cells.stolen_sum.any()
    for _ in range(20):
        column = np.where(cells.allowed, rng.uniform(0, 1, cells.allowed.shape), -1.0).argmax(axis=-1)
        fresh = cells.fresh_low + (cells.fresh_high - cells.fresh_low) * rng.uniform(0, 1, cells.units.shape)

        def held(table: np.ndarray, column: np.ndarray = column) -> np.ndarray:
            return np.take_along_axis(table, column[..., None], axis=-1)[..., 0]

        own = -np.log1p(-held(cells.theft) * fresh)
        assert (held(loads.paid[:, 0]) + held(loads.paid[:, 1]) * fresh <= own + 1e-12).all()
        assert (held(loads.earned[:, 0]) + held(loads.earned[:, 1]) * fresh >= own - 1e-12).all()
        whole = (own @ loads.group) @ loads.group.T
        rivals = whole - np.where(loads.group.any(axis=1), own, 0.0)
        named = (whole >= loads.start[1:] - 1e-12).sum(axis=0)
        for t, s, k in np.ndindex(*named.shape):
            way = 2 * named[t, s, k]
            here = (s, k, column[t, s, k])
            assert loads.possible[(t, named[t, s, k], *here)]
            low, high = loads.lost[(t, way, *here)], loads.lost[(t, way + 1, *here)]
            assert low - 1e-9 <= rivals[t, s, k] <= high + 1e-9
            share = 0.0 if high == low else (rivals[t, s, k] - low) / (high - low)
            left = np.exp(-rivals[t, s, k])
            line, below = (
                table[(t, way, *here)] * (1 - share) + table[(t, way + 1, *here)] * share
                for table in (loads.left, loads.least)
            )
            assert below - 1e-9 <= left <= line + 1e-9

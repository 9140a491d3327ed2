"""Loads of rivals in the bound: affine in freshness from both sides, and what rivals leave lies between the ends."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from planner.bound.relaxed.theft import SAME, ends_of, loads_of, most_load, own_loads
from planner.bound.tables import allowed_blocks, cell_columns
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients


@pytest.mark.parametrize("seed", range(8))
def test_loads_lie_between_their_affine_bounds_and_rivals_between_the_ends(seed: int) -> None:
    """For any columns and any freshness: the bounds of a load hold, and z lies in the interval that the group names."""
    rng = rng_of(50_000 + seed)
    scenario, effects, baskets = tiny_scenario(rng_of(seed), rules=False, products=3, periods=3)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    _, cells = cell_columns(model, allowed_blocks(model.grid, model.grid.allowed_flat))
    loads, cuts = loads_of(model, cells), (0.1, 0.3)
    between = cells.fresh_low[..., None], cells.fresh_high[..., None]
    limits = (each[..., None] for each in (loads.others, loads.whole, loads.spared))
    own_low, own_high, *affine = own_loads(cells.theft, between)
    ends = ends_of(own_low, own_high, *limits, cuts, np)
    least, most = affine[:2], affine[2:]
    assert cells.stolen_sum.any()
    for _ in range(20):
        column = np.where(cells.allowed, rng.uniform(0, 1, cells.allowed.shape), -1.0).argmax(axis=-1)
        fresh = cells.fresh_low + (cells.fresh_high - cells.fresh_low) * rng.uniform(0, 1, cells.units.shape)

        def held(table: np.ndarray, column: np.ndarray = column) -> np.ndarray:
            return np.take_along_axis(table, column[..., None], axis=-1)[..., 0]

        own = -np.log1p(-held(cells.theft) * fresh)
        assert (held(least[0]) + held(least[1]) * fresh <= own + 1e-12).all()
        assert (held(most[0]) + held(most[1]) * fresh >= own - 1e-12).all()
        whole = (own @ loads.group) @ loads.group.T
        rivals = whole - np.where(loads.group.any(axis=1), own, 0.0)
        named = (whole >= np.reshape(cuts, (-1, 1, 1, 1)) * loads.whole - 1e-12).sum(axis=0)
        for t, s, k in np.ndindex(*named.shape):
            here = (t, s, k, column[t, s, k])
            interval = named[t, s, k]
            assert ends.possible[(interval, *here)]
            low, high = (ends.lost[(interval, end, *here)] for end in (0, 1))
            assert low - 1e-9 <= rivals[t, s, k] <= high + 1e-9
            share = 0.0 if high == low else (rivals[t, s, k] - low) / (high - low)
            left = np.exp(-rivals[t, s, k])
            line, below = (
                table[(interval, 0, *here)] * (1 - share) + table[(interval, 1, *here)] * share
                for table in (ends.left, ends.least)
            )
            assert below - 1e-9 <= left <= line + 1e-9


def test_a_load_at_hardly_any_spread_of_freshness_is_still_at_most_its_line() -> None:
    """Where freshness counts as one number, the line through the tired end rises as the load does at the fresh one."""
    theft = np.linspace(0.05, 0.95, 19)
    for wide in (0.0, 1e-6, 3e-5, 0.99 * SAME, 1.01 * SAME):
        fresh = np.array(1.0 - wide), np.array(1.0)
        constant, slope = most_load(theft, fresh)
        for here in (*fresh, np.array(1.0 - 0.5 * wide)):
            assert (constant + slope * here >= -np.log1p(-theft * here) - 1e-13).all()

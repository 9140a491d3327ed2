"""Fatigue in NumPy goes period by period over the series that hold a line; it is the product that JAX takes at once."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of

from scenarios.response.model import fatigue

PHI, DECAY, PERIODS, TAIL = 0.3, 0.8, 9, 4


def _product(reach: np.ndarray, past: np.ndarray) -> np.ndarray:
    """The formula as it is written: every earlier line of the series leaves its factor."""
    tired = np.broadcast_to(past, (*reach.shape[:-1], past.shape[-1])).copy()
    for later in range(past.shape[-1]):
        for earlier in range(min(later, reach.shape[-1])):
            tired[..., later] *= 1 - reach[..., earlier] * PHI * DECAY ** (later - earlier)
    return tired


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("leading", [(), (4,)])
def test_few_lines_tire_as_the_formula_says(density: float, leading: tuple[int, ...]) -> None:
    """Plans without lines, with some and with one in every place; with and without draws in front."""
    rng = rng_of(3)
    reach = rng.random((*leading, 3, 5, PERIODS)) * (rng.random((*leading, 3, 5, PERIODS)) < density)
    past = rng.uniform(0.5, 1.0, size=(3, 5, PERIODS + TAIL))
    before = past.copy()
    assert fatigue(reach, past, PHI, DECAY, np) == pytest.approx(_product(reach, past), rel=1e-14)
    assert (past == before).all()

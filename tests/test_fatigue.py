"""Fatigue in NumPy goes period by period over series that hold a line; JAX takes many periods in one step."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of

from planner.evaluation import products
from planner.runtime import start_jax
from scenarios.response.model import fatigue
from surrogate.quick_compile import QUICK

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


@pytest.mark.parametrize("unrolled", [4, 32])
def test_jax_gives_the_formula_and_its_slopes(unrolled: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Periods in several steps and all in one: the same product, and slopes that re-evaluation confirms."""
    monkeypatch.setattr(products, "UNROLLED", unrolled)
    jax, space, rng = start_jax(), products.response_space.__wrapped__(), rng_of(4)
    reach, past = rng.random((3, 2, PERIODS)), rng.uniform(0.5, 1.0, size=(3, 2, PERIODS + TAIL))
    weight = rng.normal(size=past.shape)

    def weighed(asked: np.ndarray) -> float:
        return (fatigue(asked, past, PHI, DECAY, space) * weight).sum()

    # Compiled, as the planner runs it: one by one every step would be compiled by itself.
    found = jax.jit(lambda asked: fatigue(asked, past, PHI, DECAY, space), compiler_options=QUICK)(reach)
    assert np.asarray(found) == pytest.approx(_product(reach, past), rel=1e-14)
    slopes = np.asarray(jax.jit(jax.grad(weighed), compiler_options=QUICK)(reach))
    for place in np.ndindex(reach.shape):
        step = np.zeros_like(reach)
        step[place] = 1e-3
        # The product is affine in every single reach, so that a difference is the slope itself.
        change = (_product(reach + step, past) - _product(reach - step, past)) * weight
        assert slopes[place] == pytest.approx(change.sum() / 2e-3, rel=1e-9, abs=1e-9)

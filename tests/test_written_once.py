"""Results that are stored are the same numbers, with the same slopes, and are not computed again by their readers."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scenario_factory import rng_of

from planner.evaluation import products
from planner.evaluation.written_once import stored
from planner.runtime import start_jax
from scenarios.response.model import spilled
from surrogate.quick_compile import QUICK


def test_stored_results_and_their_slopes_are_as_they_were() -> None:
    """A tree of arrays comes back unchanged, inside and outside of compiled code, and may be differentiated."""
    jax = start_jax()
    values = rng_of(5).random((3, 4))

    def weighed(asked: np.ndarray) -> float:
        one, (two,) = stored((asked**2, (3.0 * asked,)))
        return (one * two).sum()

    assert np.array_equal(stored({"values": values})["values"], values)
    assert jax.jit(weighed)(values) == pytest.approx(float((3 * values**3).sum()), rel=1e-14)
    assert np.asarray(jax.jit(jax.grad(weighed))(values)) == pytest.approx(9 * values**2, rel=1e-14)


def test_readers_do_not_compute_stored_results_again() -> None:
    """What two sums read is computed once: the compiler of this version keeps the call, and fuses nothing across it."""
    jax, jnp = start_jax(), start_jax().numpy

    def sums(values: np.ndarray, keep: bool) -> tuple[np.ndarray, np.ndarray]:
        found = values
        for power in range(2, 8):
            found = found * (1.0 - power * values)
        found = stored(found) if keep else found
        return jnp.concatenate([found, found]) * 2.0, jnp.flip(found, 0) + values

    def products_in(keep: bool) -> int:
        compiled = jax.jit(lambda values: sums(values, keep), compiler_options=QUICK)
        return len(re.findall(r" multiply\(", compiled.lower(np.ones((40, 50))).compile().as_text()))

    assert products_in(True) < products_in(False)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_halo_brings_what_the_formula_says(share: float) -> None:
    """With complements and without any: the same as NumPy, and the same slopes."""
    jax, space, rng = start_jax(), products.response_space(), rng_of(6)
    new, weight = rng.random((2, 5, 4)), rng.normal(size=(2, 5, 4))
    halo = rng.random((5, 5)) * (rng.random((5, 5)) < share)
    found = jax.jit(lambda asked, on: spilled(asked, on, space))(new, halo)
    assert np.asarray(found) == pytest.approx(spilled(new, halo, np), rel=1e-14)
    slopes = jax.jit(jax.grad(lambda asked, on: (spilled(asked, on, space) * weight).sum()))(new, halo)
    assert np.asarray(slopes) == pytest.approx(np.einsum("skt,jk->sjt", weight, halo), rel=1e-14, abs=1e-14)

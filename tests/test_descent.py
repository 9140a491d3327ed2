"""Gradient descent: what the rates are, where it leads, and what is said when it leads nowhere."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from scenarios.problems import InvalidInput
from surrogate.descent import cosine_rates, descend, no_memory, require_finite


def test_rates_fall_from_the_full_rate_to_a_fiftieth():
    """The first step has the whole rate, none has a higher one, and the last is close to 2 % of it."""
    rates = cosine_rates(0.1, 200)
    assert rates[0] == pytest.approx(0.1)
    assert rates == sorted(rates, reverse=True)
    assert 0.002 <= rates[-1] < 0.0021


def test_descends_to_the_minimum():
    """The smallest square is found, losses fall on the way, and weights come back in the shapes that they came in."""

    def loss(weights):
        return sum(jnp.sum((leaf - 1) ** 2) for leaf in weights)

    start = (np.array([3.0, -2.0]), np.array([[5.0]]))
    found, _, losses = jax.jit(lambda rates: descend(loss, start, no_memory(start), rates))(
        jnp.asarray(cosine_rates(0.3, 200))
    )
    assert [leaf.shape for leaf in found] == [(2,), (1, 1)]
    assert np.concatenate([np.ravel(leaf) for leaf in found]) == pytest.approx([1.0, 1.0, 1.0], abs=1e-2)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_is_one_clear_message(bad):
    """Data that no rate explains ends training with a sentence, not with a traceback."""
    require_finite(np.array([1.0, 0.5]), rows="weekly units")
    with pytest.raises(InvalidInput, match=r"the data: training: expected weekly units .* got .* not finite; look for"):
        require_finite(np.array([1.0, bad]), rows="weekly units")

"""Uncertain shares stay within everybody, and keep the mean that is expected: risk must not make plans cheaper."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from scenarios.futures.shares import drawn, scaled_up

MEANS = np.array([0.02, 0.3, 0.6, 0.9, 0.99, 1.0])
SCORES = ndtri((np.arange(200_000) + 0.5) / 200_000)[:, None]
"""Quantiles of the normal distribution: an average over them is an integral."""


@pytest.mark.parametrize("cv", [0.05, 0.3, 0.6, 2.0])
def test_the_mean_is_what_is_expected(cv: float) -> None:
    """Cut at 100 %, shares have the means that were asked for; plain factors would fall short by a fifth and more."""
    sd = np.full(len(MEANS), np.sqrt(np.log1p(cv**2)))
    shares = drawn(scaled_up(MEANS, sd), SCORES, sd)
    assert shares.max() <= 1.0
    assert shares.mean(axis=0) == pytest.approx(MEANS, rel=2e-5)


def test_what_is_certain_and_what_is_far_from_everybody_stays() -> None:
    """Certain shares and nothing are left alone; small shares keep their plain factors."""
    assert (scaled_up(np.array([0.0, 0.4, 1.0]), np.array([0.5, 0.0, 0.0])) == [0.0, 0.4, 1.0]).all()
    assert scaled_up(np.array([0.01]), np.array([0.5])) == pytest.approx([0.01], rel=1e-6)

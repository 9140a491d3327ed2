"""Sampling errors of figures that are read off drawn futures: how far the luck of the draw moves them."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of

from scenarios.answer.summary import quantiles
from scenarios.language.aim import Caution, careful_value
from scenarios.sampling import Estimate, quantile_ranks, standard_error


def test_the_error_of_a_mean_is_the_textbook_one():
    """It is sd / sqrt(D); where two samples share their luck, it cancels out."""
    gains = rng_of(1).normal(size=200)
    error = standard_error(lambda values: float(values.mean()), gains)
    assert error == pytest.approx(gains.std(ddof=1) / np.sqrt(200))
    paired = standard_error(lambda one, other: float(one.mean() - other.mean()), gains + 7.0, gains)
    assert paired == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("caution", [Caution(mean_minus_sd=1), Caution(cvar=0.2)], ids=["sd", "cvar"])
def test_the_error_of_a_careful_worth_is_what_repetitions_show(caution):
    """The mean error that single draws tell is the spread of the worth over many of them, to within a tenth."""
    drawn = rng_of(2).normal(size=(300, 200))
    errors = [standard_error(lambda gains: careful_value(caution, gains), gains) for gains in drawn[:60]]
    spread = np.std([careful_value(caution, gains) for gains in drawn], ddof=1)
    assert np.mean(errors) == pytest.approx(spread, rel=0.1)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("draws", [59, 200, 2000])
def test_the_range_of_a_quantile_holds_it_nine_times_in_ten(draws, share):
    """Free of any distribution: uniform futures stand for all."""
    low, high = quantile_ranks(draws, share)
    drawn = np.sort(rng_of(3).random((3000, draws)), axis=1)
    held = (drawn[:, low] <= share) & (share <= drawn[:, high])
    assert 0.885 <= held.mean() <= 0.96


def test_a_figure_is_told_from_0_only_outside_its_range():
    """1.64 standard errors on either side."""
    assert Estimate(0.158, 0.058).told
    assert not Estimate(-0.045, 0.056).told
    assert not Estimate(0.0, 0.0).told


def test_quantiles_lie_inside_their_ranges():
    """5 % and 95 % of the draws, and between which of them those of all futures lie."""
    found = quantiles(rng_of(4).normal(1000.0, 300.0, size=200), 2)
    assert found.p05_low < found.p05 < found.p05_high < found.p50 < found.p95_low < found.p95 < found.p95_high

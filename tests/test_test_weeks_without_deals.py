"""Test weeks in which nothing, or next to nothing, was promoted: what cannot be known is said, and never praised."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from test_train import shelf_of

from surrogate.held_out.accuracy import accuracy_of
from surrogate.held_out.held import Held
from surrogate.held_out.held_scores import score_forecast
from surrogate.held_out.verdict import verdict


def held_weeks(promoted):
    """Four weeks of twenty items, the first of which are promoted every other week; the network knows the truth."""
    shelf = shelf_of(20, 4)
    shelf = replace(shelf, depth=np.where(np.arange(20)[:, None] < promoted, shelf.depth, 0.0))
    base = np.random.Generator(np.random.Philox(5)).uniform(5, 10, (3, 20, 1)) * np.ones((1, 1, 4))
    real = base * np.where(shelf.depth > 0, 2.0, 1.0)
    return Held(shelf=shelf, units=real, network=real, baseline=base, segment_mean=0.9 * base, usual_deals=0.9 * base)


def metrics_of(held):
    """Return the accuracy; warnings of divisions by nothing are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return accuracy_of(held, rng=np.random.Generator(np.random.Philox(7)))


def test_no_promotion_in_the_test_weeks():
    """Errors under promotions are unknown, not 0 or a miss against another unknown; the one miss says why."""
    metrics = metrics_of(held_weeks(0))
    assert all(np.isnan(metrics[name]) for name in ("wape_promoted", "wape_promoted_segment_mean", "bias_promoted"))
    assert metrics["gain_over_segment_mean_95"] == "too few promoted items"
    assert metrics["misses"] == (
        "nothing was sold under a promotion in these weeks, so no error under promotions is known"
    )


@pytest.mark.parametrize(("promoted", "told"), [(2, "too few promoted items"), (3, " to +")])
def test_few_promoted_items(promoted, told):
    """Resamples that hold no promoted item are left out of the interval; below three items there is none."""
    metrics = metrics_of(held_weeks(promoted))
    assert told in metrics["gain_over_no_promotion_95"] and "nan" not in metrics["gain_over_no_promotion_95"]
    assert metrics["wape_promoted"] == 0


def test_the_verdict_praises_nothing_that_was_not_seen():
    """Without promoted cells the network is neither trusted for them nor called biased, and the answer is no."""
    held = held_weeks(0)
    rows = [score_forecast("network", held.network, held), score_forecast("segment mean", held.segment_mean, held)]
    assert np.isnan(rows[0].wape_promoted) and np.isnan(rows[0].bias_promoted)
    said, good = verdict(rows, [])
    assert not good
    assert said[0].startswith("Nothing can be said of what promoted cells sell")
    assert not any("Trust it for" in one or "too low" in one for one in said)


def test_what_is_surely_worse_is_not_called_chance():
    """Where the network misses more on every promoted item, no interval of its gain holds 0, and the miss says so."""
    held = held_weeks(3)
    metrics = metrics_of(replace(held, network=held.units * 3.0, segment_mean=held.units, usual_deals=held.units))
    worse = next(
        one for one in metrics["misses"].split("; ") if one.startswith("the network does worse on promoted cells")
    )
    assert "segment means" in worse and worse.endswith(", by more than chance")
    assert "may be chance" not in metrics["misses"]

"""Spreads that hold: intervals are calibrated on weeks that no fit saw, and widen with distance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from held_town import rng, town

from surrogate.effects.level_noise import with_noise, without_noise
from surrogate.held_out.calibrate import calibrate, fit_spreads, measure
from surrogate.held_out.coverage import DISTANCES, together
from surrogate.held_out.intervals import conformal_spread, count_noise, holds, least_spread, log_normal
from surrogate.held_out.level_errors import cell_forecast
from surrogate.held_out.lift_errors import item_sums


def test_scores_are_the_least_spread_that_holds():
    """With normal draws of spread x, a value of 1.645 is held from spread 1 on; a value of 0 from the first on."""
    normal = rng().standard_normal(20_000)
    scores = least_spread(lambda x: holds(normal[:, None] * x, np.array([0.0, 1.64, 9.0])), (0.5, 0.9, 1.1, 2.0))
    assert scores.tolist() == [0.5, 1.1, 2.0]


def test_conformal_spread_covers_new_figures():
    """The spread chosen on 200 errors holds about 90 % of 5,000 others."""
    errors = rng().standard_normal(5_200) * 0.3
    spreads = tuple(np.round(np.arange(0.02, 1.0, 0.02), 2))
    normal = rng().standard_normal((4_000, 1))
    chosen = conformal_spread(least_spread(lambda x: holds(normal * x, errors[:200]), spreads))
    assert 0.85 < holds(normal * chosen, errors[200:]).mean() < 0.95
    with pytest.raises(ValueError, match="at least one score"):
        conformal_spread(np.zeros(0))


def test_noise_has_the_mean_and_variance_it_says():
    """Counts have ``dispersion`` times the Poisson variance; log-normal factors have mean 1."""
    counts = count_noise(rng(), np.full(40_000, 12.0), 3.0)
    assert counts.mean() == pytest.approx(12.0, rel=0.02)
    assert counts.var() == pytest.approx(36.0, rel=0.05)
    assert log_normal(rng(), (40_000,), 0.4).mean() == pytest.approx(1.0, rel=0.02)


def test_known_spreads_are_found():
    """Levels that err by 15 % and lifts that err by 40 % are calibrated to about that much, not to counting noise."""
    spreads = calibrate(town(), rng()).spreads
    assert 0.25 < spreads.lift_sd < 0.6
    assert 0.08 < spreads.base_cv.mean() < 0.25
    assert calibrate(town(lift_sd=0.01, base_cv=0.01), rng()).spreads.lift_sd < 0.25


def test_intervals_cover_held_out_cells_in_the_training_range():
    """90 % intervals, calibrated on one half of the weeks, hold 85-95 % of the other half's units and lifts."""
    parts = [row for seed in range(3) for row in calibrate(town(seed=seed), rng()).coverage]
    found = {(row.what, row.group): row for row in together(parts)}
    for what, group in (("units", "all"), ("units", DISTANCES[0]), ("units", "price_discount"), ("lift", "all")):
        row = found[what, group]
        assert row.figures > 100 and 0.85 <= row.share <= 0.95, row
    assert ("units", DISTANCES[2]) not in found


def test_calibration_and_coverage_use_different_weeks(monkeypatch):
    """No week is in the mask that calibrates and in the mask that is measured, and all weeks are measured once."""
    held, calls = town(categories=6), []
    monkeypatch.setattr(
        "surrogate.held_out.calibrate.fit_spreads", lambda h, c, weeks, r: calls.append(("fit", weeks)) or "spreads"
    )
    monkeypatch.setattr(
        "surrogate.held_out.calibrate.measure", lambda h, c, s, weeks, r: calls.append(("measure", weeks)) or []
    )
    calibrate(held, rng())
    (_, a), (_, b), (_, c), (_, d), (_, everything) = calls
    assert not (a & b).any() and not (c & d).any()
    assert (b.astype(int) + d == 1).all() and everything.all()


def test_intervals_widen_with_distance():
    """The same figures at a distance are given wider intervals, and are counted under their distance."""
    held = town(lift_sd=0.1)
    far = replace(held, members=replace(held.members, distance=np.where(held.promoted, 2.0, 0.0)))
    weeks = np.ones(8, dtype=bool)
    spreads = replace(fit_spreads(held, cell_forecast(held), weeks, rng()), lift_sd_by_distance=0.5)
    rows = {(row.what, row.group): row for row in measure(far, cell_forecast(far), spreads, weeks, rng())}
    assert rows["lift", DISTANCES[2]].share >= 0.95
    assert ("lift", DISTANCES[0]) not in rows
    assert spreads.lift_sd_at(np.array([0.0, 2.0])).tolist() == pytest.approx(
        [spreads.lift_sd, np.hypot(spreads.lift_sd, 1)]
    )


def test_stocked_out_cells_say_nothing():
    """Cells that stock-outs censored enter neither lifts nor units."""
    held = town(categories=6)
    usable = np.ones(held.shelf.depth.shape, dtype=bool)
    usable[0] = False
    blind = replace(held, shelf=replace(held.shelf, usable=usable))
    weeks = np.ones(8, dtype=bool)
    assert item_sums(blind, weeks).sold_on[0] == item_sums(blind, weeks).sold_off[0] == 0
    assert (cell_forecast(blind).sold[:, 0] <= cell_forecast(held).sold[:, 0]).all()


def test_plan_futures_carry_the_counting_noise_that_is_left():
    """A cell of 10 units a week with noise 4 adds sqrt(4 / 40) to its level spread; it can be taken off again."""
    base = np.array([[10.0, 1e6]])
    spread = with_noise(np.array([0.1]), 4.0, base)
    assert spread[0] == pytest.approx([np.sqrt(0.01 + 0.1), 0.1], abs=1e-5)
    assert without_noise(spread, 4.0, base)[0] == pytest.approx([0.1, 0.1], abs=1e-5)

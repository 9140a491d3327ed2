"""A category's own weeks tell its answer to deals as surely as they say, and that of goods that no deal moves, too."""

from __future__ import annotations

from dataclasses import replace

import jax
import numpy as np
import pytest
from deal_shelf import deal_shelf, fit_cells_of
from scipy.stats import norm

from surrogate.effects.category_response import category_lift
from surrogate.effects.demand import assemble
from surrogate.effects.depths import promotion_features
from surrogate.effects.ensemble import Ensemble, EnsembleParams, fit_ensemble
from surrogate.effects.fit import FitParams, response_priors
from surrogate.effects.member_spread import ranks, spread_out
from surrogate.effects.own_weeks import TYPICAL_SLOPE, own_slopes
from surrogate.held_out.held import spread_units


@pytest.mark.parametrize("dispersion", [1.0, 6.0])
def test_slopes_lie_around_the_truth_as_surely_as_they_say(dispersion, rng):
    """In 240 made-up categories errors over their standard errors are standard normal, displays or not."""
    truth = np.tile([0.0, 0.5, 2.0, 3.5], 60)
    units, shelf = deal_shelf(truth, rng, weeks=30, display=0.4, dispersion=dispersion)
    found = own_slopes(units.sum(axis=0), shelf)
    score = (found.slope - truth) / found.error
    assert abs(score.mean()) < 0.2 and 0.8 < score.std() < 1.25
    for slope in np.unique(truth):
        assert 0.8 <= (np.abs(score[truth == slope]) < 1.645).mean() <= 1.0


def test_weeks_to_come_do_not_speak(rng):
    """Slopes of the first weeks do not change with what the shelf promotes later, nor with weeks that were sold out."""
    units, shelf = deal_shelf([1.0, 2.0], rng)
    first = own_slopes(units.sum(axis=0)[:, :30], shelf)
    later = replace(shelf, depth=np.where(np.arange(50) < 30, shelf.depth, 0.9))
    np.testing.assert_array_equal(first.slope, own_slopes(units.sum(axis=0)[:, :30], later).slope)
    out = rng.random(shelf.depth.shape) < 0.1
    usable = replace(shelf, usable=~out)
    total = units.sum(axis=0)
    np.testing.assert_allclose(
        own_slopes(np.where(out, 0.0, total), usable).slope, own_slopes(total, usable).slope, rtol=1e-9
    )


def test_weeks_without_deals_say_nothing(rng):
    """A category that was never cut, or never sold, has the typical slope, and nothing of its own is unsure."""
    units, shelf = deal_shelf([0.0, 3.0, 3.0], rng)
    shelf = replace(shelf, depth=np.where((shelf.category == 1)[:, None], 0.0, shelf.depth))
    found = own_slopes(np.where((shelf.category == 2)[:, None], 0.0, units.sum(axis=0)), shelf)
    assert found.slope[1:].tolist() == [TYPICAL_SLOPE] * 2 and np.isinf(found.error[1:]).all()
    slope, unsure = found.shrunk(0.6)
    assert 0.5 * TYPICAL_SLOPE < slope[1] == slope[2] < TYPICAL_SLOPE and unsure[1:].tolist() == [0.0, 0.0]


def test_thin_weeks_are_drawn_to_what_categories_have_in_common(rng):
    """Few units keep less of what they say, and come nearer to the truth by it; of many next to nothing changes."""
    truth = np.tile([0.0, 0.5, 1.0, 1.5], 6)
    kept = []
    for weeks, rate in ((12, 2.0), (50, 100.0)):
        units, shelf = deal_shelf(truth, rng, weeks=weeks, rate=rate)
        found = own_slopes(units.sum(axis=0), shelf)
        slope, unsure = found.shrunk(0.6)
        assert (unsure < found.error).all()
        kept.append(slope.std() / found.slope.std())
        nearer = np.abs(slope - truth).mean() / np.abs(found.slope - truth).mean()
        assert nearer < (0.95 if rate < 10 else 1.05)
    assert kept[0] < 0.8 < 0.95 < kept[1] < 1.0


def test_categories_say_themselves_how_far_they_lie_apart(rng):
    """Where no deal moves anything, thin categories are drawn to no answer, not to the typical one."""
    units, shelf = deal_shelf([0.0] * 20, rng, weeks=20, rate=4.0)
    found = own_slopes(units.sum(axis=0), shelf)
    slope, _ = found.shrunk(0.6)
    assert np.abs(slope).mean() < 0.8 * np.abs(found.slope).mean() and abs(slope.mean()) < 0.25


def test_goods_that_no_deal_moves_are_learned_as_such(rng):
    """Beside goods that sell half as much again to three times as much at 30 % off, others lift by less than 3 %."""
    units, shelf = deal_shelf([0.0, 0.0, 1.2, 1.8, 2.4, 3.0], rng)
    cells, slopes = fit_cells_of(units, rng), own_slopes(units.sum(axis=0), shelf)
    params = EnsembleParams(members=2, profile=2, embedding=2, hidden=4, fit=FitParams(steps=160))
    members = fit_ensemble(cells, shelf, params, 1, lambda *_: None, seen=50, own=slopes)
    ensemble = Ensemble(
        networks=tuple(net for net, _ in members),
        item_response=np.stack([nuisance.response for _, nuisance in members]),
        item_weight=shelf.weight,
        item_category=shelf.category,
    )
    phi = np.broadcast_to(promotion_features(np.array([0.3]), np.zeros(1), np.zeros(1)), (6, 1, 5))
    lift = category_lift(ensemble, cells.features[0], phi).mean(axis=(0, 1))[:, 0]
    assert lift[:2].max() < 0.03
    assert (np.diff(lift[2:]) > 0.3).all() and lift[2] > 0.35


def test_members_spread_as_far_as_is_unsure():
    """Ends of the 90 % interval, at the members' ranks; the mean stays, and what spreads farther already stays."""
    lift = np.array([0.01, 0.03, 0.02, 0.02, 0.02])[:, None] * np.array([1.0, 100.0])
    points = np.array([0.2, 0.2])
    spread = spread_out(lift, points, ranks(lift))
    np.testing.assert_allclose(spread.mean(axis=0), lift.mean(axis=0))
    np.testing.assert_allclose(spread[:, 1], lift[:, 1])
    assert spread[0, 0] == spread[:, 0].min() == pytest.approx(0.02 + norm.ppf(0.05) * 0.2)
    assert spread[1, 0] == spread[:, 0].max() == pytest.approx(0.02 + norm.ppf(0.95) * 0.2)
    np.testing.assert_array_equal(spread_out(lift[:1], points, ranks(lift[:1])), lift[:1])


def test_forecasts_of_plain_weeks_do_not_spread(rng):
    """Held-out weeks without a cut stay as they were foreseen; cut ones spread, and keep their mean."""
    _, shelf = deal_shelf([0.0, 2.0], rng, weeks=6)
    plain = np.full((3, 1, 8, 6), 20.0)
    foreseen = (
        plain * np.exp(-np.log1p(-shelf.depth)) * np.array([0.99, 1.0, 1.01])[:, None, None, None] ** (shelf.depth > 0)
    )
    spread = spread_units(foreseen, plain, shelf, np.array([0.5, 0.0]))
    wider = spread.std(axis=0) > foreseen.std(axis=0) + 1e-9
    np.testing.assert_array_equal(wider[0], (shelf.depth > 0) & (shelf.category == 0)[:, None])
    np.testing.assert_allclose(spread.mean(axis=0), foreseen.mean(axis=0))


def test_categories_that_were_never_cut_have_no_factor(rng):
    """Where all cuts are declared offers, items are drawn to the common response one by one."""
    _, shelf = deal_shelf([0.0, 2.0], rng, weeks=6)
    only_second = replace(shelf, depth=np.where((shelf.category == 1)[:, None], shelf.depth, 0.0))
    response, params = np.full(8, -1.0), FitParams()
    with jax.enable_x64(True):
        never, always = (
            float(response_priors(response, assemble(one, np.ones((1, 8, 6)), np.zeros((1, 3)), np.ones(1)), params))
            for one in (replace(shelf, depth=0 * shelf.depth), only_second)
        )
    alone, factor = 0.5 / params.item_response**2, 0.5 * np.expm1(-1.0) ** 2 / params.own_response**2
    assert never == pytest.approx(8 * alone)
    assert always == pytest.approx(4 * alone + factor)

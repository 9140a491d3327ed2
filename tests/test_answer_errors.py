"""Displays, mailers and declared offers are unsure in points: what brings nothing has an interval that reaches 0."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from deal_shelf import deal_shelf, fit_cells_of
from grocery_sample import sample_model, sample_scenario
from offers_shop import shop_model, shop_scenario

from surrogate.effects.category_response import category_lift
from surrogate.effects.depths import promotion_features
from surrogate.effects.ensemble import Ensemble, EnsembleParams, fit_ensemble
from surrogate.effects.fit import FitParams
from surrogate.effects.own_weeks import own_slopes
from surrogate.evidence.uncertainty.answer_errors import SECTION, AnswerErrors, answer_errors
from surrogate.model_file import load_model, save_model
from surrogate.parts import pack
from surrogate.scoring.known_mechanics import answer_error
from surrogate.scoring.score import score

CUT_20, DISPLAY = 2, 6


def learned_display(truth, rng, rate=60.0):
    """Return the mean lift of a display learned on shelves where it adds ``truth`` to log units, and its error."""
    units, shelf = deal_shelf([0.5, 1.0, 1.5, 2.0, 2.5, 3.0], rng, display=truth, rate=rate)
    cells = fit_cells_of(units, rng)
    params = EnsembleParams(members=2, profile=2, embedding=2, hidden=4, fit=FitParams(steps=120))
    members = fit_ensemble(cells, shelf, params, 1, lambda *_: None, seen=50, own=own_slopes(units.sum(axis=0), shelf))
    ensemble = Ensemble(
        networks=tuple(net for net, _ in members),
        item_response=np.stack([nuisance.response for _, nuisance in members]),
        item_weight=shelf.weight,
        item_category=shelf.category,
    )
    phi = np.broadcast_to(promotion_features(np.zeros(1), np.ones(1), np.zeros(1)), (6, 1, 5))
    lift = float(category_lift(ensemble, cells.features[0], phi).mean())
    errors = answer_errors(members, cells, shelf, weather=None, counting=1.0, segments=2)
    assert set(errors.points) == {"display"}, "no mailer ran"
    return lift, errors.points["display"] * (1.0 + lift)


@pytest.mark.parametrize("rate", [6.0, 60.0])
def test_displays_that_bring_nothing_may_be_nothing(rate, rng):
    """Weights are never below 0, so a small lift is learned; what was bought there says that it may be nothing."""
    lift, points = learned_display(0.0, rng, rate)
    assert lift > 0 and lift - 1.645 * points < 0


def test_displays_that_work_are_surely_something(rng):
    """Half as many again is learned, and points widen its interval by less than the spread of lifts that is usual."""
    lift, points = learned_display(np.log(1.5), rng)
    assert lift > 0.2 and points < 0.3 * lift


def told(model, **points):
    """Return a model that is told how unsure its answers are."""
    return replace(model, sections={**model.sections, SECTION: pack(AnswerErrors(points=points))})


def test_displays_spread_in_all_goods_alike():
    """The mean of all goods spreads as far as one of them; means and price cuts stay as they were."""
    alone, both = (
        score(told(sample_model(), **points), sample_scenario()).effects for points in ({}, {"display": 1.0})
    )
    np.testing.assert_allclose(both.lift.mean(axis=0), alone.lift.mean(axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(both.lift[..., CUT_20], alone.lift[..., CUT_20])
    share = sample_model().feature_offers["display"].display
    display = both.lift[:, 0, :-1, 0, DISPLAY]
    assert (display.std(axis=0, ddof=1) >= 0.99 * share).all() and display.mean(axis=1).std(ddof=1) >= 0.99 * share


def test_declared_offers_spread_in_all_goods_alike():
    """Gifts and coupons by their own errors, of a layer that never ran by the other's; shelf cuts by none."""
    scenario = shop_scenario(
        {"id": "cup", "mechanic": "gift", "gift": "cup"},
        {"id": "mail", "mechanic": "coupon", "depth": "25%", "layer": "targeted", "channel": "app"},
    )
    plain, wide = (
        score(told(shop_model(), **points), scenario).effects.lift for points in ({}, {"gift": 0.1, "sent coupon": 0.1})
    )
    np.testing.assert_allclose(wide.mean(axis=0), plain.mean(axis=0), rtol=1e-4, atol=1e-5)
    for offer in (0, 1):
        spread = wide[:, :, :-1, 0, offer].mean(axis=2).std(axis=0, ddof=1)
        assert (spread > 0.1).all() and (spread > plain[:, :, :-1, 0, offer].mean(axis=2).std(axis=0, ddof=1)).all()
    model, (gift, mail) = told(shop_model(), gift=0.5, coupon=0.4), scenario.offers
    assert (answer_error(model, gift), answer_error(model, mail)) == (0.5, 0.4)


def test_a_trained_model_keeps_what_is_unsure(tmp_path):
    """Training measures every mechanic that ran; a model from before has no such section and spreads as it did."""
    model = shop_model()
    save_model(model, tmp_path / "model")
    points = load_model(tmp_path / "model").sections[SECTION].values["points"]
    assert set(points) >= {"gift", "sent coupon", "price_discount", "threshold", "feature"}
    assert all(0 < one < 0.3 for one in points.values())
    before = replace(model, sections={name: one for name, one in model.sections.items() if name != SECTION})
    assert answer_error(before, shop_scenario({"id": "cup", "mechanic": "gift", "gift": "cup"}).offers[0]) == 0.0

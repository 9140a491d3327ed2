"""Lifts are unsure in points, too, as far as a category's own weeks say: the interval of a lift near 0 reaches it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from grocery_sample import CATEGORIES, sample_model, sample_scenario

from scenarios.futures.draws import factor
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.gather import TESTS, store_tests
from surrogate.model_file import load_model, save_model
from surrogate.parts import pack
from surrogate.scoring.score import score

UNSURE = 0.3
"""Of every category's answer to log price."""
CUT_20, DISPLAY, COUPON_20 = 2, 6, 7


def answers_to_nothing(unsure=UNSURE, **sections):
    """Return the sample's model with milk's items answering to next to no cut, and answers as unsure as is said."""
    model = sample_model()
    milk = model.ensemble.item_category == model.categories.index("milk")
    response = np.where(milk, -6.0, model.ensemble.item_response)
    return replace(
        model,
        ensemble=replace(model.ensemble, item_response=response),
        slope_error=(unsure,) * len(model.categories) if unsure else (),
        sections={**model.sections, **sections},
    )


def interval(effects, product, offer):
    """Return the 90 % interval of the lift of an offer on a product, first segment and week."""
    z = np.random.Generator(np.random.Philox(1)).standard_normal(20_000)
    lifts = effects.lift[:, 0, product, 0, offer][:, None] * factor(z, effects.lift_sd[0, product, 0, offer])
    return np.quantile(lifts, (0.05, 0.95))


def test_interval_of_a_lift_near_zero_reaches_it():
    """Milk that no cut moves: by factors alone 0 is left out; points reach from below it to above."""
    scenario, milk = sample_scenario(), list(CATEGORIES).index("milk")
    alone, both = (score(answers_to_nothing(unsure), scenario).effects for unsure in (0.0, UNSURE))
    np.testing.assert_allclose(both.lift.mean(axis=0), alone.lift.mean(axis=0), rtol=1e-5, atol=1e-6)
    points = UNSURE * -np.log(0.8)
    low, high = interval(alone, milk, CUT_20)
    assert 0 < low < high < points / 2
    low, high = interval(both, milk, CUT_20)
    assert low < -points < points < high
    assert (np.abs(both.lift[:, :, milk, :, COUPON_20]) <= np.abs(both.lift[:, :, milk, :, CUT_20]) + 1e-6).all()
    np.testing.assert_array_equal(both.lift[..., DISPLAY], alone.lift[..., DISPLAY])


def test_every_product_errs_by_itself_and_alike_in_its_offers():
    """The same member is the lowest of a product under every cut, in every segment and week."""
    lift = score(answers_to_nothing(2.0), sample_scenario()).effects.lift[:, :, :-1, :, :5]
    lowest = lift.argmin(axis=0)
    assert (lowest == lowest[:1, :, :1, :1]).all()


def test_a_lift_test_of_goods_thought_dead_is_believed():
    """Measured +40 % give or take 5 points on milk: near it now, and no longer unsure by points."""
    test = LiftTest(product="milk", mechanic="price_discount", depth=0.2, lift=0.4, standard_error=0.05)
    told = answers_to_nothing(**{TESTS: pack(store_tests((test,), {}))})
    scenario, milk = sample_scenario(), list(CATEGORIES).index("milk")
    before, after = (score(model, scenario).effects for model in (answers_to_nothing(), told))
    assert before.lift[:, 0, milk, 0, CUT_20].mean() < 0.02
    assert 0.3 < after.lift[:, 0, milk, 0, CUT_20].mean() < 0.45
    low, high = interval(after, milk, CUT_20)
    assert low > 0.15 and high < 0.8
    assert after.evidence[CUT_20] in ("observed", "calibrated")


def test_a_model_keeps_how_unsure_its_answers_are(tmp_path):
    """Saved and read; a model from before has none, and its lifts are unsure by factors alone."""
    save_model(answers_to_nothing(), tmp_path / "model")
    assert load_model(tmp_path / "model").slope_error == (UNSURE,) * len(CATEGORIES)
    assert answers_to_nothing(0.0).unsure.tolist() == [0.0] * len(CATEGORIES)
    trained = sample_model()
    assert len(trained.slope_error) == len(CATEGORIES) and min(trained.slope_error) > 0.05


def test_other_offers_of_a_scenario_change_no_members_lift():
    """What members say of a cut of 20 % is the same beside a cut of half the price, and alone."""
    cuts = [{"id": f"cut-{depth}", "mechanic": "price_discount", "depth": f"{depth}%"} for depth in (20, 50)]
    both, alone = (score(answers_to_nothing(), sample_scenario(offers=offers)).effects for offers in (cuts, cuts[:1]))
    np.testing.assert_array_equal(both.lift[..., 0], alone.lift[..., 0])

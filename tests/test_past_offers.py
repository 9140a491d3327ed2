"""Declared past offers: what they are on one scale, whom they reached, and that their lifts are found again."""

from __future__ import annotations

import datetime as dt

import jax
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offers_shop import GOODS, START, TRUE, WEEKS, shop_folder, shop_model, shop_scenario, shop_scores

from planner.learning import train_model
from scenarios.language.schema import Scenario, Segment
from scenarios.problems import InvalidInput
from scenarios.response.baskets import Baskets, OrderBin
from surrogate.data.data_parts import PastOffer
from surrogate.effects.category_response import offer_lift
from surrogate.held_out import first_fit
from surrogate.model_file import save_model
from surrogate.scoring.score import score
from surrogate.shelf.mechanics import KINDS, past_terms
from surrogate.shelf.run_days import plain_days, usual_days
from surrogate.shelf.support import FARTHEST, Support
from surrogate.shelf.tiredness import HALF_LIFE_DAYS, tiredness

KNOWN: tuple[dict[str, object], ...] = (
    {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"},
    {"id": "cut-35", "mechanic": "price_discount", "depth": "35%"},
    {"id": "gift", "mechanic": "gift", "gift": "cup", "worth": 3},
    {"id": "show", "mechanic": "feature"},
    {"id": "mail", "mechanic": "coupon", "depth": "25%", "layer": "targeted", "channel": "app"},
    {"id": "save", "mechanic": "threshold", "spend": 20, "save": 2},
)


def test_lifts_of_every_declared_mechanic_are_found():
    """Lifts a contacted customer come back within a fifth of 1 + lift, mailed ones from half of the customers."""
    lift = shop_scores(*KNOWN).effects.lift[..., 0, :].mean(axis=0)  # [S, K + 1, O]
    for column, offer in enumerate(KNOWN):
        here = lift[:, -1, column] if offer["id"] == "save" else lift[:, :-1, column]
        assert (1 + here.mean()) / (1 + TRUE[str(offer["id"])]) == pytest.approx(1.0, abs=0.2), offer["id"]


def test_effects_stand_where_mechanics_act():
    """Product offers have no row on the basket, basket offers none on products; take-up follows what was seen."""
    effects = shop_scores(*KNOWN).effects
    assert (effects.lift[:, :, -1, :, :5] == 0).all() and (effects.lift[:, :, :-1, :, 5] == 0).all()
    assert (effects.take_up[:, :-1, :, :3] == 1).all() and (effects.take_up[..., 3] == 0).all()
    mailed = effects.take_up[:, :-1, :, 4].mean()
    assert 0.2 < mailed < 0.6  # 60 % of what contacted customers bought, of which 0.6 / 1.6 is the bump
    assert effects.evidence == ("observed",) * 6


@pytest.mark.parametrize(("large", "share"), [(0.0, 0.0), (0.1, 0.1), (1.0, 1.0)])
def test_who_spends_enough_in_a_listed_segment_is_what_its_baskets_say(large: float, share: float) -> None:
    """The model knows no orders of a segment that a scenario lists: those use a saving that are large enough."""
    bins = (OrderBin(value=5.0, orders=90 * (1 - large), units=1.0), OrderBin(value=40.0, orders=90 * large, units=4.0))
    scenario = shop_scenario(KNOWN[-1]).model_copy(update={"segments": (Segment(id="club", customers=500),)})
    take_up = score(shop_model(), scenario, Baskets(bins={"club": bins})).effects.take_up[0, -1, 0, 0]
    assert take_up == pytest.approx(share, abs=1e-4)


def test_a_mechanic_that_never_ran_is_pooled_and_says_so():
    """A bundle answers as the others do at its saving, graded as assumed, with a wider interval and a sentence."""
    effects = shop_scores(
        {"id": "two-for-one", "mechanic": "bundle", "buy": 2, "get": 1},
        {"id": "cut-33", "mechanic": "price_discount", "depth": "33%"},
    ).effects
    assert effects.evidence == ("assumed", "observed")
    assert (effects.lift_sd[:, :-1, :, 0] > effects.lift_sd[:, :-1, :, 1]).all()
    assert 0.3 < effects.lift[:, :, :-1, :, 0].mean() < 3
    assert any("two-for-one is assumed: no bundle ran" in note for note in effects.notes)


def test_beyond_the_data_is_widened_and_told_with_numbers():
    """A cut deeper than any that ran has a wider interval, and a sentence says how deep it and they are."""
    effects = shop_scores(
        {"id": "cut-30", "mechanic": "price_discount", "depth": "30%"},
        {"id": "cut-60", "mechanic": "price_discount", "depth": "60%"},
    ).effects
    assert (effects.lift_sd[:, :-1, :, 1] > effects.lift_sd[:, :-1, :, 0]).all()
    (note,) = [note for note in effects.notes if "beyond the data" in note]
    assert "cut-60" in note and "saves 60%" in note and "35% at most" in note


def test_a_training_that_is_stopped_leaves_no_half_model(tmp_path, monkeypatch):
    """The old files stay whole, and there are none where none were."""
    save_model(shop_model(), tmp_path / "first")
    folder = shop_folder()
    first = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(first_fit, "fit_ensemble", stopped)
    for target in ("first", "none"):
        with pytest.raises(KeyboardInterrupt):
            train_model(folder / "data.yaml", tmp_path / target)
    assert not (tmp_path / "none").exists()
    assert {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()} == first
    assert [path.name for path in tmp_path.iterdir()] == ["first"]


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1))
def test_no_mechanic_lifts_less_for_more(seed):
    """Monotone by construction: for any weights, any customers and every mechanic, a larger saving lifts no less."""
    rng = np.random.Generator(np.random.Philox(seed))
    model = shop_model()
    networks = tuple(
        jax.tree.map(lambda leaf: np.asarray(0.5 * rng.standard_normal(leaf.shape)), net)
        for net in model.ensemble.networks
    )
    ensemble = type(model.ensemble)(**(vars(model.ensemble) | {"networks": networks}))
    savings = np.linspace(0.0, 0.9, 8)
    features = rng.standard_normal((3, len(model.scale.names)))
    for kind in range(len(KINDS)):
        rows = np.broadcast_to(savings, (GOODS + 1, savings.size))
        lift = offer_lift(ensemble, features, np.full(savings.size, kind), rows, np.zeros(savings.size))
        assert (lift >= 0).all() and (np.diff(lift, axis=-1) >= -1e-5 * (1 + lift[..., 1:])).all()


@pytest.mark.parametrize(
    ("terms", "saving"),
    [
        ({"mechanic": "price_discount", "depth": 0.2}, 0.2),
        ({"mechanic": "flash_sale", "price": 7}, 0.3),
        ({"mechanic": "coupon", "value": 1}, 0.1),
        ({"mechanic": "gift", "gift_value": 4}, 0.4),
        ({"mechanic": "bundle", "buy": 2, "get": 1}, 1 / 3),
        ({"mechanic": "feature"}, 0.0),
        ({"mechanic": "threshold", "spend": 80, "save": 8}, 0.1),
        ({"mechanic": "threshold", "spend": 20, "save": 5}, 0.1),  # orders of 50 are there anyway
        ({"mechanic": "free_shipping", "value": 5}, 0.1),
    ],
)
def test_savings_of_all_mechanics_stand_on_one_scale(terms, saving):
    """On a price of 10 and orders of 50, each mechanic's saving is a share of what it is earned with."""
    assert past_terms(PastOffer.model_validate(terms), price=10.0, order=50.0).saving == pytest.approx(saving)


def test_tiredness_fades_by_half_every_three_days():
    """Two single days, the second after a gap: what is left of the first; a run's own days do not count."""
    runs = pd.DataFrame(
        {"run": [0, 1], "product": 7, "first_day": [10, 14], "last_day": [10, 14], "unnamed": [True, True]}
    )
    nobody = pd.DataFrame({"run": [], "customer": []}, dtype=np.int64)
    left = 0.5 ** (4 / HALF_LIFE_DAYS)
    np.testing.assert_allclose(tiredness(runs, nobody), [0.0, left])
    named = pd.DataFrame({"run": [0, 1, 1], "customer": [5, 5, 6]})
    np.testing.assert_allclose(tiredness(runs.assign(unnamed=False), named), [0.0, left / 2])


def test_usual_days_leave_promotions_out():
    """A shop that sells the same every day and twice as much on promoted Saturdays has seven equal usual days."""
    days = np.arange(735600, 735600 + 70)
    saturday = (days - 1) % 7 == 5
    daily = pd.DataFrame({"product": 0, "day": days, "quantity": np.where(saturday & (days % 2 == 0), 20.0, 10.0)})
    daily = daily.assign(regular=daily["quantity"] * 2.0, shelf_discount=0.0)
    promoted = days[saturday & (days % 2 == 0)]
    public = pd.DataFrame({"product": 0, "first_day": promoted, "last_day": promoted})
    np.testing.assert_allclose(usual_days(daily, public), np.full(7, 1 / 7))


def test_days_without_a_sale_are_days(rng):
    """Goods that sell once in a while show the same week as those that sell every day, and as much as they sell."""
    true = np.array([0.10, 0.10, 0.10, 0.10, 0.15, 0.25, 0.20])
    day = np.arange(735600, 735600 + 52 * 7)
    units = rng.poisson(3.5 * true[(day - 1) % 7], (40, day.size))
    product, column = np.nonzero(units)
    daily = pd.DataFrame({"product": product, "day": day[column], "quantity": units[product, column].astype(float)})
    daily = daily.assign(regular=1.0, shelf_discount=0.0)
    nothing = pd.DataFrame({"product": [], "first_day": [], "last_day": []}, dtype=np.int64)
    np.testing.assert_allclose(usual_days(daily, nothing), true, atol=0.02)
    assert np.nansum(plain_days(daily, nothing), axis=1).mean() == pytest.approx(3.5, rel=0.05)
    promoted = pd.DataFrame({"product": [0], "first_day": day[:1], "last_day": day[-1:]})
    assert np.isnan(plain_days(daily, promoted)[0]).all()


def test_distance_grows_from_the_data_outward():
    """0 for what ran here, more for another category, depth or mechanic, never above the farthest."""
    support = Support(
        kind=np.array([0, 0]), category=np.array([0, 0]), saving=np.array([0.1, 0.3]), weeks=np.array([9.0, 9.0])
    )
    seen, inside, elsewhere, deeper, other = (
        float(support.distance(np.array(kind), np.array(category), np.array(saving)))
        for kind, category, saving in ((0, 0, 0.1), (0, 0, 0.2), (0, 1, 0.1), (0, 0, 0.6), (3, 0, 0.1))
    )
    assert seen == 0 and 0 < inside < 1 and elsewhere == 0.5 and deeper == FARTHEST and other == 1.0
    assert support.largest(0) == 0.3 and support.largest(3) == 0.0


def test_baskets_are_refused_where_none_ran():
    """Without any offer on baskets in the data, free shipping cannot be scored: the message names the way out."""
    model = shop_model()
    assert model.offers is not None
    known = type(model.offers)(mechanics=("price_discount",), used=(), order=model.offers.order)
    scenario = Scenario.model_validate(
        {
            "scenario": "shop",
            "currency": "EUR",
            "horizon": {"start": START + dt.timedelta(days=7 * WEEKS), "periods": 2, "unit": "week"},
            "segments": {"learn": {"count": 2, "min_size": 50}},
            "products": [{"id": "p0", "category": "g", "unit_cost": "60%"}],
            "offers": [{"id": "ship", "mechanic": "free_shipping", "value": 3}],
            "effects": {"data": "data.yaml"},
        }
    )
    with pytest.raises(InvalidInput, match=r"offers\.ship.*past_offers"):
        score(type(model)(**(vars(model) | {"offers": known})), scenario)

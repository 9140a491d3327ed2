"""Mechanics that the data shows nothing of are assumed, with a wide interval and a sentence, never called observed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from grocery_sample import sample_model, sample_scenario
from offers_shop import shop_model, shop_scenario

from scenarios.language.words import Mechanic
from scenarios.tables.take_up import fixed_take_up
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.gather import TESTS, store_tests
from surrogate.model import LearnedOffers
from surrogate.parts import pack
from surrogate.scoring.score import score
from surrogate.scoring.share_of_new import share_of_new
from surrogate.shelf.mechanics import KINDS
from surrogate.training.notes import coupon_note, fewer_segments


def without(model, mechanic):
    """Return the model as data without displays and mailers, or without mailed coupons, would have made it."""
    if mechanic is Mechanic.FEATURE:
        return replace(model, seen=model.seen * np.array([1.0, 0.0, 0.0]))
    keep = model.support.kind != KINDS.index(mechanic)
    names = ("kind", "category", "saving", "weeks")
    return replace(model, support=replace(model.support, **{one: getattr(model.support, one)[keep] for one in names}))


@pytest.mark.parametrize(
    ("mechanic", "told"),
    [
        (Mechanic.FEATURE, "the data shows no display and no mailer, so its lift is the one that training starts from"),
        (Mechanic.COUPON, "no coupon ran in the data, so it is taken to lift as the other mechanics do at its saving"),
    ],
)
def test_a_mechanic_that_never_ran_is_assumed(mechanic, told):
    """Only its own offers change their grade; their intervals widen; one sentence says what they are scored by."""
    scenario, model = sample_scenario(), sample_model()
    before, after = score(model, scenario).effects, score(without(model, mechanic), scenario).effects
    mine = np.array([offer.mechanic is mechanic for offer in scenario.offers])
    assert mine.any() and not mine.all()
    assert before.evidence == ("observed",) * mine.size
    assert after.evidence == tuple("assumed" if one else "observed" for one in mine)
    np.testing.assert_array_equal(before.lift, after.lift)
    there = (before.lift_sd > 0) & mine
    assert (after.lift_sd[there] >= before.lift_sd[there]).all() and (after.lift_sd > before.lift_sd).any()
    for offer in scenario.offers:
        said = [note for note in after.notes if note.startswith(f"Offer {offer.id} is assumed: ")]
        assert said == (
            [f"Offer {offer.id} is assumed: {told}, and its interval is wide."] * (offer.mechanic is mechanic)
        )


def test_take_up_of_coupons_that_never_ran_is_said_to_be_assumed():
    """The share who use a coupon is nobody's habit where no purchase was made under one."""
    scenario = sample_scenario()
    notes = score(without(sample_model(), Mechanic.COUPON), scenario).effects.notes
    coupons = sum(offer.mechanic is Mechanic.COUPON for offer in scenario.offers)
    assert sum("is assumed: the share that training starts from" in note for note in notes) == coupons


def test_nothing_is_taken_with_a_display():
    """Take-up of displays is 0 and that of shelf prices 1, learned or from a table: they hold by definition."""
    scenario = sample_scenario()
    take_up = score(sample_model(), scenario).effects.take_up
    for column, offer in enumerate(scenario.offers):
        fixed, here = fixed_take_up(offer), take_up[:, :-1, :, column]
        if fixed is None:
            assert 0 < here.max() < 1
        else:
            assert here.max() == fixed
    assert {offer.mechanic for offer in scenario.offers} >= {Mechanic.FEATURE, Mechanic.PRICE_DISCOUNT}


def test_training_says_that_it_learned_fewer_segments_than_asked():
    """Thirty segments of at least fifty customers each are not in two hundred; ``rest`` is none of those asked for."""
    assert fewer_segments(None, ("s1",), 50) == () == fewer_segments(2, ("s1", "s2", "rest"), 50)
    assert fewer_segments(30, ("s1", "s2", "rest"), 50)[0].startswith("30 segments were asked for and 2 learned: ")


def test_training_says_that_no_mailing_was_seen():
    """Mailings that are not there follow nobody's spend."""
    assert coupon_note(0).startswith("No purchase was made under a mailed coupon: how many use one is assumed")
    assert coupon_note(1200).startswith("Coupon effects are confounded, because mailings follow spend")
    assert "1,200 purchases" in coupon_note(1200)


@pytest.mark.parametrize(
    ("taken", "assumed"),
    [
        ({}, {"deal", "save", "sent-save"}),
        ({"bundle": 0.5}, {"save", "sent-save"}),
        ({"bundle": 0.5, "threshold": 1.8}, {"sent-save"}),
        ({"sent threshold": 0.3}, {"deal", "save"}),
    ],
)
def test_take_up_is_said_to_be_assumed_only_where_it_is(taken, assumed):
    """What the till showed of a bundle or of a saving on orders is learned, each layer for itself."""
    told = LearnedOffers(mechanics=("bundle", "threshold"), used=(), order=20.0, taken=taken)
    sent = {"layer": "targeted", "channel": "app"}
    offers = [
        {"id": "deal", "mechanic": "bundle", "buy": 2, "get": 1},
        {"id": "save", "mechanic": "threshold", "spend": 20, "save": 2},
        {"id": "sent-save", "mechanic": "threshold", "spend": 20, "save": 2, **sent},
    ]
    effects = score(replace(shop_model(), offers=told), shop_scenario(*offers)).effects
    said = {note.split()[2] for note in effects.notes if note.startswith("Take-up of ") and " is assumed: " in note}
    assert said == assumed
    assert effects.take_up[:, :-1, :, 0].max() == pytest.approx(taken.get("bundle", 1.0))


EVERYBODY = "everybody, because "
OTHERS, START = "the share who use other targeted offers, because ", "the share that training starts from, because "
NEVER, SENT_ONLY = "no bundle ran in the data", "no public bundle ran in the data, only ones for chosen customers"
PUBLIC_ONLY = "no bundle for chosen customers ran in the data, only public ones"
UNNAMED = "no row of the data names the use of a public bundle, or too little was sold while one ran"
NO_USE = "the rows of the data show no use of it, or not to whom it was sent"


@pytest.mark.parametrize(
    ("layer", "ran", "used", "said"),
    [
        ("public", (), ("coupon",), EVERYBODY + NEVER),
        ("public", ("sent bundle",), ("bundle",), EVERYBODY + SENT_ONLY),
        ("public", ("sent bundle",), (), EVERYBODY + SENT_ONLY),
        ("public", ("bundle", "sent bundle"), ("bundle",), EVERYBODY + UNNAMED),
        ("targeted", (), ("coupon",), OTHERS + NEVER),
        ("targeted", (), (), START + NEVER),
        ("targeted", ("bundle",), ("coupon",), OTHERS + PUBLIC_ONLY),
        ("targeted", ("sent bundle",), ("coupon",), OTHERS + NO_USE),
        ("targeted", ("sent bundle",), (), START + NO_USE),
        ("targeted", ("sent bundle",), ("bundle",), None),
    ],
)
def test_why_take_up_is_assumed_is_told_by_what_ran_for_whom_and_whose_use_was_seen(layer, ran, used, said):
    """A bundle for members, its uses told or not, says nothing of one for everybody, and the note names that cause."""
    mechanics = ("coupon", *(("bundle",) if ran else ()))
    told = LearnedOffers(mechanics=mechanics, used=used, order=20.0, week_error=dict.fromkeys(ran, 0.1))
    sent = {"layer": "targeted", "channel": "app"} if layer == "targeted" else {}
    deal = {"id": "deal", "mechanic": "bundle", "buy": 2, "get": 1, **sent}
    notes = score(replace(shop_model(), offers=told), shop_scenario(deal)).effects.notes
    found = [note for note in notes if note.startswith("Take-up of deal is assumed: ")]
    assert found == ([] if said is None else [f"Take-up of deal is assumed: {said}."])


@pytest.mark.parametrize("named", [0.3, 1.0, None])
def test_take_up_of_public_coupons_is_what_the_till_saw_less_what_they_bring(named):
    """Of all units under it the till's share is used; nobody is said to have told it only where nobody did."""
    coupon = {"id": "meal-deal", "mechanic": "coupon", "depth": "20%"}
    model = shop_model()
    told = replace(model.offers, named={} if named is None else {"coupon": named})
    effects = score(replace(model, offers=told), shop_scenario(coupon)).effects
    lift, take_up = effects.lift[:, :, :-1, :, 0].mean(axis=0), effects.take_up[:, :-1, :, 0]
    said = [note for note in effects.notes if note.startswith("Take-up of meal-deal is assumed: ")]
    if named is None:
        assert (take_up == 1.0).all()
        assert said == [
            "Take-up of meal-deal is assumed: everybody, because no public coupon ran in the data, only ones for "
            "chosen customers."
        ]
    else:
        assert (lift > 0.02).any() and not said
        np.testing.assert_allclose(take_up, np.clip(named * (1 + lift) - lift, 0, 1), atol=1e-4)


@pytest.mark.parametrize("measured", [0.05, 4.0])
def test_a_lift_test_leaves_the_uses_that_the_till_counted(measured):
    """Whatever a test says that a coupon brings, as large a part of what is bought under it is bought with it."""
    app = {"id": "app-25", "mechanic": "coupon", "depth": "25%", "layer": "targeted", "channel": "app"}
    model, scenario = shop_model(), shop_scenario(app, {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"})
    test = LiftTest(mechanic="coupon", depth=0.25, lift=measured, standard_error=0.03)
    told = replace(model, sections={**model.sections, TESTS: pack(store_tests((test,), {}))})
    before, after = (score(each, scenario).effects for each in (model, told))

    def part(effects):
        lift, take_up = effects.lift[:, :, :-1, :, 0].mean(axis=0), effects.take_up[:, :-1, :, 0]
        return take_up, (take_up + lift) / (1.0 + lift)

    (was, used), (now, still) = part(before), part(after)
    said = [note for note in after.notes if note.startswith("Lift tests move what app-25 brings from ")]
    assert len(said) == 1 and "of what was bought under offers like it bought with them, and this stays" in said[0]
    if measured < 1:
        assert (now > was + 0.05).all() and (now <= 1).all()
        np.testing.assert_allclose(still, used, atol=0.01)
    else:
        assert (now < was).all() and (now >= 0).all()
    np.testing.assert_array_equal(before.take_up[..., 1], after.take_up[..., 1])


def test_orders_that_a_saving_brings_are_among_those_that_the_till_saw_use_it():
    """What the till counted is all use: what is expected of usual orders and of new ones together is no more."""
    model, scenario = shop_model(), shop_scenario({"id": "save", "mechanic": "threshold", "spend": 20, "save": 2})

    def uses(taken):
        told = replace(model.offers, taken={} if taken is None else {"threshold": taken})
        effects = score(replace(model, offers=told), scenario).effects
        lift, take_up = effects.lift[:, :, -1, 0, 0].mean(axis=0), effects.take_up[:, -1, 0, 0]
        return lift, take_up, [note for note in effects.notes if "used one like it at the till" in note]

    lift, enough, said = uses(None)  # nobody counted: every order that is large enough uses it
    assert (lift > 0.02).all() and (enough > 0.2).all() and not said
    found, take_up, _ = uses(1.0)
    np.testing.assert_allclose(found + take_up, enough, rtol=1e-3)
    found, take_up, said = uses(1.8)
    np.testing.assert_allclose(found + take_up, 1.8 * enough, rtol=1e-3)
    np.testing.assert_allclose(found, lift, rtol=1e-3)  # surely fewer than used it: the lift stays
    assert not said
    few = float((0.5 * lift / enough).min())
    found, take_up, said = uses(few)
    np.testing.assert_allclose(found + take_up, few * enough, rtol=1e-2)
    assert (take_up > 0.05 * few * enough).all() and (found < lift).all(), "an unsure lift gives neither all nor none"
    assert len(said) == 1 and said[0].startswith("Offer save was learned to bring about as many orders as used one")


def test_a_sure_share_of_uses_stays_and_an_unsure_one_is_drawn_inside():
    """Measured well inside 0 and 1 a share is what was measured; far above 1 it is all only if that is sure."""
    measured, error = np.array([0.4, 1.5, 1.5, 3.0]), np.array([0.05, 0.02, 0.6, 0.02])
    share, unsure = share_of_new(measured, error)
    np.testing.assert_allclose(share[[0, 1, 3]], [0.4, 1.0, 1.0], atol=0.01)
    assert 0.6 < share[2] < 0.85 and unsure[0] == pytest.approx(0.05, rel=0.05)


@pytest.mark.parametrize(
    ("saves", "goods", "told"),
    [
        (0.5, ["p0", "p1"], "it saves 33%, the data's bundles 50%, and none like it ran"),
        (0.33, ["p2", "p3"], "no bundle ran on any product that it may be on, so its lift is read off other products"),
        (0.33, ["p0", "p2"], ""),
    ],
)
def test_a_bundle_unlike_those_that_ran_is_assumed(saves, goods, told):
    """What is graded observed ran: on some product that the offer may be on, and for a bundle with its saving."""
    model, kind = shop_model(), KINDS.index(Mechanic.BUNDLE)
    held = {"kind": kind, "category": model.categories.index("p0"), "saving": saves, "weeks": 9.0}
    support = replace(model.support, **{key: np.append(getattr(model.support, key), held[key]) for key in held})
    offers = replace(model.offers, mechanics=(*model.offers.mechanics, "bundle"))
    bundle = {"id": "two-plus-one", "mechanic": "bundle", "buy": 2, "get": 1, "applies_to": {"products": goods}}
    cut = {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"}
    found = score(replace(model, support=support, offers=offers), shop_scenario(bundle, cut)).effects
    assert found.evidence == ("assumed" if told else "observed", "observed")
    said = [note for note in found.notes if note.startswith("Offer two-plus-one is assumed: ")]
    assert len(said) == bool(told) and all(told in note for note in said)
    bare = [note for note in found.notes if note.startswith("No bundle ran on ")]
    lacking = [name for name in goods if name != "p0"]
    elsewhere = f"No bundle ran on {lacking[0]} in the data: what two-plus-one lifts there is read off other products."
    assert bare == ([elsewhere] if "p0" in goods else [])


def test_offers_whose_lifts_the_test_speaks_against_are_named():
    """Where forecasts under coupons miss more than if these did nothing, the coupons are named, and no other offer."""
    worse = {"wape_coupon": 0.229, "wape_coupon_no_promotion": 0.204}
    better = {"wape_price_discount": 0.2, "wape_price_discount_no_promotion": 0.6}
    cut = {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"}
    app = {"id": "app-15", "mechanic": "coupon", "depth": "15%", "layer": "targeted", "channel": "app"}
    notes = score(replace(shop_model(), accuracy=worse | better), shop_scenario(cut, app)).effects.notes
    (said,) = [note for note in notes if note.startswith("Do not trust the lifts of ")]
    assert said.startswith("Do not trust the lifts of app-15 until a test confirms them: of what sold under coupons ")
    assert "miss 22.9%, and 20.4% where they are taken to do nothing" in said

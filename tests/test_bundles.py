# ruff: noqa: E501 - messages stand as people read them
"""Bundles: what was read is said in words, what is hardly meant is noted, a price for all pieces is read everywhere."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from shop import load_shop, write_shop

from planner.report.question import question_rows
from scenarios.language.offer_words import offer_meaning, offer_words
from scenarios.language.schema import Offer, Product
from scenarios.loading.doubtful.notes import doubtful
from scenarios.market.deals import ActiveLine, Benefit, make_deal
from scenarios.response.economics import saving_per_unit, units_per_use
from surrogate.data.data_parts import PastOffer
from surrogate.experiment.prepared.offers import terms_of
from surrogate.shelf.mechanics import past_terms, scenario_terms

FLASH = "mechanic: flash_sale, depth: 12%, max_run: 2"
PHONE = Product.model_validate({"id": "phone", "category": "phones", "price": "2.50", "unit_cost": "1"})


def bundle(**parameters: object) -> Offer:
    """A bundle, public where nothing else is said."""
    return Offer.model_validate({"id": "deal", "mechanic": "bundle", **parameters})


def test_a_bundle_reads_as_what_customers_get() -> None:
    """The calendar's words are short; reports add what a piece comes to, so that 5 for 3 is seen."""
    assert offer_words(bundle(buy=2, get=1), "GBP") == "buy 2, get 1 free"
    assert offer_meaning(bundle(buy=2, get=1), "GBP") == "buy 2, get 1 free: 3 for the price of 2, 33.3% off each"
    assert offer_meaning(bundle(buy=3, get=2), "GBP") == "buy 3, get 2 free: 5 for the price of 3, 40% off each"
    half = bundle(buy=1, get=1, depth="50%")
    assert offer_meaning(half, "GBP") == "buy 1, get 1 50% off: 2 for the price of 1.5, 25% off each"
    assert offer_words(bundle(buy=2, price=4), "GBP") == offer_meaning(bundle(buy=2, price=4), "GBP") == "2 for 4.00"
    assert offer_words(bundle(buy=2, price=4), "JPY") == "2 for 4"


def test_validate_says_what_each_offer_is(tmp_path: Path) -> None:
    """Before any run: a misread mechanic stands in the row of the offers."""
    scenario = load_shop(tmp_path, shop={FLASH: "mechanic: bundle, buy: 3, get: 2"}).scenario
    said = dict(question_rows(scenario))["offers"]
    assert (
        "; cut-15 (15% off; nova pays 60% of its costs); flash-12 (buy 3, get 2 free: 5 for the price of 3, 40% off each); "
        in said
    )
    assert "coupon-20 (coupon, 20.00 off, to chosen segments by push)" in said


def test_effects_say_what_each_offer_is(tmp_path: Path) -> None:
    """On screen and as data."""
    path = write_shop(tmp_path)
    path.write_text(path.read_text("utf-8").replace(FLASH, "mechanic: bundle, buy: 2, price: 4000"), "utf-8")
    told = run("effects", str(path)).output
    assert "What each offer is" in told and "2 for 4000.00" in told
    assert json.loads(run("effects", str(path), "--json").stdout)["offers"]["flash-12"] == "2 for 4000.00"


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("buy: 3, get: 2", "buy 3, get 2 free gives 5 for the price of 3; 3 for the price of 2 is written buy: 2, get: 1"),
        ("buy: 3, get: 1, name: 3 for 2", "buy 3, get 1 free gives 4 for the price of 3; 3 for the price of 2 is written buy: 2, get: 1"),
        ("buy: 3, get: 1, name: Champú 3x2", "buy 3, get 1 free gives 4 for the price of 3; 3 for the price of 2 is written buy: 2, get: 1"),
        ("buy: 3, get: 1, name: '3 for 2, all week'", "buy 3, get 1 free gives 4 for the price of 3; 3 for the price of 2 is written buy: 2, get: 1"),
        ("buy: 2, price: 2000", "price 2000 is what all 2 pieces cost together, and one phone costs 2699; 2000 each is price: 4000"),
    ],
)  # fmt: skip
def test_a_bundle_that_is_hardly_meant_is_noted(written: str, note: str, tmp_path: Path) -> None:
    """3 for 2 written as buy 3, get 2, or otherwise than its name says; one price for all that is the price of one."""
    assert f"offer flash-12: {note}" in doubtful(load_shop(tmp_path, shop={FLASH: f"mechanic: bundle, {written}"}))


@pytest.mark.parametrize(
    "written",
    [
        "buy: 2, get: 1",
        "buy: 1, get: 1",
        "buy: 3, get: 2, depth: 50%",
        "buy: 2, get: 1, name: 3x2",
        "buy: 5, get: 2",
        "buy: 2, price: 5000",
    ],
)
def test_a_plain_bundle_is_not_noted(written: str, tmp_path: Path) -> None:
    """Where name and parameters agree, or no name says otherwise."""
    said = doubtful(load_shop(tmp_path, shop={FLASH: f"mechanic: bundle, {written}"}))
    assert not [note for note in said if note.startswith("offer ")]


@pytest.mark.parametrize(
    "name",
    [
        "water-24x1l",
        "water 24 x 1 l",
        "Cola 6x2 l, buy one get one free",
        "Water 2x1 l",
        "Nov 11 x 2",
        "2 for 1,50",
        "3 for 2.00",
        "3 for 2 €",
        "3 for £2",
        "30 für 14 Tage",
        "3 for 2 days",
        "3 for 0",
        "3 for 2 or 2 for 1",
    ],
)
def test_packs_dates_and_prices_in_a_name_are_no_bundle(name: str, tmp_path: Path) -> None:
    """24 bottles of 1 l are no 24 for the price of 1; where a name says several, one that is right is enough."""
    said = doubtful(load_shop(tmp_path, shop={FLASH: f"mechanic: bundle, buy: 1, get: 1, name: '{name}'"}))
    assert not [note for note in said if note.startswith("offer ")]


def test_a_price_for_all_pieces_is_a_saving_to_what_learns_and_scores() -> None:
    """2 for 4.00 of a product of 2.50 saves 20 %: to the network, of a past offer, and to experiments."""
    offer = bundle(buy=2, price=4)
    terms = scenario_terms(offer, PHONE, (), price=2.5, order=30.0)
    past = PastOffer.model_validate({"mechanic": "bundle", "buy": 2, "price": 4})
    assert terms == past_terms(past, price=2.5, order=30.0)
    assert (terms.saving, terms.level) == (pytest.approx(0.2), pytest.approx(math.log(2 / 3)))
    assert terms_of(offer, 2.5).saving == pytest.approx(0.2)


def test_the_second_at_half_price_saves_a_quarter_of_each_wherever_it_is_read() -> None:
    """In the account at any price, to the network, of a past offer, to experiments."""
    offer = bundle(buy=1, get=1, depth="50%")
    assert saving_per_unit(offer, PHONE, 2.5) == pytest.approx(2.5 / 4)
    assert saving_per_unit(offer, PHONE, 2.0) == pytest.approx(2.0 / 4), "of a price that a cut leaves"
    terms = scenario_terms(offer, PHONE, (), price=2.5, order=30.0)
    past = PastOffer.model_validate({"mechanic": "bundle", "buy": 1, "get": 1, "depth": 0.5})
    assert terms == past_terms(past, price=2.5, order=30.0)
    assert (terms.saving, terms.level) == (pytest.approx(0.25), pytest.approx(math.log(2 / 3)))
    assert terms_of(offer, None).saving == pytest.approx(0.25)
    assert units_per_use(offer, PHONE) == 2.0, "one use is two pieces"


def test_an_amount_off_the_shelf_price_is_off_each_unit() -> None:
    """Whatever a use of a coupon spans: 0.50 off milk at 2.50, of which three are bought at a time, is a fifth."""
    milk = Product.model_validate(PHONE.model_dump() | {"units_per_use": 3})
    cut = Offer.model_validate({"id": "cut", "mechanic": "price_discount", "value": "0.50"})
    coupon = Offer.model_validate({"id": "cut", "mechanic": "coupon", "value": "0.60", "per_customer": 1})
    assert (saving_per_unit(cut, milk, 2.5), saving_per_unit(coupon, milk, 2.5)) == (0.5, pytest.approx(0.2))
    past = PastOffer.model_validate({"mechanic": "price_discount", "value": 0.5})
    assert scenario_terms(cut, milk, (), price=2.5, order=30.0) == past_terms(past, price=2.5, order=30.0)
    assert terms_of(cut, 2.5).saving == pytest.approx(0.2)
    assert (offer_words(cut, "USD"), offer_words(coupon, "USD")) == ("0.50 off", "0.60 off, at most 1 per customer")


def test_in_the_market_a_price_for_all_pieces_stays_on_a_reduced_price() -> None:
    """Of a price cut by 10 % to 2.25, 2 for 4.00 takes 0.25 more a piece, a ninth; not a fifth again."""
    from types import SimpleNamespace

    people = SimpleNamespace(
        segment=np.zeros(2, dtype=np.int64), bulk=np.array([[True], [False]]), sensitivity=np.ones(2)
    )
    cut = Offer.model_validate({"id": "cut", "mechanic": "price_discount", "depth": "10%"})
    tenth = Benefit(felt=np.full(2, 0.1), saving=np.full(2, 0.1), lure=0.0, gift=False, bundle_units=0)
    off = np.array([0.2, 0.0])
    pair = Benefit(felt=0.9 * off, saving=off, lure=0.0, gift=False, bundle_units=2)
    line = ActiveLine(offer=bundle(buy=2, price=4, layer="targeted", stacks=True), product=0, segment=0, coverage=1.0)
    deal = make_deal(
        tenth, cut, [(line, pair, np.ones(2, dtype=bool))], 1, people, np.zeros(2), SimpleNamespace(fatigue=0.0), 0
    )
    assert deal.saving_targeted.tolist() == pytest.approx([1 / 9, 0.0])
    assert np.exp(-deal.utility).tolist() == pytest.approx([0.9 * (1 - 0.9 / 9), 0.9]), "felt as what it saves"
    assert deal.bundle_units.tolist() == [2, 0]

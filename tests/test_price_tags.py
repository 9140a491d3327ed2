"""Rules on prices judge what the tag shows, in yen, euros and dinars, and bear less than half a minor unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from rule_shop import SHOP, accepted, refusal

from constraints.rules.tags import tag_amount

OFF_30 = (4, "phone", "off30")
PRICES = {"JPY": ("498", "349"), "EUR": ("9.99", "6.99"), "KWD": ("12.345", "8.642")}
"""Regular price, and the tag at 30 % off it: 348.6, 6.993 and 8.6415 before rounding."""


def _shop(currency: str, cost: str, tagged: str | None = None, *, regular: str | None = None) -> dict[str, Any]:
    """The shop in a currency: a phone at 30 % off, and an offer of a price of its own."""
    price, tag = PRICES[currency]
    phone = {"id": "phone", "category": "phones", "price": regular or price, "unit_cost": cost}
    own = {"id": "own", "mechanic": "flash_sale", "price": tagged or tag, "applies_to": {"products": ["phone"]}}
    offers = [{key: value for key, value in offer.items() if key != "funding"} for offer in SHOP["offers"][:4]]
    return {"currency": currency, "products": [phone], "offers": [*offers, own]}


@pytest.mark.parametrize(
    ("currency", "tax", "kept", "broken"),
    [("JPY", "10%", "317", "318"), ("EUR", "25%", "5.59", "5.60"), ("KWD", "25%", "6.914", "6.915")],
)
def test_the_price_on_the_tag_covers_the_cost(currency, tax, kept, broken):
    """349 / 1.1 = 317.27 covers 317, however many digits 30 % off has; an offer of that price is judged the same."""
    money = {"tax_rate": tax}
    for offer in ("off30", "own"):
        there = (4, "phone", offer)
        assert accepted({"rule": "min_price"}, there, money=money, **_shop(currency, kept))
        assert not accepted({"rule": "min_price"}, there, money=money, **_shop(currency, broken))


def test_a_tag_below_cost_is_refused_whatever_it_was_rounded_from():
    """348 yen leave 316.36 of 317."""
    shop = _shop("JPY", "317", "348")
    assert not accepted({"rule": "min_price"}, (4, "phone", "own"), money={"tax_rate": "10%"}, **shop)


@pytest.mark.parametrize("currency", PRICES)
def test_one_tag_is_one_price(currency):
    """30 % off and the price that it comes to: no rise, on the same rung, no lower than each other."""
    shop, own = _shop(currency, "1"), (5, "phone", "own")
    assert accepted({"rule": "price_ladder", "falling": True}, OFF_30, own, **shop)
    assert accepted({"rule": "price_ladder", "prices": [PRICES[currency][1]]}, OFF_30, own, **shop)
    again = {"rule": "reference_price", "min": "0%"}
    assert not accepted(again, OFF_30, (7, "phone", "own"), **shop)
    assert "as much as" in refusal(again, OFF_30, (7, "phone", "own"), **shop)


@pytest.mark.parametrize(("price", "depth", "tag"), [("2.10", 0.05, "2.00"), ("1.90", 0.25, "1.43")])
def test_rules_rollout_and_notes_know_one_tag(price, depth, tag):
    """Exact halves go up everywhere, whatever binary fractions make of 1.995 and 1.425."""
    saving = float(price) * depth
    assert tag_amount(Decimal(price) - Decimal(repr(saving)), "EUR") == Decimal(tag)
    assert tag_amount(float(price) - saving, "EUR") == Decimal(tag)


def test_half_a_unit_short_is_too_much():
    """Of 500, at most 33.7 % off leaves 331.5: a tag of 331 lacks half a yen."""
    for price, kept in (("332", True), ("331", False)):
        shop = _shop("JPY", "1", price, regular="500")
        assert accepted({"rule": "max_depth", "max": "33.7%"}, (4, "phone", "own"), **shop) is kept


def test_the_least_cut_is_met_to_the_nearest_yen():
    """5 % below 349 is 331.55: a tag of 332 is as near as a tag comes, 333 is not."""
    rule = {"rule": "reference_price", "min": "5%"}
    for price, kept in (("331", True), ("332", True), ("333", False)):
        assert accepted(rule, OFF_30, (7, "phone", "own"), **_shop("JPY", "1", price)) is kept


def test_the_deepest_cut_is_met_to_the_nearest_yen():
    """30 % off 496 is 347.2, on the tag 347, which is 30.04 % off; 346 is one yen more."""
    rule = {"rule": "max_depth", "max": "30%"}
    for price, kept in (("347", True), ("346", False)):
        shop = _shop("JPY", "1", price, regular="496")
        assert accepted(rule, OFF_30, **shop)
        assert accepted(rule, (4, "phone", "own"), **shop) is kept


def test_a_refusal_tells_its_two_figures_apart():
    """30.01 % off is more than 30 %, and is told as such."""
    shop = _shop("JPY", "1", "69990", regular="100000")
    text = refusal({"rule": "max_depth", "max": "30%"}, (4, "phone", "own"), **shop)
    assert "saves 30.01%, at most 30.00% allowed" in text
    margin = {"rule": "min_price", "margin": "0.13%"}
    text = refusal(margin, (4, "phone", "own"), **_shop("JPY", "317", "396"))
    assert "leaves 316.8 net of tax, at least 317.4 needed" in text

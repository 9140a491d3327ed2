"""Bundles at one price for all pieces, and prices at the shelf for a segment, by hand."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from one_phone import line, phone_shop, told

from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.measures import measure_functional
from scenarios.response.totals import evaluate

PAIR = {
    "id": "pair",
    "mechanic": "bundle",
    "buy": 2,
    "price": "4294",
    "funding": {"vendor": "nova", "share": "25%"},
}


def test_two_for_one_price_save_what_it_leaves_of_two_prices():
    """Every figure of `pair` in docs/money.md: 55 pairs of 110 units, each unit 113.00 cheaper, 96.00 net."""
    model, _ = phone_shop(PAIR, lifts=(0.5,), take_ups=(0.6,))
    total, (pair,) = told(model, line("pair"))
    assert total.units == Decimal("150.000")
    assert pair.uses == total.uses == Decimal("55.000")
    assert total.discount == Decimal("10560.00")
    assert total.discount_on_base == Decimal("5760.00")
    assert total.vendor_funding == Decimal("2640.00")
    assert total.revenue == Decimal("277440.00")
    assert total.profit_change == Decimal("15476.58")
    assert (total.issued, total.max_liability) == (Decimal("0.000"), Decimal("0.00"))


def test_a_pair_owes_what_it_saves_on_both_pieces():
    """Sent to chosen customers, one each: 1,000 pairs that may be claimed at 2 x 96.00 net."""
    sent = {**PAIR, "layer": "targeted", "channel": "push"}
    model, _ = phone_shop(sent, lifts=(0.5,), take_ups=(0.6,))
    total, _ = told(model, line("pair", segment="everyone"))
    assert total.max_liability == Decimal("192000.00")


@pytest.mark.parametrize(
    ("terms", "issued", "owed"),
    [
        ({"mechanic": "price_discount", "depth": "10%"}, "0.000", "0.00"),
        ({"mechanic": "flash_sale", "price": "2034"}, "0.000", "0.00"),
        ({"mechanic": "bundle", "buy": 1, "get": 1}, "0.000", "0.00"),
        ({"mechanic": "price_discount", "depth": "10%", "channel": "push"}, "1000.000", "192000.00"),
        ({"mechanic": "coupon", "depth": "10%"}, "0.000", "0.00"),
        ({"mechanic": "gift", "gift": "earbuds"}, "0.000", "0.00"),
        ({"mechanic": "coupon", "depth": "10%", "channel": "push"}, "1000.000", "192000.00"),
        ({"mechanic": "gift", "gift": "earbuds", "channel": "push"}, "1000.000", "50000.00"),
    ],
)
def test_what_no_channel_carries_is_issued_to_nobody(terms, issued, owed):
    """A price at the shelf for card holders and a bank card's discount at the till owe nothing; what is sent does."""
    model, _ = phone_shop({"id": "member", "layer": "targeted", **terms}, lifts=(0.2,), take_ups=(0.3,))
    total, (member,) = told(model, line("member", segment="everyone"))
    assert (total.issued, total.max_liability) == (member.issued, member.liability) == (Decimal(issued), Decimal(owed))
    functional = measure_functional(model.grid, model.economics, Measure.MAX_LIABILITY, Scope())
    plan = model.grid.plan_of((line("member", segment="everyone"),))
    assert float(evaluate(functional, model, plan, np)) == pytest.approx(float(owed))


def test_two_for_one_price_is_the_free_piece_of_the_same_worth():
    """2 for 2,260.00 is buy 1, get 1: all of the account is the same."""
    free, _ = phone_shop({"id": "one", "mechanic": "bundle", "buy": 1, "get": 1}, lifts=(0.5,), take_ups=(0.6,))
    paid, _ = phone_shop({"id": "one", "mechanic": "bundle", "buy": 2, "price": "2260"}, lifts=(0.5,), take_ups=(0.6,))
    assert told(free, line("one")) == told(paid, line("one"))


def test_a_price_for_all_pieces_stays_what_it_is_on_a_reduced_price():
    """Stacked on 10 % off (2,034.00 a phone), 2 for 3,842.00 saves 113.00 more a unit."""
    cut = {"id": "cut", "mechanic": "price_discount", "depth": "10%"}
    pair = {"id": "pair", "mechanic": "bundle", "buy": 2, "price": "3842", "layer": "targeted", "stacks": True}
    model, _ = phone_shop(cut, pair, lifts=(0.0, 0.0), take_ups=(1.0, 0.5))
    total, _ = told(model, line("cut"), line("pair", segment="everyone"))
    assert total.discount == 100 * Decimal("192.00") + 50 * Decimal("96.00")

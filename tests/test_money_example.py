"""The worked example of docs/money.md, to the cent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import one_phone
import pytest
from one_phone import DAY, phone_shop

from scenarios.answer.bridge import bridge
from scenarios.answer.outcome import account
from scenarios.answer.summary import line_results, outcome
from scenarios.language.plan_lines import PlanLine

OFF_10 = PlanLine(date=DAY, product="phone", offer="off-10")
BUDS = PlanLine(date=DAY, product="phone", segment="everyone", offer="buds", coverage=0.5)


@pytest.fixture(scope="module")
def model():
    """One phone, one segment, one day: a funded price cut and a gift."""
    return phone()


def phone(**push):
    """The shop of the first two examples; ``push`` are further keys of its channel."""
    off_10 = {
        "id": "off-10",
        "mechanic": "price_discount",
        "depth": "10%",
        "fixed_cost": "200",
        "funding": {"vendor": "nova", "share": "40%"},
    }
    buds = {
        "id": "buds",
        "mechanic": "gift",
        "gift": "earbuds",
        "layer": "targeted",
        "channel": "push",
        "coverage": "50%",
        "funding": {"vendor": "nova", "share": "20%"},
    }
    return phone_shop(off_10, buds, lifts=(0.5, 0.2), take_ups=(1.0, 0.3), orders=False, push=push)[0]


def _books(model, *lines):
    return account(model, model.grid.plan_of(lines)), account(model, model.grid.empty())


def _told(model, *lines):
    book, empty = _books(model, *lines)
    return outcome(model, book, empty, {})


def test_without_promotion(model):
    """100 units: revenue 192,000.00, profit 46,644.00."""
    told = _told(model)
    assert told.revenue == Decimal("192000.00")
    assert told.profit == told.margin == Decimal("46644.00")
    assert told.roi is None


def test_a_funded_price_cut(model):
    """Every row of the first table."""
    told = _told(model, OFF_10)
    assert told.units == Decimal("150.000")
    assert told.discount == Decimal("28800.00")
    assert told.discount_on_base == Decimal("19200.00")
    assert told.revenue == Decimal("259200.00")
    assert told.vendor_funding == Decimal("11600.00")
    assert told.margin == Decimal("52969.40")
    assert told.fixed_cost == told.cash_cost == Decimal("200.00")
    assert told.profit == Decimal("52769.40")
    assert told.profit_change == Decimal("6125.40")
    assert told.gross_spend == Decimal("29000.00")
    assert told.spend == Decimal("17400.00")
    assert told.roi == 0.211220


def test_the_bridge_of_the_price_cut(model):
    """Every row of the bridge."""
    found = bridge(model, *_books(model, OFF_10))
    assert found.gross_bump == Decimal("23322.00")
    assert found.discount_on_base == Decimal("-19064.40")
    assert found.discount_on_bump == Decimal("-9532.20")
    assert found.fixed_costs == Decimal("-200.00")
    assert found.vendor_funding == Decimal("11600.00")
    assert found.net == Decimal("6125.40")
    assert found.fatigue == found.cannibalisation == found.pull_forward == found.halo == found.basket == 0


def test_a_gift_by_message(model):
    """Every figure of the second example."""
    told = _told(model, BUDS)
    line = line_results(_books(model, BUDS)[0])[0]
    assert told.units == Decimal("110.000")
    assert told.gifts == line.gifts == Decimal("25.000")
    assert told.contacts == Decimal("500.000")
    assert told.gifts_cost == Decimal("1250.00")
    assert told.contacts_cost == Decimal("25.00")
    assert told.vendor_funding == Decimal("250.00")
    assert told.profit_change == Decimal("3639.40")
    assert told.gross_spend == Decimal("1275.00")
    assert told.spend == line.spend == Decimal("1025.00")


def test_a_channel_that_cannot_reach_everybody():
    """The same gift by a push that reaches 62 % of the customers: every figure of the paragraph."""
    told, (line,) = one_phone.told(phone(reach="62%"), BUDS)
    assert told.contacts == line.contacts == Decimal("310.000")
    assert told.contacts_cost == Decimal("15.50")
    assert told.units == Decimal("106.200")
    assert told.gifts == Decimal("15.500")
    assert told.gifts_cost == Decimal("775.00")
    assert told.vendor_funding == Decimal("155.00")
    assert told.profit_change == Decimal("2256.43")
    assert told.max_liability == Decimal("15500.00")


def test_the_document_says_the_same():
    """The figures of this test stand in docs/money.md."""
    text = (Path(__file__).parents[1] / "docs" / "money.md").read_text("utf-8")
    figures = "192,000.00 259,200.00 28,800.00 19,200.00 11,600.00 52,969.40 52,769.40 6,125.40 29,000.00 17,400.00"
    figures += " 0.211220 23,322.00 19,064.40 9,532.20 1,250.00 3,639.40 1,275.00 1,025.00 25.00 250.00"
    figures += " 15.50 775.00 155.00 2,256.43 15,500.00"
    assert [figure for figure in figures.split() if figure not in text] == []

"""A stacking coupon beside a shelf price that not everybody gets: every unit saves what its buyer saves, by hand."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from one_phone import DAY, phone_shop

from scenarios.answer.outcome import account
from scenarios.answer.summary import line_results, outcome
from scenarios.answer.sums import measured
from scenarios.language.plan_lines import PlanLine
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.measures import measure_functional
from scenarios.response.totals import evaluate

FLASH = {"id": "flash", "mechanic": "flash_sale", "depth": "10%", "quantity": ["50%", "100%"]}
COUPON = {"id": "coupon", "mechanic": "coupon", "depth": "25%", "layer": "targeted", "coverage": "50%", "stacks": True}
LATE = Scope(offers=("coupon",))
SUMS = (Measure.DISCOUNT, Measure.DISCOUNT_ON_BASE, Measure.REVENUE, Measure.SPEND, Measure.PROFIT)


def both(quantity, *, flash=FLASH, coupon=COUPON, lifts=(0.5, 0.2)):
    """Model, account and lines of both offers on the one day; 40 % of those who are told use the coupon."""
    model, _ = phone_shop(flash, coupon, lifts=lifts, take_ups=(1.0, 0.4))
    cut = PlanLine(date=DAY, product="phone", segment="*", offer="flash", coverage=1.0, quantity=quantity)
    extra = PlanLine(date=DAY, product="phone", segment="everyone", offer="coupon", coverage=0.5, quantity=1.0)
    plan = model.grid.plan_of((cut, extra))
    book = account(model, plan)
    return model, plan, book, line_results(book)


def test_who_finds_no_piece_saves_on_the_regular_price():
    """37.5 units under the coupon, 21.25 of them with a piece: 25 % of 2,034 on these, of 2,260 on the others.

    Base: 20 units use the coupon, half of them find a piece. New units: the coupon brings 12.5, half of them with a
    piece, and 5 of those that the flash sale brings use it.
    """
    _, _, book, (_, coupon) = both(0.5)
    assert coupon.units == Decimal("37.500")
    assert coupon.discount == Decimal("16980.00")  # 21.25 x 508.50 and 16.25 x 565.00, each x 0.96 / 1.13
    (targeted,) = np.flatnonzero(book.rows.block == 1)
    assert book.rows.shared_units[targeted] == 21_250
    assert book.rows.discount_on_base[targeted] == 912_000  # 10 x 432.00 and 10 x 480.00
    assert book.rows.fee_spared[targeted] == round(0.6 * (21.25 * 508.5 + 16.25 * 565))


@pytest.mark.parametrize("quantity", [0.5, 1.0])
@pytest.mark.parametrize("scope", [Scope(), LATE], ids=["all", "coupon"])
def test_the_search_prices_what_the_ledger_books(quantity, scope):
    """Every money sum that the search weighs is the account's."""
    model, plan, book, _ = both(quantity)
    for measure in SUMS[:-1] if scope is LATE else SUMS:
        weighed = float(evaluate(measure_functional(model.grid, model.economics, measure, scope), model, plan, np))
        assert weighed == pytest.approx(measured(book, measure, scope) / 100, abs=0.02)


def test_pieces_for_everybody_are_the_offer_without_pieces():
    """At 100 % everybody finds a piece, so the coupon saves on the lower price alone."""
    plain = {key: value for key, value in FLASH.items() if key != "quantity"}
    for_all, without = both(1.0), both(1.0, flash=plain)
    for one, other in zip(for_all[3], without[3], strict=True):
        assert (one.units, one.discount, one.spend) == (other.units, other.discount, other.spend)


def test_beyond_a_cap_per_customer_the_coupon_saves_on_the_regular_price():
    """40 % of the units lie beyond a cap of one at the shelf price: those under the coupon save 565.00 instead."""
    capped = {**FLASH, "per_customer": 1}
    del capped["quantity"]
    *_, (_, coupon) = both(1.0, flash=capped, lifts=(0.0, 0.0))
    assert coupon.units == Decimal("20.000")
    assert coupon.discount == Decimal("9024.00")  # 12 x 432.00 and 8 x 480.00


def test_beside_a_public_coupon_only_who_uses_both_saves_no_more_than_is_left():
    """A coupon of 2,000 that a tenth takes leaves 260 of 2,260 to these, and nothing is taken off the others' 565."""
    public = {"id": "flash", "mechanic": "coupon", "value": "2000"}
    model, _ = phone_shop(public, COUPON, lifts=(0.0, 0.0), take_ups=(0.1, 0.4))
    cut = PlanLine(date=DAY, product="phone", segment="*", offer="flash", coverage=1.0, quantity=1.0)
    extra = PlanLine(date=DAY, product="phone", segment="everyone", offer="coupon", coverage=0.5, quantity=1.0)
    plan = model.grid.plan_of((cut, extra))
    book = account(model, plan)
    *_, coupon = line_results(book)
    assert coupon.units == Decimal("20.000")
    assert float(coupon.discount) == pytest.approx((2 * 260 + 18 * 565) * 0.96 / 1.13, abs=0.01)
    weighed = evaluate(measure_functional(model.grid, model.economics, Measure.DISCOUNT, LATE), model, plan, np)
    assert float(weighed) == pytest.approx(float(coupon.discount), abs=0.01)


def test_what_is_owed_for_pieces_counts_the_regular_price():
    """A coupon that is redeemed after the price cut has ended saves 25 % of 2,260.00: 480.00 net, for each piece."""
    plain = {key: value for key, value in FLASH.items() if key != "quantity"}
    counted = {**COUPON, "quantity": "100%"}
    model, plan, book, (_, coupon) = both(1.0, flash=plain, coupon=counted)
    assert coupon.uses == coupon.issued == Decimal("45.000")
    assert coupon.discount == Decimal("19440.00")  # x 432.00: in the plan every coupon meets the lower price
    assert coupon.liability == outcome(model, book, book, {}).max_liability == Decimal("21600.00")
    owed = measure_functional(model.grid, model.economics, Measure.MAX_LIABILITY, Scope())
    assert float(evaluate(owed, model, plan, np)) == pytest.approx(21_600)

"""price_ladder and reference_price: what everybody pays on the shelf, from day to day and beside other products."""

import datetime as dt

import pytest
from rule_shop import accepted, refusal, shop

LAW = {"rule": "reference_price", "days": 3}
LAX = LAW | {"min": "10%"}
FALLING = {"rule": "price_ladder", "falling": True}
ORDER = {"rule": "price_ladder", "order": ["tablet", "phone"], "step": "50%"}


def test_cut_prices_stand_on_the_rungs():
    """Only 900 and 700 are rungs: 20 % off a phone costs 800, and coupons do not touch the shelf price."""
    rungs = {"rule": "price_ladder", "prices": ["900", "700"], "where": {"products": ["phone"]}}
    assert accepted(rungs, (3, "phone", "off10"), (4, "phone", "off30"), (5, "phone", "coupon", "young"))
    assert not accepted(rungs, (3, "phone", "flash"))
    assert accepted(rungs, (3, "tablet", "flash"))
    assert accepted({"rule": "price_ladder", "prices": ["799.995"]}, (3, "phone", "flash"))


def test_cut_prices_end_in_the_digits_that_are_asked_for():
    """900.00 and 700.00 end in 00, none in 9; coupons leave the tag as it is."""
    ends = {"rule": "price_ladder", "endings": ["00"]}
    assert accepted(ends, (3, "phone", "off10"), (4, "phone", "off30"), (5, "phone", "coupon", "young"))
    nines = {"rule": "price_ladder", "endings": [9]}
    assert not accepted(nines, (3, "phone", "off10"))
    assert "costs 900.00, it must end in 9; choose another offer" in refusal(nines, (3, "phone", "off10"))


def test_prices_fall_while_they_are_cut():
    """10 % then 30 % is fine, 30 % then 10 % is not, unless a day at the regular price lies between."""
    assert accepted(FALLING, (3, "phone", "off10"), (4, "phone", "flash"), (5, "phone", "off30"))
    assert not accepted(FALLING, (3, "phone", "off30"), (4, "phone", "off10"))
    assert accepted(FALLING, (3, "phone", "off30"), (5, "phone", "off10"))
    assert accepted(FALLING, (3, "phone", "off30"), (4, "phone", "poster"), (4, "tablet", "off10"))


def test_falling_prices_count_the_day_before_the_horizon():
    """A cut of 30 % on 1 November forbids 10 % on the 2nd, not on the 3rd."""
    past = ((1, "phone", "off30"),)
    assert not accepted(FALLING, (2, "phone", "off10"), history=past)
    assert accepted(FALLING, (3, "phone", "off10"), history=past) and accepted(
        FALLING, (2, "phone", "off30"), history=past
    )


def test_products_keep_their_order():
    """The tablet at 500 must stay 50 % below the phone: 700 is too near, unless the tablet is cut too."""
    assert accepted(ORDER, (3, "phone", "flash"))
    assert not accepted(ORDER, (3, "phone", "off30"))
    assert accepted(ORDER, (3, "phone", "off30"), (3, "tablet", "off10"))
    assert not accepted(ORDER, (3, "phone", "off30"), (4, "tablet", "off10"))
    assert accepted(ORDER | {"where": {"periods": ["2026-11-04"]}}, (3, "phone", "off30"))


def test_regular_prices_out_of_order_are_refused():
    """An order that regular prices break cannot be compiled; scenario files are refused earlier, with the place."""
    with pytest.raises(ValueError, match="regular prices of phone and tablet"):
        shop([{"id": "r", "rule": "price_ladder", "order": ["phone", "tablet"]}])


def test_a_cut_must_hold_against_the_lowest_price_before():
    """After a cheaper day the offer's own saving is no longer one; after three days at the regular price it is."""
    assert accepted(LAW, (2, "phone", "off10"), (6, "phone", "off10"))
    assert not accepted(LAW, (2, "phone", "off10"), (5, "phone", "off30"))
    assert accepted(LAW, (2, "phone", "off10"), (3, "phone", "off10"), (4, "phone", "off30"))
    assert not accepted(LAW, (2, "phone", "off30"), (3, "phone", "off10"))
    assert accepted(LAW, (2, "phone", "off10"), (4, "phone", "coupon", "young"), (4, "phone", "poster"))
    assert accepted(LAW, (2, "phone", "off10"), (4, "tablet", "off10"))


def test_a_smaller_cut_against_the_reference_price_may_be_enough():
    """700 after 900 is 22 % off, 800 after 900 is 11 %, 800 after 800 nothing; a cut too small in itself never is."""
    assert accepted(LAX, (2, "phone", "off10"), (4, "phone", "off30"))
    assert accepted(LAX, (2, "phone", "off10"), (4, "phone", "flash"))
    assert not accepted(LAX | {"min": "12%"}, (2, "phone", "off10"), (4, "phone", "flash"))
    assert not accepted(LAX, (2, "phone", "flash"), (4, "phone", "flash"))
    assert not accepted(LAX | {"min": "0%"}, (2, "phone", "flash"), (4, "phone", "flash"))
    assert not accepted(LAX | {"min": "15%"}, (2, "phone", "off10"))
    assert accepted(LAX, (2, "phone", "flash"), (3, "phone", "flash"), (4, "phone", "off30"))


def test_a_pause_begins_a_new_cut():
    """30 % off after a pause is measured against the 20 % before it, and so is the day after that."""
    assert not accepted(LAX | {"min": "13%"}, (2, "phone", "flash"), (4, "phone", "off30"))
    assert accepted(LAX | {"min": "12%"}, (2, "phone", "flash"), (4, "phone", "off30"), (5, "phone", "off30"))


def test_past_prices_are_reference_prices():
    """A cut before the horizon counts for three days; one that goes on is no new cut."""
    past = ((1, "phone", "off10"),)
    assert not accepted(LAW, (3, "phone", "off10"), history=past)
    assert accepted(LAW, (5, "phone", "off10"), history=past)
    assert accepted(LAW, (2, "phone", "off10"), (3, "phone", "off10"), history=past)
    assert accepted(LAX, (3, "phone", "flash"), history=past)
    assert not accepted(LAX, (2, "phone", "off10"), history=((1, "phone", "flash"),))
    assert accepted(LAW, history=((-1, "phone", "off10"), (1, "phone", "off10")))


def test_a_past_cut_that_was_none_does_not_go_on():
    """10 % off on 30 October and again on 1 November: who goes on with it advertises what is no cut, too."""
    past = ((-1, "phone", "off10"), (1, "phone", "off10"))
    assert not accepted(LAW, (2, "phone", "off10"), history=past)
    assert not accepted(LAW, (2, "phone", "off30"), history=past)
    assert accepted(LAX, (2, "phone", "off30"), (3, "phone", "off30"), history=past)
    assert not accepted(LAX, (2, "phone", "off10"), history=past)
    assert accepted(LAW | {"days": 1}, (2, "phone", "off10"), history=past)
    assert accepted(LAW, (2, "phone", "off10"), history=((0, "phone", "off10"), (1, "phone", "off10")))
    text = refusal(LAW, (2, "phone", "off10"), history=past)
    assert "of the 3 days before this cut began on 2026-11-01 (900.00 on 2026-10-30)" in text
    assert text.endswith("10.0% as offered needed; end the cut")


def test_remedies_are_those_that_help():
    """Past days cannot be dropped; a cut that is too small in itself gets larger at no later day."""
    past = ((1, "phone", "off10"),)
    assert refusal(LAW, (3, "phone", "off10"), history=past).endswith("as offered needed; begin the cut later")
    assert refusal(LAX | {"min": "15%"}, (2, "phone", "off10")).endswith("at least 15.0% needed; cut deeper")
    later = refusal(LAX | {"min": "15%"}, (3, "phone", "flash"), history=past)
    assert later.endswith("at least 15.0% needed; begin the cut later, or cut deeper")


def test_thirty_days_meet_five_weeks():
    """In weeks, a cut five weeks ago counts, one six weeks ago does not."""
    weeks = {"horizon": {"start": dt.date(2026, 11, 2), "periods": 8, "unit": "week"}}
    law = {"rule": "reference_price"}
    for weeks_later, fine in ((5, False), (6, True)):
        day = dt.date(2026, 11, 2) + dt.timedelta(weeks=weeks_later)
        lines = [{"date": dt.date(2026, 11, 2), "product": "phone", "offer": "off10"}]
        lines.append({"date": day, "product": "phone", "offer": "off10"})
        _, book = shop([{"id": "r"} | law, {"id": "keep", "rule": "locked", "lines": lines}], **weeks)
        assert (book.violations(book.locked_lines()) == 0) == fine


def test_refusals_name_prices_and_dates():
    """Sentences hold the price, what it is measured against, and what is asked."""
    text = refusal(LAW, (2, "phone", "off10"), (5, "phone", "flash"))
    assert "costs 800.00, which is 11.1% below the lowest price of the 3 days before (900.00 on 2026-11-02)" in text
    assert "20.0% as offered needed; begin the cut later, or drop the cheaper days" in text
    assert "12.5% above the lowest price" in refusal(LAW, (2, "phone", "flash"), (3, "phone", "off10"))
    text = refusal(LAX, (2, "phone", "off10"), (4, "phone", "off10"))
    assert "is as much as the lowest price" in text and "cut deeper, or drop the cheaper days" in text
    assert "raises the price from 700.00 to 900.00" in refusal(FALLING, (3, "phone", "off30"), (4, "phone", "off10"))
    text = refusal(ORDER, (3, "phone", "off30"))
    assert "on 2026-11-03 phone costs 700.00 and tablet 500.00, phone at least 750.00 needed" in text

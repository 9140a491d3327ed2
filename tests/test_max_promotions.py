"""At most so many promotions a week: an offer on a product is one, on however many days and for whomever it runs."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from rule_shop import accepted, line, refusal, shop

from constraints.rules.kinds.max_promotions import violations
from constraints.rules.lines import past_lines, read_lines
from scenarios.language.schemas.rule import Rule

WEEKLY = {"rule": "max_promotions", "max": 2, "each": "week"}
"""2 to 8 November is a week, and 9 November the first day of the next one."""


def test_days_and_segments_of_an_offer_on_a_product_are_one_promotion() -> None:
    """Six lines of two promotions are fine; a third one is too much, and fits into the week after."""
    two = [(day, "phone", "off10") for day in (2, 4, 8)] + [(5, "case", "coupon", who) for who in ("young", "loyal")]
    assert accepted(WEEKLY, *two, (6, "case", "coupon", "young"))
    assert not accepted(WEEKLY, *two, (3, "tablet", "off10"))
    assert not accepted(WEEKLY, *two, (3, "phone", "off30")), "another offer on the product is another promotion"
    assert accepted(WEEKLY, *two, (9, "tablet", "off10"), (9, "phone", "off10"))


def test_what_tells_promotions_apart_and_what_they_are_counted_for() -> None:
    """Products on offer, offers, and promotions of each category by itself."""
    lines = ((2, "phone", "off10"), (3, "phone", "off30"), (4, "tablet", "off10"))
    assert not accepted(WEEKLY, *lines)
    assert accepted(WEEKLY | {"of": ["product"]}, *lines)
    assert accepted(WEEKLY | {"of": ["offer"]}, *lines)
    assert not accepted(WEEKLY | {"of": ["offer"], "max": 1}, *lines)
    assert accepted(WEEKLY | {"per": ["category"]}, *lines[:2], (2, "case", "off10"))
    assert not accepted(WEEKLY | {"per": ["category"]}, *lines)
    once = {"rule": "max_promotions", "max": 1, "of": ["offer"], "per": ["product"]}
    assert accepted(once, (2, "phone", "off10"), (9, "phone", "off10"), (5, "case", "off30"))
    assert not accepted(once, (2, "phone", "off10"), (9, "phone", "off30")), "one offer a product in the campaign"


def test_what_ran_in_the_week_before_the_horizon_goes_on_and_takes_its_place() -> None:
    """A horizon that begins on a Thursday: Monday's promotion may go on, beside one other."""
    late = {"horizon": {"start": dt.date(2026, 11, 5), "periods": 5, "unit": "day"}}
    ran = ((3, "phone", "off10"),)
    assert accepted(WEEKLY, (5, "phone", "off10"), (6, "case", "off10"), history=ran, **late)
    assert not accepted(WEEKLY, (6, "case", "off10"), (6, "tablet", "off10"), history=ran, **late)
    assert accepted(WEEKLY, (9, "case", "off10"), (9, "tablet", "off10"), history=ran, **late), "a new week"
    three = (*ran, (4, "tablet", "off10"), (4, "case", "off30"))
    assert accepted(WEEKLY, (5, "phone", "off10"), (5, "tablet", "off10"), (5, "case", "off30"), history=three, **late)
    assert not accepted(WEEKLY, (5, "case", "off10"), history=three, **late), "history alone is not held against it"


def test_the_sentence_names_the_promotions_and_what_to_drop() -> None:
    """Where, how many, which, and how many too many."""
    said = refusal(WEEKLY, (2, "phone", "off10"), (3, "tablet", "off10"), (4, "case", "off30"), (5, "case", "off30"))
    assert said == (
        "3 promotions in 2026-11-02..2026-11-08 (product phone, offer off10; product tablet, offer off10; "
        "product case, offer off30), at most 2 allowed; drop 1, for example off30 for case on 2026-11-04"
    )
    grid, _ = shop([{"id": "r"} | WEEKLY], ())
    rule = TypeAdapter(Rule).validate_python({"id": "r"} | WEEKLY)
    assert violations(rule, grid, (*past_lines(grid), *read_lines(grid, [line((2, "phone", "off10"))]))) == []


def test_one_promotion_makes_way_for_another_in_a_single_change() -> None:
    """In a full week a slot may pass from one promotion to another, where the first one has no other line."""
    grid, book = shop([{"id": "r"} | WEEKLY], ())
    plan = grid.plan_of([line((2, "phone", "off10")), line((3, "case", "off10"))])
    slot, other = grid.locate(line((2, "phone", "off30")))
    number = grid.slot_number(slot)
    assert book.allowed(plan)[number, other]
    longer = plan.copy()
    again, choice = grid.locate(line((4, "phone", "off10")))
    longer[grid.slot_number(again)] = choice
    assert not book.allowed(longer)[number, other]
    new = grid.locate(line((5, "tablet", "off10")))
    kept = book.compatible(
        plan, np.array([number, grid.slot_number(new[0])]), np.array([other, new[1]]), np.array([1.0, 2.0])
    )
    assert kept.sum() == 1, "one place is left free by one change, and only for that change"


@pytest.mark.parametrize("keys", [{"of": []}, {"of": ["product"], "per": ["product"]}, {"each": "year"}])
def test_what_says_nothing_is_refused(keys: dict[str, object]) -> None:
    """Axes that nothing is told apart by, one axis for both, and a span that there is not."""
    with pytest.raises(ValidationError):
        TypeAdapter(Rule).validate_python({"id": "r"} | WEEKLY | keys)

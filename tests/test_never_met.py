"""Rules that go by product between kinds of lines on different products are told: nothing ever meets."""

from __future__ import annotations

import pytest

from scenarios.loading.doubtful.never_met import never_met
from scenarios.loading.load import load_scenario

APART = "id: apart, rule: never_with, where: {products: [espresso-1kg]}"


def told(rule: str) -> tuple[str, ...]:
    """What is said of the template under one rule."""
    return tuple(never_met(load_scenario("template-basic", (f"rules=[{{{rule}}}]",)).scenario))


def test_a_rule_by_product_between_two_products_is_told_with_what_to_write() -> None:
    """Two kinds of coffee that are never to meet: by product, which is the default, they never could."""
    (said,) = told(f"{APART}, with: {{products: [filter-1kg]}}, within: 2")
    assert said.startswith("rule apart: it goes by product (per), and no product lies in both its where and its with")
    assert "so it never keeps anything apart" in said and "per: []" in said
    (said,) = told("id: after, rule: only_after, where: {products: [kettle]}, after: {categories: [coffee]}")
    assert "no line of its where may ever run" in said


@pytest.mark.parametrize(
    "rest",
    [
        "with: {products: [filter-1kg]}, per: []",
        "with: {products: [filter-1kg]}, per: [category]",
        "with: {mechanics: [coupon]}",
        "with: {products: [espresso-1kg, filter-1kg]}",
    ],
)
def test_a_rule_whose_kinds_can_meet_is_not_told(rest: str) -> None:
    """All together, by category, or on a product that both kinds may stand on."""
    assert told(f"{APART}, {rest}") == ()

# ruff: noqa: E501 - messages stand as people read them
"""Quantities, caps and levels that cannot be are refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from shop import load_shop, problems_of

from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients

BROKEN = {
    "quantity-in-pieces": (
        {"shop": {"max_run: 2": "max_run: 2, quantity: [20, 100%]"}},
        [
            "shop.yaml:16: offers.flash-12.quantity: expected shares of the expected uses, such as [50%, 100%], got 20; write 20% if that is meant; for at most 20 uses add a limit with measure: uses and max: 20"
        ],
    ),
    "quantity-of-a-feature": (
        {"shop": {"mechanic: feature, fixed": "mechanic: feature, quantity: 50%, fixed"}},
        [
            "shop.yaml:19: offers.front: expected no quantity for a feature, which grants nothing that could be counted, got quantity; delete quantity"
        ],
    ),
    "no-level": (
        {"shop": {"max_run: 2": "max_run: 2, quantity: []"}},
        [
            "shop.yaml:16: offers.flash-12: expected at least one quantity level; write one such as 100%, or delete the key"
        ],
    ),
    "level-twice": (
        {"shop": {"max_run: 2": "max_run: 2, quantity: [50%, 0.5]"}},
        [
            "shop.yaml:16: offers.flash-12: expected different quantity levels above 0% and up to 100%, got 50%, 50%; change one level"
        ],
    ),
    "no-quantities": (
        {"shop": {"coverage: [50%, 100%], applies": "per_customer: 1, coverage: [50%, 100%], applies"}},
        [
            "shop.yaml:17: offers.coupon-20.per_customer: expected how many units of case an order holds, which a cap per customer cuts, got no such rows in baskets.csv for young, old; add to baskets.csv rows of segment, product, orders and units, or delete per_customer"
        ],
    ),
    "line-without-level": (
        {"shop": {"depth: 15%, applies": "depth: 15%, quantity: [25%, 50%], applies"}},
        [
            "shop.yaml:30: rules.agreed.lines.1.quantity: expected a quantity level of cut-15: 25%, 50%, got 100%; use a level, or add it to the offer"
        ],
    ),
    "line-with-pieces-that-nobody-counts": (
        {"shop": {"product: phone, offer: cut-15}": "product: phone, offer: cut-15, quantity: 50%}"}},
        [
            'shop.yaml:30: rules.agreed.lines.1.quantity: expected no quantity for cut-15, whose pieces are not counted, got "50%"; delete it, or give the offer quantity levels'
        ],
    ),
}


def test_a_slot_has_at_most_127_levels(tmp_path):
    """A plan holds one byte a slot, so coverages times quantities of all offers of a layer are counted."""
    many = ", ".join(f"{level}%" for level in range(37, 101))
    got = problems_of(
        tmp_path, shop={"coverage: [50%, 100%], applies": f"coverage: [50%, 100%], quantity: [{many}], applies"}
    )
    assert got == [
        "shop.yaml:14: offers: expected at most 127 levels of targeted offers on products, all offers together, got 129, each coverage with each quantity; drop some levels, or plan some offers apart"
    ]


@pytest.mark.parametrize("name", BROKEN)
def test_mistakes_are_said(name, tmp_path):
    """Each mistake is one sentence with place, what was expected, what was got, and what mends it."""
    edits, expected = BROKEN[name]
    assert problems_of(tmp_path, **edits) == expected


def test_learned_segments_have_no_quantities(tmp_path):
    """A cap per customer on products needs a table that can name the segments."""
    edits = {
        "coverage: [50%, 100%], applies": "per_customer: 1, coverage: [50%, 100%], applies",
        "  - {id: young, customers: 4000, profile: {age: 24}}\n": "",
        "  - {id: old, customers: 6000, profile: {age: 58}}\n": "",
        "segments:\n": "segments: {learn: {count: 2}}\n",
        "effects: {table: effects.csv, lift_is: gross}": "effects: {data: baskets.csv}",
        "history:\n  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n": "",
        "baskets: {table: baskets.csv}\nbaseline: {table: baseline.csv}\n": "",
    }
    assert problems_of(tmp_path, shop=edits) == [
        "shop.yaml:15: offers.coupon-20.per_customer: expected listed segments and baskets for a cap per customer, which cuts what an order holds, got learned segments; list the segments and add baskets: {table: FILE} with rows of segment, product, orders and units, or delete it"
    ]


def test_listed_segments_have_no_orders_of_their_own(tmp_path):
    """A model knows the orders of the segments that it learned: of those that are listed, the scenario must say them."""
    edits = {
        "effects: {table: effects.csv, lift_is: gross}": "effects: {data: baskets.csv}",
        "baskets: {table: baskets.csv}\nbaseline: {table: baseline.csv}\n": "",
    }
    assert problems_of(tmp_path, shop=edits) == [
        "shop.yaml:20: offers.save-200: expected baskets of listed segments for a threshold: who already spends enough must be known, got none; add baskets: {table: FILE}"
    ]


def test_quantities_of_products_stand_in_the_baskets_table(tmp_path):
    """Rows that name a product say how many units its orders hold, a segment's own before everybody's; no order is one more."""
    edits = {
        "shop": {"coverage: [50%, 100%], applies": "per_customer: 1, coverage: [50%, 100%], applies"},
        "baskets": {
            "segment,order_value,orders,units\n": "segment,order_value,orders,units,product\n,,20,1,case\nold,,20,1,case\nold,,5,4,case\n",
            "young,79,60,1\n": "young,79,60,1,\n",
            "young,2700,30,1\n": "young,2700,30,1,\n",
            "young,4000,10,2\n": "young,4000,10,2,\n",
            "old,79,50,1\n": "old,79,50,1,\n",
            "old,3200,50,1.5\n": "old,3200,50,1.5,\n",
        },
    }
    loaded = load_shop(tmp_path, **edits)
    assert loaded.baskets.orders_per_period("young") == 100
    model = build_coefficients(build_grid(loaded.scenario), loaded.effects, loaded.baskets)
    coupon = next(n for n, offer in enumerate(loaded.scenario.offers) if offer.id == "coupon-20")
    assert model.kept[:, 2, coupon] == pytest.approx([1.0, 25 / 40])


def test_the_document_says_the_same():
    """The figures of this test stand in docs/money.md."""
    text = (Path(__file__).parents[1] / "docs" / "money.md").read_text("utf-8")
    figures = (
        "75 pieces|14,400.00|9,600.00|225,600.00|5,840.00|49,846.70|3,002.70|28,800.00|2,173.64|25,000.00|96,000.00"
    )
    assert [figure for figure in figures.split("|") if figure not in text] == []

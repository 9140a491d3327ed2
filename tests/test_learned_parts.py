# ruff: noqa: E501 - scenarios and tables stand as people write them
"""Parts of a scenario that are learned: open while the file is read, filled and checked once they are known."""

from decimal import Decimal

import numpy as np
import pytest
from shop import load_shop

from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import LearnedSegments, Segment
from scenarios.loading.load import read_effects
from scenarios.loading.resolve import resolve
from scenarios.problems import InvalidInput
from scenarios.response.effects import Effects, Learned

DATA_SHOP = {
    "segments:\n  - {id: young, customers: 4000, profile: {age: 24}}\n  - {id: old, customers: 6000, profile: {age: 58}}": (
        "segments: {learn: {count: 2}}"
    ),
    "price: 79, unit_cost: 20": "unit_cost: 60%",
    "history:\n  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n": "",
    "baskets: {table: baskets.csv}\n": "",
    "baseline: {table: baseline.csv}\n": "",
    "effects: {table: effects.csv, lift_is: gross}": "effects: {data: effects.csv}",
}


def _learned(**changes):
    zeros = np.zeros((2, 4, 7, 6))
    effects = Effects(
        base_units=np.ones((1, 2, 3, 7)),
        base_cv=np.zeros((2, 3)),
        lift=zeros[None],
        lift_sd=zeros,
        take_up=zeros,
        take_up_cv=zeros,
        evidence=("observed",) * 6,
        source="a test",
    )
    values = {
        "effects": effects,
        "segments": (Segment(id="savers", customers=10), Segment(id="rest", customers=5)),
        "prices": {"case": 81.999, "phone": 1.0},
        "history": (PlanLine.model_validate({"date": "2026-10-30", "product": "phone", "offer": "front"}),),
        "orders": {"savers": ((100.0, 5.0, 2.0),)},
        "accuracy": {},
    }
    return Learned(**(values | changes))


def test_open_parts_load_and_are_filled_by_what_was_learned(tmp_path):
    """Segments, open prices, costs as shares, history and orders come from the data; what is written stands."""
    loaded = load_shop(tmp_path, shop=DATA_SHOP)
    assert isinstance(loaded.scenario.segments, LearnedSegments) and loaded.effects is None
    resolved = resolve(loaded, _learned())
    scenario = resolved.scenario
    assert [segment.id for segment in scenario.segments] == ["savers", "rest"]
    assert scenario.products[2].price == Decimal("82.00") and scenario.products[0].price == 2699
    assert scenario.products[2].unit_cost == Decimal("43.54")
    assert scenario.history[0].offer == "front"
    assert resolved.baskets.orders_per_period("savers") == 5 and read_effects(resolved).source == "a test"


def test_a_cost_as_a_share_waits_for_the_learned_price_and_takes_its_products_own_tax(tmp_path):
    """60 % of 82.00 / 1.25 is known with the price, and what the product says of its tax stands."""
    own = DATA_SHOP | {"price: 79, unit_cost: 20": "unit_cost: 60%, tax_rate: 25%"}
    case = resolve(load_shop(tmp_path, shop=own), _learned()).scenario.products[2]
    assert (case.price, case.unit_cost, case.tax_rate) == (Decimal("82.00"), Decimal("39.36"), 0.25)


def test_segment_names_are_checked_once_they_are_known(tmp_path):
    """A scope that names a segment which was not learned is refused then, with its line."""
    edits = DATA_SHOP | {"max: 80000": "max: 80000, where: {segments: [saver]}"}
    loaded = load_shop(tmp_path, shop=edits)
    with pytest.raises(InvalidInput, match=r'shop.yaml:\d+: limits.total-budget.where.segments.1: .*"saver".*savers\?'):
        resolve(loaded, _learned())


def test_a_product_without_any_price_is_refused(tmp_path):
    """Where neither scenario nor data knows a price, the product is named."""
    loaded = load_shop(tmp_path, shop=DATA_SHOP)
    with pytest.raises(InvalidInput, match=r"products\.case: expected a price, got none here and none in the data"):
        resolve(loaded, _learned(prices={}))


def test_effects_are_asked_of_the_right_source(tmp_path):
    """A scenario that learns has no table of effects to read."""
    with pytest.raises(InvalidInput, match=r"expected effects: \{table: FILE\}"):
        read_effects(load_shop(tmp_path, shop=DATA_SHOP))

"""The calendar of past offers may name a category: it is about every product of it, as a row for each would be."""

from __future__ import annotations

import pandas as pd
import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput

SPAN = {"id": "ten", "from": "2026-03-02", "to": "2026-03-08"}


def shop_with(rows, **columns):
    """Return a shop whose calendar holds rows."""
    shop = Shop()
    shop.tables["offers.csv"] = pd.DataFrame([SPAN | row for row in rows])
    shop.data["files"]["offers"] = {
        "file": "offers.csv",
        "offer": "id",
        "first_day": "from",
        "last_day": "to",
        **columns,
    }
    shop.data["past_offers"] = {"ten": {"mechanic": "coupon", "depth": "10%", "layer": "targeted"}}
    return shop


def test_a_category_is_all_its_products(tmp_path):
    """Category A is p0 and p1: the runs, and what was bought under them, are those of two rows a customer."""
    people = ["c1", "c2", "c3"]
    short = shop_with([{"cat": "A", "who": who} for who in people], category="cat", customer="who")
    long = shop_with(
        [{"sku": sku, "who": who} for sku in ("p0", "p1") for who in people], product="sku", customer="who"
    )
    found, listed = load(short, tmp_path), load(long, tmp_path)
    keys = ["product", "customer"]
    by = [frame.sort_values(keys, ignore_index=True) for frame in (found.offers, listed.offers)]
    pd.testing.assert_frame_equal(*by)
    assert set(found.offers["product"]) == {0, 1}
    pd.testing.assert_frame_equal(found.offer_sales, listed.offer_sales)


def test_a_product_beside_its_category_is_that_product_alone(tmp_path):
    """Rows with both are about the product; blank in both is everything."""
    rows = [{"cat": "A", "sku": "p0"}, {"cat": "B", "sku": ""}, {"cat": "", "sku": "p1"}]
    found = load(shop_with(rows, product="sku", category="cat"), tmp_path)
    assert sorted(found.offers["product"]) == [0, 1, 2, 3]
    both = load(shop_with([{"cat": "", "sku": ""}, {"cat": "B", "sku": "p2"}], product="sku", category="cat"), tmp_path)
    assert sorted(both.offers["product"]) == [-1, 2]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"cat": "a"}, r'cat: expected a category of files.products, got "a"; did you mean A'),
        ({"cat": "Tea"}, r'got "Tea"; known: A, B'),
        ({"cat": "b"}, r'got "b"; b is a product of the data file: write a row for each of its categories, B'),
        ({"cat": "B", "sku": "p0"}, r'offers.csv:2: cat: .*got "B" beside a product of "A"; leave sku blank'),
    ],
)
def test_a_category_that_is_none_is_refused(tmp_path, row, words):
    """Unknown categories, the scenario's products, a product of another category: told with what mends them."""
    shop = shop_with([{"cat": "A", "sku": ""} | row], category="cat", product="sku")
    shop.data["products"] = {"goods": ["A"], "b": ["B"]}
    with pytest.raises(InvalidInput, match=words):
        load(shop, tmp_path)

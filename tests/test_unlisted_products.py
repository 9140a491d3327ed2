"""Goods that get new ids which the product list lacks are named, wherever that shows first."""

from __future__ import annotations

from pathlib import Path

import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput


def _renamed(since: str, ids: dict[str, str]) -> Shop:
    """The shop, whose goods were given new ids on a day."""
    shop = Shop()
    sales = shop.sales
    shop.sales = sales.assign(sku=sales["sku"].where(sales["at"] < since, sales["sku"].replace(ids)))
    return shop


def test_a_product_that_was_renamed_is_refused_with_the_ids_that_the_list_lacks(tmp_path: Path) -> None:
    """All goods of a category sell on under other ids: the refusal says which, how many and since when."""
    shop = _renamed("2026-06-01", {"p2": "JKT-0", "p3": "JKT-1"})
    new = shop.sales["sku"].str.startswith("JKT")
    with pytest.raises(InvalidInput) as caught:
        load(shop, tmp_path)
    said = str(caught.value)
    commonest = shop.sales["sku"][new].value_counts().index[0]
    assert "products.b: expected purchases in the last 8 weeks, got none" in said
    assert f'{new.sum()} rows name 2 products, such as "{commonest}", that goods.csv lacks, from 2026-06-01 on' in said


def test_the_report_names_them_where_the_rest_still_sells(tmp_path: Path) -> None:
    """One of two goods of a category: nothing is refused, so the report must tell."""
    shop = _renamed("2026-06-01", {"p3": "JKT-1"})
    lines = load(shop, tmp_path).cleaning.lines()
    assert any('rows name the product "JKT-1" that goods.csv lacks, from 2026-06-01 on' in line for line in lines)


def test_few_such_rows_are_counted_and_no_more(tmp_path: Path) -> None:
    """Deposits and bags stand in no product list: one row is no reason to look."""
    shop = Shop()
    shop.sales.loc[100, "sku"] = "BAG"
    lines = load(shop, tmp_path).cleaning.lines()
    assert any(line.startswith("1 dropped: a product that files.products does not list") for line in lines)
    assert not any("BAG" in line for line in lines)

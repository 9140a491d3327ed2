"""Amounts with and without tax in one file are noticed when they are read, and real cuts are not taken for taxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load, sales_of

from scenarios.problems import InvalidInput


def _listed(net: float, *, at_list: float = 0.0) -> Shop:
    """The shop with list prices, of whose purchases some share below them was paid, but for those at the list price."""
    shop = Shop(sales=sales_of(customers=200))
    sales = shop.sales
    usual = 10 * (2.0 + sales["sku"].str[1:].astype(int))
    full = np.arange(len(sales)) % 1000 < 1000 * at_list
    share = np.where(full, 1.0, np.where(sales["disc"] > 0, 0.7, 1.0) * (1 - net))
    shop.sales = sales.assign(paid=(usual * share).round(2), listed=usual).drop(columns="disc")
    del shop.columns["shelf_discount"]
    shop.columns["list_price"] = "listed"
    return shop


def _notes(shop: Shop, folder: Path) -> list[str]:
    return [line for line in load(shop, folder).cleaning.lines() if "net of" in line]


@pytest.mark.parametrize(("tax", "share"), [(0.19, "16%"), (0.07, "6.54%"), (0.20, "16.7%")])
def test_paid_net_beside_list_prices_with_tax_is_refused(tmp_path: Path, tax: float, share: str) -> None:
    """Every purchase would count as promoted; the message says by how much, and of which tax that is."""
    with pytest.raises(
        InvalidInput, match=f"listed: .* got most sales {share} below .* net of {100 * tax:g}% tax; write"
    ):
        load(_listed(1 - 1 / (1 + tax)), tmp_path)


def test_where_some_is_sold_at_the_list_price_a_note_says_so(tmp_path: Path) -> None:
    """Two in a hundred at the regular price may mean that all others are really cheaper."""
    (note,) = _notes(_listed(1 - 1 / 1.19, at_list=0.02), tmp_path)
    assert "most sales 16% below the regular price" in note and "net of 19% tax" in note


def test_what_shops_always_take_off_is_read(tmp_path: Path) -> None:
    """A fifth off every list price may be Swedish tax or this shop's habit: a note, and no refusal."""
    (note,) = _notes(_listed(0.2), tmp_path)
    assert "net of 25% tax" in note


@pytest.mark.parametrize("net", [0.0, 0.3])
def test_other_prices_are_no_taxes(tmp_path: Path, net: float) -> None:
    """Sales at the list price, and a share below it that no tax has."""
    assert not _notes(_listed(net), tmp_path)


@pytest.mark.parametrize(
    ("paid", "off", "told"), [(1.19, 1.0, "16.0% of the discount"), (1.0, 1.0, ""), (1.19, 1.19, "")]
)
def test_discounts_with_tax_beside_net_amounts_are_noted(tmp_path: Path, paid: float, off: float, told: str) -> None:
    """Paid plus discount is above the usual price by the tax in the discount; all net or all gross is consistent."""
    shop = Shop(sales=sales_of(customers=200, products=6))
    shop.tables["goods.csv"] = pd.DataFrame({"sku": [f"p{n}" for n in range(6)], "cat": ["A"] * 3 + ["B"] * 3})
    shop.sales = shop.sales.assign(
        paid=(10 * shop.sales["paid"] / paid).round(2), disc=(10 * shop.sales["disc"] / off).round(2)
    )
    notes = _notes(shop, tmp_path)
    assert len(notes) == bool(told) and all(told in note and "19% tax" in note for note in notes)

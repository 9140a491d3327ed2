"""Files that give the usual price of a unit beside what was paid: the shelf discount follows from the two."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput
from surrogate.data.below_list import below_list


def _shop(**columns) -> Shop:
    """Return a shop without a column of discounts, with some others, mapped to the keys of their names."""
    shop = Shop()
    shop.sales = shop.sales.assign(**columns).drop(columns="disc")
    del shop.columns["shelf_discount"]
    shop.columns.update({name: name for name in columns})
    return shop


def _usual(sales: pd.DataFrame) -> pd.Series:
    return 2.0 + sales["sku"].str[1:].astype(int)


def test_a_list_price_tells_the_same_as_a_discount(tmp_path):
    """Units, regular value and discounts by product and day are those of the same shop with a column of discounts."""
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    told = load(Shop(), tmp_path / "a")
    listed = load(_shop(list_price=_usual(Shop().sales)), tmp_path / "b")
    assert (told.daily["shelf_discount"] > 0).any()
    pd.testing.assert_frame_equal(listed.daily, told.daily, atol=1e-4)
    pd.testing.assert_frame_equal(listed.visits, told.visits, atol=1e-4)


def test_several_units_coupons_and_unknown_prices():
    """The price is of one unit; what a coupon took off is no cut; rounding and what is not known are none either."""
    listed = np.array([2.0, 2.0, 2.0, 2.0, np.nan, 0.0, 2.0])
    quantity = np.array([3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    value = np.array([4.5, 2.0, 1.98, 2.5, 1.0, 1.0, 1.0])
    np.testing.assert_allclose(below_list(listed, quantity, value), [1.5, 0, 0, 0, 0, 0, 1.0])


def test_rows_without_a_list_price_are_counted(tmp_path):
    """They count as sold at their usual price, and the cleaning report says how many there were."""
    usual = _usual(Shop().sales).astype(object)
    usual[::10] = ""
    lines = load(_shop(list_price=usual), tmp_path).cleaning.lines()
    assert f"{len(usual[::10]):,} repaired: no list price, taken as sold at it" in lines


def test_discount_and_list_price_exclude_each_other(tmp_path):
    """Two ways to say the same are refused: which of them counts would be a guess."""
    shop = _shop(list_price=_usual(Shop().sales), shelf_discount=0.0)
    with pytest.raises(InvalidInput, match="expected shelf_discount or list_price, got both"):
        load(shop, tmp_path)


def test_cuts_that_no_column_tells_are_named_where_no_promotion_is_found(tmp_path):
    """Prices that fall every fourth week are said to be cuts without a discount; steady ones are not."""
    cut, steady = _shop(), _shop()
    steady.sales["paid"] = _usual(steady.sales)
    said = []
    for name, shop in (("cut", cut), ("steady", steady)):
        folder = tmp_path / name
        folder.mkdir()
        with pytest.raises(InvalidInput, match="expected some promotion") as refusal:
            load(shop, folder)
        said.append(str(refusal.value))
    assert "the prices paid of 4 of 4 products fall by 8% and more on some days" in said[0]
    assert "fall by" not in said[1] and "map shelf_discount or list_price" in said[1]

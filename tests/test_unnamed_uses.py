"""Tills that name gifts and take coupons off without a name: a discount is the use of the coupon that was sent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load

DAYS = {"first": "2026-03-02", "last": "2026-03-08"}


def _shop(named: str):
    """A shop whose till names ``named`` on rows of p0; six customers are sent a coupon on p1, ten have a discount."""
    shop = Shop()
    on = (shop.sales["at"] >= DAYS["first"]) & (shop.sales["at"] <= DAYS["last"])
    mine = on & (shop.sales["sku"] == "p1") & shop.sales["cust"].isin([f"c{number}" for number in range(10)])
    shop.sales["coupon"] = np.where(mine, 0.2, 0.0)
    shop.sales["under"] = np.where(on & (shop.sales["sku"] == "p0"), named, "")
    shop.columns.update(coupon_discount="coupon", offer_used="under")
    sent = pd.DataFrame({"id": "ten-off", "sku": "p1", "who": [f"c{number}" for number in range(6)]})
    other = pd.DataFrame({"id": ["five-off", "pouch"], "sku": "p0", "who": ["c0", ""]})
    shop.tables["log.csv"] = pd.concat([sent, other]).assign(**DAYS)
    shop.data["files"]["offers"] = {
        "file": "log.csv", "offer": "id", "product": "sku", "customer": "who", "first_day": "first", "last_day": "last",
    }  # fmt: skip
    coupon = {"mechanic": "coupon", "layer": "targeted"}
    shop.data["past_offers"] = {
        "pouch": {"mechanic": "gift", "gift_value": 2},
        "ten-off": {**coupon, "depth": "10%"},
        "five-off": {**coupon, "depth": "5%"},
    }
    return shop, shop.sales[mine & shop.sales["cust"].isin(sent["who"])], int(mine.sum())


@pytest.mark.parametrize("named", ["pouch", "five-off"])
def test_a_discount_without_a_name_is_the_use_of_the_coupon_sent_unless_the_till_names_coupons(named, tmp_path):
    """What customers bought with a discount counts for the coupon that they were sent on product and day.

    Of a till that names coupons a discount beside them is none of them. The cleaning report says both.
    """
    shop, used, carrying = _shop(named)
    events = load(shop, tmp_path)
    here = events.offer_sales[events.offer_sales["product"] == 1]
    said = [line for line in events.cleaning.lines() if "carry a coupon discount" in line]
    if named == "pouch":
        assert here["used"].sum() == used["qty"].sum() > 0
        assert said[0].startswith(f"{len(used):,} taken for uses of the coupon that their customer was sent")
        assert said[1].startswith(f"{carrying - len(used):,} taken for uses of no declared offer")
    else:
        assert here["used"].sum() == 0 < here["quantity"].sum()
        assert [line.split(" taken")[0] for line in said] == [f"{carrying:,}"]
        assert said[0].endswith("while other rows name coupons")

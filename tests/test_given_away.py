"""Rows that nothing is paid for are counted, and never taught as a price cut of 100 %."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load


def _listed(shop: Shop) -> Shop:
    """The shop with list prices in place of discounts."""
    shop.sales = shop.sales.assign(listed=2.0 + shop.sales["sku"].str[1:].astype(int)).drop(columns="disc")
    del shop.columns["shelf_discount"]
    shop.columns["list_price"] = "listed"
    return shop


def _free(shop: Shop, every: int, paid: float = 0.0) -> Shop:
    """Gifts beside all sales: each a receipt of its own that asks nothing, or next to nothing."""
    gifts = shop.sales.iloc[::every]
    gifts = gifts.assign(receipt=gifts["receipt"] + 500_000, paid=paid)
    if "disc" in gifts:
        price = 2.0 + gifts["sku"].str[1:].astype(int)
        gifts = gifts.assign(disc=price - paid)
    shop.sales = pd.concat([shop.sales, gifts], ignore_index=True)
    return shop


@pytest.mark.parametrize("paid", [0.0, 0.01])
@pytest.mark.parametrize("listed", [True, False])
def test_free_rows_are_counted_and_teach_no_price_cut(tmp_path: Path, listed: bool, paid: float) -> None:
    """With list prices or discounts, at 0 or at a cent: the sums are those of the shop without them."""
    plain = load(_listed(Shop()) if listed else Shop(), tmp_path)
    shop = _free(_listed(Shop()) if listed else Shop(), 200, paid)
    events = load(shop, tmp_path)
    count = len(shop.sales) - plain.cleaning.read
    lines = events.cleaning.lines()
    assert any(line.startswith(f"{count} dropped: nothing is paid for it, or next to nothing") for line in lines)
    assert not any(line.startswith("suspicious: nothing is paid") for line in lines)
    pd.testing.assert_frame_equal(events.daily, plain.daily)


def test_many_free_rows_are_suspicious(tmp_path: Path) -> None:
    """One row in thirty is more than a shop's gifts: prices may be missing, or paid otherwise."""
    lines = load(_free(_listed(Shop()), 30), tmp_path).cleaning.lines()
    assert any(line.startswith("suspicious: nothing is paid for ") and "(3.2%)" in line for line in lines)


def test_a_giveaway_can_be_said_to_be_a_promotion(tmp_path: Path) -> None:
    """``clean: {nothing_paid: sold}`` keeps such rows as sales at 100 % off, and the report says that it did."""
    shop = _free(_listed(Shop()), 200)
    dropped = load(shop, tmp_path)
    shop.data["clean"] = {"nothing_paid": "sold"}
    sold = load(shop, tmp_path)
    count = sold.cleaning.kept - dropped.cleaning.kept
    assert count > 5
    assert any(line.startswith(f"{count} taken for sales at 100% off") for line in sold.cleaning.lines())
    assert sold.daily["quantity"].sum() == dropped.daily["quantity"].sum() + count


def test_free_pieces_of_a_deal_are_sold(tmp_path: Path) -> None:
    """2 for 3 as tills write it, two pieces paid and one free on one receipt: three pieces at a third off."""
    shop = Shop()
    plain = load(shop, tmp_path)
    first = shop.sales.iloc[[100]].assign(receipt=900_001, paid=4.0, disc=0.0)
    shop.sales = pd.concat([shop.sales, first.assign(qty=2), first.assign(paid=0.0, disc=2.0)], ignore_index=True)
    events = load(shop, tmp_path)
    assert events.daily["quantity"].sum() == plain.daily["quantity"].sum() + 3
    assert any(line.startswith("1 taken for free pieces of a deal") for line in events.cleaning.lines())


def test_a_row_that_names_a_bundle_is_sold_and_one_that_names_a_gift_is_not(tmp_path: Path) -> None:
    """The cheapest good free, on a receipt of others: only the till's word tells it from a gift."""
    shop = Shop()
    shop.data["past_offers"] = {
        "mix": {"mechanic": "bundle", "buy": 2, "get": 1},
        "mug": {"mechanic": "gift", "gift_value": 2},
    }
    shop.data["files"]["offers"] = {"file": "offers.csv", "offer": "id", "first_day": "from", "last_day": "to"}
    shop.tables["offers.csv"] = pd.DataFrame({"id": ["mix", "mug"], "from": "2026-03-02", "to": "2026-03-08"})
    shop.columns["offer_used"] = "under"
    free = shop.sales.iloc[[100, 101]].assign(receipt=[900_001, 900_002], paid=0.0, disc=2.0, under=["mix", "mug"])
    shop.sales = pd.concat([shop.sales.assign(under=""), free], ignore_index=True)
    events = load(shop, tmp_path)
    lines = events.cleaning.lines()
    assert any(line.startswith("1 dropped: nothing is paid for it") for line in lines)
    assert any(line.startswith("1 taken for free pieces of a deal") for line in lines)


def test_coupons_that_pay_everything_are_uses_and_counted(tmp_path: Path) -> None:
    """A stamp card's free coffee is a use of a coupon, no price cut; the report says how many there are."""
    shop = Shop()
    shop.sales = shop.sales.assign(coupon=np.where(np.arange(len(shop.sales)) < 3, shop.sales["paid"], 0.0))
    shop.sales.loc[:2, "paid"] = 0.0
    shop.columns["coupon_discount"] = "coupon"
    lines = load(shop, tmp_path).cleaning.lines()
    assert any(line.startswith("3 taken for uses of a coupon that pays for everything") for line in lines)
    assert not any("dropped: nothing is paid" in line for line in lines)

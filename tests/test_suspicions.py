"""What is suspicious in purchase data is said: doubtful columns, leaks, offers that contradict their layer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load, sales_of

from scenarios.problems import InvalidInput
from surrogate.data.judged.leakage import partial_correlation


def test_suspicious_things_are_said(tmp_path):
    """Gaps, a customer who is a crowd, and rows that stand twice are read all the same, and named."""
    shop = Shop()
    gap = (shop.sales["at"] >= "2026-04-06") & (shop.sales["at"] < "2026-04-13")
    shop.sales = shop.sales[~gap]
    shop.sales.loc[shop.sales.index % 5 == 0, "cust"] = "anonymous"
    shop.sales = pd.concat([shop.sales, shop.sales.head(200)])
    words = " ".join(load(shop, tmp_path).cleaning.lines())
    assert "no purchase at all in the week of 2026-04-06" in words
    assert "one customer holds 2" in words and "200 dropped: the same row twice" in words
    assert "of the rows stood twice" in words


@pytest.mark.parametrize("written", ["amounts", "shares", "percent", "before the discount"])
def test_discounts_that_do_not_add_up_are_suspicious(tmp_path, written):
    """Paid plus discount must come to the usual price: shares, percentages and prices before the discount do not."""
    shop = Shop()
    share = (shop.sales["disc"] / (shop.sales["disc"] + shop.sales["paid"])).round(2)
    if written == "before the discount":
        shop.sales["paid"] += shop.sales["disc"]
    elif written != "amounts":
        shop.sales["disc"] = share if written == "shares" else 100 * share
    words = " ".join(load(shop, tmp_path).cleaning.lines())
    assert ("suspicious: on days with a discount, paid plus shelf_discount comes to" in words) == (written != "amounts")


def test_rows_of_side_tables_that_contradict_each_other_are_said(tmp_path):
    """One row of a product or customer counts; that others differ is said, that they repeat it is not."""
    shop = Shop()
    goods, names = shop.tables["goods.csv"], sorted(shop.sales["cust"].unique())
    people = pd.DataFrame({"cust": names, "age": range(len(names))})
    shop.tables["people.csv"] = pd.concat([people, people], ignore_index=True)
    shop.tables["goods.csv"] = pd.concat([goods, goods])
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "cust", "numeric": "age"}
    assert "counts" not in " ".join(load(shop, tmp_path).cleaning.lines())
    shop.tables["goods.csv"] = pd.concat([goods.assign(cat="A"), goods, goods])
    shop.tables["people.csv"].loc[len(names) :, "age"] += 1
    words = " ".join(load(shop, tmp_path).cleaning.lines())
    assert "2 of the products of goods.csv stand there again with another category: the commonest counts" in words
    assert "60 customers have several rows in people.csv that differ: the fullest counts" in words


@pytest.mark.parametrize(("closed", "suspicious"), [("never", True), ("on Sundays", False), ("all week", False)])
def test_a_last_day_without_purchases_is_suspicious(tmp_path, closed, suspicious):
    """A last Sunday without purchases is said, unless no Sunday has any, or every date stands for its week."""
    shop = Shop()
    at = pd.to_datetime(shop.sales["at"])
    if closed == "all week":
        shop.sales["at"] = (at - pd.to_timedelta(at.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d")
    else:
        gone = (at.dt.day_of_week == 6) if closed == "on Sundays" else (at == "2026-08-02")
        shop.sales = shop.sales[~gone]
    words = " ".join(load(shop, tmp_path).cleaning.lines())
    said = "suspicious: no purchase after 2026-08-01, although the days after it usually sell 1"
    assert (said in words) == suspicious
    assert ("test_until: 2026-07-26 leaves it out" in words) == suspicious


def test_a_week_of_which_most_is_missing_is_suspicious(tmp_path):
    """One row in five of the last week: baselines would follow it, so it is said with its share."""
    shop = Shop()
    last = (shop.sales["at"] >= "2026-07-27").to_numpy()
    words = " ".join(load(shop, tmp_path).cleaning.lines())
    assert "few receipts" not in words
    shop.sales = shop.sales[~last | (np.arange(len(last)) % 5 == 0)]
    words = " ".join(load(shop, tmp_path).cleaning.lines())
    assert "few receipts, against a usual week's, in the week of 2026-07-27 (" in words


@pytest.mark.parametrize("layer", ["public", "targeted"])
def test_public_offers_that_name_customers_are_suspicious(tmp_path, layer):
    """A public offer whose rows name customers is said, with their number; a targeted one is as it should be."""
    shop = Shop()
    log = pd.DataFrame({"offer": ["mail"] * 3 + ["cut"], "who": ["c1", "c2", "c1", ""], "sku": "p0"})
    shop.tables["offers.csv"] = log.assign(
        first=["2026-02-02", "2026-02-02", "2026-03-02", "2026-04-06"],
        last=["2026-02-08", "2026-02-08", "2026-03-08", "2026-04-12"],
    )
    columns = {"offer": "offer", "product": "sku", "customer": "who", "first_day": "first", "last_day": "last"}
    shop.data["files"]["offers"] = {"file": "offers.csv", **columns}
    shop.data["past_offers"] = {
        "mail": {"mechanic": "coupon", "depth": "20%", "layer": layer},
        "cut": {"mechanic": "price_discount", "depth": "20%"},
    }
    words = " ".join(load(shop, tmp_path).cleaning.lines())
    said = "suspicious: past_offers.mail is public, for everybody, but offers.csv names customers for it (2)"
    assert (said in words) == (layer == "public")
    assert "past_offers.cut" not in words


def test_leakage_is_judged_by_what_earlier_purchases_do_not_explain():
    """A copy of the past is no leak, a copy of the future is, and noise is neither."""
    rng = np.random.Generator(np.random.Philox(3))
    before = rng.gamma(2.0, 10.0, 500)
    after = before * rng.gamma(4.0, 0.25, 500)
    assert partial_correlation(before, after, before) == 0.0
    assert partial_correlation(after, after, before) == pytest.approx(1.0)
    assert abs(partial_correlation(rng.random(500), after, before)) < 0.15
    assert partial_correlation(np.ones(500), after, before) == 0.0


def test_doubtful_columns_are_named(tmp_path):
    """A column that sounds like an answer to a promotion is read, and the report says what to do."""
    shop = Shop()
    names = sorted(shop.sales["cust"].unique())
    shop.tables["people.csv"] = pd.DataFrame({"who": names, "redeemed_coupons": range(len(names))})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "who", "numeric": "redeemed_coupons"}
    words = " ".join(load(shop, tmp_path).cleaning.lines())
    assert "redeemed coupons sounds like something known only after a promotion (post-treatment)" in words


def test_too_many_impossible_rows_say_what_mends_them(tmp_path):
    """Scans that are rows of their own, and goods sold by the hundred, are settings: columns are not to blame."""
    shop = Shop(sales=pd.concat([sales_of(), sales_of()]))
    with pytest.raises(InvalidInput, match=r"got 50%, mostly: the same row twice; write clean: {duplicates: keep} if"):
        load(shop, tmp_path)
    shop = Shop(sales=sales_of().assign(qty=60))
    with pytest.raises(InvalidInput, match=r"mostly: more than 48 units in one row.*or raise clean.max_quantity if"):
        load(shop, tmp_path)


def test_ids_that_differ_by_case_only_are_suspicious(tmp_path):
    """A till that writes ids in other letters splits its customers: counted and said, without showing an id."""
    shop = Shop()
    assert "lower case" not in " ".join(load(shop, tmp_path).cleaning.lines())
    some = shop.sales["cust"].isin([f"c{number}" for number in range(20)]) & (shop.sales.index % 2 == 0)
    shop.sales.loc[some, "cust"] = shop.sales.loc[some, "cust"].str.upper()
    events = load(shop, tmp_path)
    lines = [line for line in events.cleaning.lines() if "lower case" in line]
    assert events.customers.size == 80
    assert len(lines) == 1 and lines[0].startswith("suspicious: 20 of the 80 customer ids differ from another one by ")
    assert not any(f"c{number}" in lines[0].lower().split() for number in range(20))


def test_ids_beside_the_purchases_in_another_case_are_suspicious(tmp_path):
    """What other files tell of such customers would count for nobody, in silence; blanks around ids never count."""
    shop = Shop()
    names = sorted(shop.sales["cust"].unique())
    told = [name.upper() if place < 5 else f" {name} " for place, name in enumerate(names)]
    shop.tables["people.csv"] = pd.DataFrame({"cust": [*told, "never-bought"], "age": range(len(names) + 1)})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "cust", "numeric": "age"}
    said = [line for line in load(shop, tmp_path).cleaning.lines() if "lower case" in line]
    assert len(said) == 1 and said[0].startswith("suspicious: 5 customer ids beside the purchases differ from one in ")

"""Tables beside the purchases: what does not fit to the purchases is refused or said, never read as nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput
from surrogate.people.profiles import build_features

LOG = pd.DataFrame({"o": "cut", "p": ["p0", "p1"], "c": "c1", "d": "2026-02-02", "e": "2026-02-08", "n": [0, 1]})
PARTS = {
    "promotions": {"product": "p", "time": "d", "display": "n"},
    "mailings": {"customer": "c", "product": "p", "first_day": "d", "last_day": "e"},
    "offers": {"offer": "o", "product": "p", "first_day": "d", "last_day": "e"},
    "stock": {"product": "p", "time": "d", "stock": "n"},
}


def shop_with(part, table, **columns):
    """Return a shop with one table beside its purchases."""
    shop = Shop()
    shop.tables["log.csv"] = table
    shop.data["files"][part] = {"file": "log.csv", **PARTS[part], **columns}
    if part == "offers":
        shop.data["past_offers"] = {"cut": {"mechanic": "price_discount", "depth": "20%"}}
    return shop


@pytest.mark.parametrize("part", PARTS)
def test_a_table_of_later_days_only_is_refused(part, tmp_path):
    """Rows that all lie after the last day were read as none, or blamed on the products; now the dates are."""
    load(shop_with(part, LOG), tmp_path)
    with pytest.raises(InvalidInput, match=r"log.csv: d: expected some row up to 2026-08-02.*got none; check which"):
        load(shop_with(part, LOG.assign(d="2027-02-02", e="2027-02-08")), tmp_path)


def test_a_product_is_out_of_stock_where_no_store_has_any(tmp_path):
    """Stock told by store adds up by product and day: one empty shelf of several was read as sold out everywhere."""
    days = ["2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"]
    north = pd.DataFrame({"p": "p0", "d": days, "n": [0, 0, -2, 0], "where": "north"})
    south = pd.DataFrame({"p": "p0", "d": days, "n": [5, 0, 1, np.nan], "where": "south"})
    found = load(shop_with("stock", pd.concat([north, south])), tmp_path).stock_outs
    assert len(found) == 1 and found["share"].iloc[0] == pytest.approx(1 / 7), "7 January alone"
    alone = load(shop_with("stock", north), tmp_path).stock_outs
    assert alone["share"].iloc[0] == pytest.approx(4 / 7)


def test_stores_that_sell_nothing_are_refused(tmp_path):
    """Displays of stores that the purchases do not know weighed nothing, as if there had been no display."""
    shop = shop_with("promotions", LOG.assign(s="Berlin"), store="s")
    shop.sales["shop"] = "b1"
    shop.columns["store"] = "shop"
    with pytest.raises(InvalidInput, match=r"log.csv: s: expected stores that also stand in the purchases, got none"):
        load(shop, tmp_path)
    shop.sales.loc[0, "shop"] = "Berlin"
    assert 0 < load(shop, tmp_path).promotions["display"].max() < 0.1


def test_displays_by_store_need_the_purchases_stores(tmp_path):
    """Without stores of the purchases a display in one counts as one in all: that is said."""
    events = load(shop_with("promotions", LOG.assign(s="Berlin"), store="s"), tmp_path)
    assert events.promotions["display"].max() == 1.0
    assert any("the purchases name no store: one in any store counts" in one for one in events.cleaning.suspicious)
    events = load(shop_with("promotions", LOG), tmp_path)
    assert not any("store" in one for one in events.cleaning.suspicious)


def test_past_offers_on_unlisted_products_are_said(tmp_path):
    """A run on a product that is not listed teaches nothing; how many rows are lost stands in the report."""
    events = load(shop_with("offers", LOG.assign(p=["p0", "P-1"])), tmp_path)
    assert len(events.offers) == 1
    assert any("does not list in 1 of its rows: left out" in one for one in events.cleaning.suspicious)


def test_columns_named_as_features_are_refused(tmp_path):
    """A demographic column called visits_per_week took the place of the visits that purchases show."""
    shop = Shop()
    names = sorted(shop.sales["cust"].unique())
    shop.tables["people.csv"] = pd.DataFrame({"cust": names, "visits_per_week": range(len(names))})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "cust", "numeric": "visits_per_week"}
    events = load(shop, tmp_path)
    with pytest.raises(InvalidInput, match="demographics: expected names of their own, got visits per week, a feature"):
        build_features(events, ("a", "b"), last_week=int(events.visits["week"].max()))


def test_a_number_column_named_as_the_ids_is_refused(tmp_path):
    """A demographic column of that name took the place of the customers."""
    shop = Shop()
    names = sorted(shop.sales["cust"].unique())
    shop.tables["people.csv"] = pd.DataFrame({"id": names, "customer": range(len(names))})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "id", "numeric": "customer"}
    with pytest.raises(InvalidInput, match="got one that is named customer, as ids are; rename the column"):
        load(shop, tmp_path)

"""Purchases add up exactly, however large the file; cancellations, stock-outs and time zones are heeded."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from purchase_files import Shop, goods_of, load, sales_of

from surrogate.data.data_spec import read_data_spec
from surrogate.data.loading import load_events
from surrogate.data.price_medians import PriceMedians
from surrogate.data.signals import HASHED, hashed
from surrogate.data.weeks import week_of
from surrogate.held_out.held import mean_counted
from surrogate.people.profiles import build_features
from surrogate.shelf.absences import gap_lines, launch_lines
from surrogate.shelf.cells import lay_out, stock_lines, units_by_group
from surrogate.shelf.launches import first_places, gaps


def tables(events):
    """All tables of events by name."""
    return {name: value for name, value in vars(events).items() if isinstance(value, pd.DataFrame)}


def test_rows_on_disk_add_up_to_the_same_tables(tmp_path):
    """Split into parts on disk, after every 500 rows, the purchases give the same tables as in memory."""
    shop = Shop()
    whole, split = load(shop, tmp_path), load(shop, tmp_path, memory_rows=500, parts=5)
    for name, table in tables(whole).items():
        pd.testing.assert_frame_equal(table, tables(split)[name], check_exact=True)
    assert whole.cleaning == split.cleaning


def test_sums_are_those_of_the_file(tmp_path):
    """Units, money and receipts by customer and product are what a plain group-by of the file says."""
    shop = Shop()
    events = load(shop, tmp_path)
    raw = shop.sales
    assert events.sales["quantity"].sum() == raw["qty"].sum()
    np.testing.assert_allclose(events.daily["regular"].sum(), (raw["paid"] + raw["disc"]).sum())
    np.testing.assert_allclose(events.orders["paid"].sum(), raw.loc[raw["at"] >= "2026-02-02", "paid"].sum(), rtol=1e-6)
    assert events.visits["baskets"].sum() == raw["receipt"].nunique()
    weekend = pd.to_datetime(raw["at"]).dt.day_of_week >= 5
    assert events.visits["weekend"].sum() == raw.loc[weekend, "receipt"].nunique()
    by_file = raw.groupby("cust")["qty"].sum().sort_values().to_numpy()
    by_number = events.visits.groupby("customer")["quantity"].sum().sort_values().to_numpy()
    np.testing.assert_array_equal(by_file, by_number)


def test_several_parquet_parts_are_one_table(tmp_path):
    """A folder of Parquet parts, with ids as numbers and times as timestamps, is read like one CSV file."""
    shop = Shop()
    numbered = shop.sales.assign(cust=shop.sales["cust"].str[1:].astype(int), at=pd.to_datetime(shop.sales["at"]))
    (tmp_path / "parts").mkdir()
    for number, part in enumerate(np.array_split(np.arange(len(numbered)), 3)):
        numbered.iloc[part].to_parquet(tmp_path / "parts" / f"{number}.parquet", index=False)
    plain = load(shop, tmp_path)
    shop.columns["file"] = "parts"
    parts = load(shop, tmp_path)
    pd.testing.assert_frame_equal(plain.sales, parts.sales)
    shop.columns["file"] = ["parts/0.parquet", "parts/[12].parquet"]
    pd.testing.assert_frame_equal(plain.sales, load(shop, tmp_path).sales)


def test_customer_numbers_do_not_depend_on_the_key(tmp_path, monkeypatch):
    """With another key every pseudonym differs and every table is the same."""
    shop = Shop()
    first = load(shop, tmp_path)
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "elsewhere"))
    second = load(shop, tmp_path)
    assert not set(first.customers) & set(second.customers)
    for name, table in tables(first).items():
        pd.testing.assert_frame_equal(table, tables(second)[name])


def test_cancelled_orders_and_minor_units(tmp_path):
    """Cancelled rows never happened, and amounts in cents are the same money."""
    shop = Shop()
    plain = load(shop, tmp_path)
    void = shop.sales.head(40).assign(receipt=lambda rows: rows["receipt"] + 10**6, state="void")
    shop.sales = pd.concat([shop.sales.assign(state="paid"), void])
    shop.sales[["paid", "disc"]] = (shop.sales[["paid", "disc"]] * 100).round().astype(int)
    shop.columns.update(status="state", cancelled=["void", "lost"])
    shop.data.update(amounts="minor", currency="EUR")
    events = load(shop, tmp_path)
    assert "40 left out: cancelled orders" in events.cleaning.lines()
    pd.testing.assert_frame_equal(events.sales, plain.sales)


def test_days_are_the_shops(tmp_path):
    """22:30 in UTC on a Sunday in July is Monday in Berlin, and Sunday in London summer time is still Sunday."""
    shop = Shop()
    shop.sales["at"] = shop.sales["at"] + "T22:30:00Z"
    shop.data["time_zone"] = "Europe/Berlin"
    berlin = load(shop, tmp_path)
    shop.data["time_zone"] = "America/New_York"
    york = load(shop, tmp_path)
    july = dt.date(2026, 7, 14).toordinal()
    at = pd.to_datetime(shop.sales["at"])
    there = berlin.daily.loc[berlin.daily["day"] == july, "quantity"].sum()
    here = york.daily.loc[york.daily["day"] == july, "quantity"].sum()
    assert there == (at.dt.date == dt.date(2026, 7, 13)).sum() and here == (at.dt.date == dt.date(2026, 7, 14)).sum()


def test_european_files(tmp_path):
    """Semicolons, decimal commas and day.month.year are read once the data file says so."""
    shop = Shop()
    plain = load(shop, tmp_path)
    for name in ("paid", "disc"):
        shop.sales[name] = [f"{value:,.2f}".translate(str.maketrans(",.", ".,")) for value in shop.sales[name]]
    shop.sales["at"] = pd.to_datetime(shop.sales["at"]).dt.strftime("%d.%m.%Y")
    shop.columns.update(delimiter=";", decimal_mark=",", time_format="%d.%m.%Y")
    path = shop.write(tmp_path)
    shop.sales.to_csv(tmp_path / "sales.csv", sep=";", index=False)
    spec = read_data_spec(path)
    pd.testing.assert_frame_equal(load_events(spec, until=spec.test_until, base=tmp_path).sales, plain.sales)


def test_single_rows_from_mistyped_years_are_left_out(tmp_path):
    """One purchase in 1926 does not stretch the data by a hundred years."""
    shop = Shop()
    shop.sales = pd.concat([shop.sales, shop.sales.iloc[[7]].assign(at="1926-01-05", receipt=10**6)])
    events = load(shop, tmp_path)
    assert events.visits["week"].min() == week_of(dt.date(2026, 1, 5))
    assert "1 left out: before the first whole week" in events.cleaning.lines()


def test_stock_outs_are_corrected_or_left_out(tmp_path):
    """Three days without stock scale a week's units up by 7/4; a week that is mostly out counts for nothing."""
    shop = Shop()
    days = pd.date_range("2026-03-02", periods=3).append(pd.date_range("2026-03-09", periods=6))
    shop.tables["goods.csv"] = goods_of().assign(line="only")
    shop.data["files"]["products"]["line"] = "line"
    plain, _ = lay_out(load(shop, tmp_path), settle_until=week_of(dt.date(2026, 7, 5)))
    shop.tables["stock.csv"] = pd.concat(
        [pd.DataFrame({"sku": sku, "day": days.strftime("%Y-%m-%d"), "left": 0}) for sku in ("p0", "p1")]
    )
    shop.data["files"]["stock"] = {"file": "stock.csv", "product": "sku", "time": "day", "stock": "left"}
    events = load(shop, tmp_path)
    shelf, rows = lay_out(events, settle_until=week_of(dt.date(2026, 7, 5)))
    out = np.argwhere(~shelf.counted)
    assert plain.counted.all() and len(out) == 1
    assert shelf.names[out[0, 0]].startswith("a: only") and shelf.weeks[out[0, 1]] == week_of(dt.date(2026, 3, 9))
    units = units_by_group(rows, shelf, dict.fromkeys(range(len(events.customers)), 0), 1)[0]
    week = week_of(dt.date(2026, 3, 2)) - shelf.weeks[0]
    raw = events.sales[events.sales["week"] == week_of(dt.date(2026, 3, 2))]
    sold = raw.loc[raw["product"].isin([0, 1]), "quantity"].sum()
    assert units[out[0, 0], week] == pytest.approx(sold * 7 / 4, rel=1e-5)
    assert "out of stock: 1" in stock_lines(shelf, events)[0]


def test_weeks_without_any_purchase_are_no_demand_of_zero(tmp_path):
    """A closed week, or one that the export lost, counts for no item; means and peers are made without it."""
    shop = Shop()
    gap = (shop.sales["at"] >= "2026-05-04") & (shop.sales["at"] < "2026-05-11")
    shop.sales = shop.sales[~gap]
    events = load(shop, tmp_path)
    shelf, rows = lay_out(events, settle_until=week_of(dt.date(2026, 7, 5)))
    closed = shelf.weeks == week_of(dt.date(2026, 5, 4))
    assert closed.any() and (shelf.counted == ~closed).all()
    assert stock_lines(shelf, events) == ()
    units = units_by_group(rows, shelf, dict.fromkeys(range(len(events.customers)), 0), 1)
    assert (units[..., closed] == 0).all()
    np.testing.assert_allclose(mean_counted(units, shelf), units[..., ~closed].mean(axis=2, keepdims=True))


def test_weeks_before_a_new_product_are_no_demand_of_zero(tmp_path):
    """A product without a sale for 12 weeks was not on the shelf: they count for no item, and a line names it."""
    shop = Shop()
    goods = shop.tables["goods.csv"].assign(brand=["old", "new", "old", "old"])
    shop.tables["goods.csv"], shop.data["files"]["products"]["line"] = goods, "brand"
    shop.sales = shop.sales[(shop.sales["sku"] != "p1") | (shop.sales["at"] >= "2026-03-30")]
    events = load(shop, tmp_path)
    shelf, rows = lay_out(events, settle_until=week_of(dt.date(2026, 7, 5)))
    new, before = shelf.names.index("a: new"), shelf.weeks < week_of(dt.date(2026, 3, 30))
    assert before.sum() == 12
    assert not shelf.counted[new, before].any() and shelf.counted[new, ~before].all()
    assert shelf.counted[np.arange(len(shelf.names)) != new].all()
    assert not shelf.window(int(shelf.weeks[8]), int(shelf.weeks[-1])).counted[new, :4].any()
    assert launch_lines(shelf)[0].startswith("shelf items that are new: a: new (week of 2026-03-30); ")
    units = units_by_group(rows, shelf, dict.fromkeys(range(len(events.customers)), 0), 1)
    assert mean_counted(units, shelf)[0, new, 0] == pytest.approx(units[0, new, ~before].mean())


def test_a_late_first_sale_by_chance_is_no_launch():
    """What sells one unit a week may well sell none for a month; nor is what was never sold new."""
    slow, quick, never = np.ones(30), np.full(30, 8.0), np.zeros(30)
    slow[:4] = quick[:4] = 0
    assert first_places(np.stack([slow, quick, never])).tolist() == [0, 4, 0]


def test_weeks_between_two_sales_are_told(tmp_path):
    """A product that nobody buys for three weeks may have been sold out; a file of stock leaves nothing to tell."""
    shop = Shop()
    gap = (shop.sales["at"] >= "2026-04-06") & (shop.sales["at"] < "2026-04-27") & (shop.sales["sku"] == "p1")
    shop.sales = shop.sales[~gap]
    shop.tables["goods.csv"] = shop.tables["goods.csv"].assign(brand=["old", "tea", "old", "old"])
    shop.data["files"]["products"]["line"] = "brand"
    cut = week_of(dt.date(2026, 7, 5))
    (line,) = gap_lines(*lay_out(load(shop, tmp_path), settle_until=cut))
    assert line.startswith(
        "suspicious: no sale of shelf items that sell well before and after: a: tea (3 weeks from 2026-04-06): "
    )
    days = pd.date_range("2026-04-06", "2026-04-26").strftime("%Y-%m-%d")
    shop.tables["stock.csv"] = pd.DataFrame({"sku": "p1", "day": days, "left": 0})
    shop.data["files"]["stock"] = {"file": "stock.csv", "product": "sku", "time": "day", "stock": "left"}
    assert gap_lines(*lay_out(load(shop, tmp_path), settle_until=cut)) == ()


def test_short_gaps_and_the_ends_are_no_gaps():
    """One week without a sale of an item that sells 30 is not told; before the first and after the last is no gap."""
    units = np.full((2, 12), 30.0)
    units[0, :3] = units[0, 9:] = units[0, 5] = 0.0
    units[1, 5:7] = 0.0
    counted = np.ones(units.shape, dtype=bool)
    assert gaps(units, counted) == [(1, 5, 2)]
    counted[1, 5:7] = False
    assert gaps(units, counted) == []


def test_offers_say_who_bought_what_with_them(tmp_path):
    """Purchases by named customers while an offer ran are found, with what the till says was bought under it."""
    shop = Shop()
    inside = (shop.sales["at"] >= "2026-03-02") & (shop.sales["at"] <= "2026-03-08") & (shop.sales["sku"] == "p1")
    mine = inside & shop.sales["cust"].isin(["c1", "c2", "c3"])
    shop.sales["under"] = np.where(mine, "ten-off", "")
    shop.columns["offer_used"] = "under"
    named = pd.DataFrame({"id": "ten-off", "sku": "p1", "who": [f"c{number}" for number in range(10)]})
    everybody = pd.DataFrame({"id": ["big"], "sku": [""], "who": [""]})
    log = pd.concat([named, everybody, named.assign(who="never bought")])
    shop.tables["log.csv"] = log.assign(first="2026-03-02", last="2026-03-08")
    shop.data["files"]["offers"] = {
        "file": "log.csv", "offer": "id", "product": "sku", "customer": "who", "first_day": "first", "last_day": "last",
    }  # fmt: skip
    shop.data["past_offers"] = {
        "ten-off": {"mechanic": "coupon", "depth": "10%", "layer": "targeted"},
        "big": {"mechanic": "threshold", "spend": 20, "save": 2},
    }
    events = load(shop, tmp_path)
    told = events.offers[events.offers["offer"] == "ten-off"]
    assert len(told) == 10 and (told["product"] == 1).all()
    assert events.offers.loc[events.offers["offer"] == "big", ["product", "customer"]].to_numpy().tolist() == [[-1, -1]]
    exposed = inside & shop.sales["cust"].isin(named["who"])
    assert events.offer_sales["quantity"].sum() == shop.sales.loc[exposed, "qty"].sum()
    assert events.offer_sales["used"].sum() == mine.sum() > 0
    assert (events.sales["offer"] >= 0).sum() == mine.sum()


def test_signals_stop_at_the_cut(tmp_path):
    """Browsing and searches become features of the weeks up to the cut; what comes later changes none of them."""
    shop = Shop()
    names = sorted(shop.sales["cust"].unique())
    early = pd.DataFrame({"c": names * 2, "d": "2026-04-01", "w": ["red shoes", "耳机 优惠"] * len(names), "m": 2.5})
    shop.tables["words.csv"] = early
    shop.data["files"]["searches"] = {"file": "words.csv", "customer": "c", "time": "d", "words": "w"}
    shop.data["files"]["browsing"] = {"file": "words.csv", "customer": "c", "time": "d", "minutes": "m"}
    cut = week_of(dt.date(2026, 7, 5))
    events = load(shop, tmp_path)
    first = build_features(events, ("a", "b"), last_week=cut)
    shop.tables["words.csv"] = pd.concat([early, early.assign(d="2026-07-20", w="future words", m=99)])
    later = load(shop, tmp_path)
    second = build_features(later, ("a", "b"), last_week=cut)
    assert "browsing minutes a week" in first.names and "search words 1" in first.names
    assert first.names == second.names
    np.testing.assert_array_equal(first.raw[np.argsort(events.customers)], second.raw[np.argsort(later.customers)])
    minutes = first.raw[:, first.names.index("browsing minutes a week")]
    np.testing.assert_allclose(minutes, 5.0 / (cut - week_of(dt.date(2026, 1, 5)) + 1))


def test_words_are_hashed_alike_everywhere():
    """A text becomes a fixed vector of length 1, blind to case and order, and 0 without words."""
    np.testing.assert_array_equal(hashed("Red Shoes"), hashed("shoes RED"))
    assert hashed("red shoes").shape == (HASHED,)
    assert np.linalg.norm(hashed("wireless headphones")) == pytest.approx(1.0)
    assert np.linalg.norm(hashed("无线耳机")) == pytest.approx(1.0)
    assert not hashed(" ...").any()
    assert np.flatnonzero(hashed("tea")).tolist() == np.flatnonzero(hashed("TEA")).tolist()


@given(st.lists(st.floats(0.01, 1e4), min_size=1, max_size=50))
def test_streamed_median_is_the_median(prices):
    """The median from counts is within 2 % of a middle price, in any number of batches."""
    medians = PriceMedians(3)
    for part in np.array_split(np.array(prices), 3):
        medians.add(np.full(part.size, 1, dtype=np.int32), part)
    got = medians.medians()
    low, high = np.sort(prices)[(len(prices) - 1) // 2], np.sort(prices)[len(prices) // 2]
    assert np.isnan(got[0]) and np.isnan(got[2])
    assert low / 1.02 <= got[1] <= high * 1.02


def test_scans_at_the_till_are_kept(tmp_path):
    """Where every scan is a row, equal rows are as many units."""
    shop = Shop(sales=pd.concat([sales_of(), sales_of().head(300)]))
    shop.data["clean"] = {"duplicates": "keep"}
    assert load(shop, tmp_path).sales["quantity"].sum() == len(shop.sales)


def test_words_about_customers_become_features(tmp_path):
    """A city that enough customers share is a feature of 0 and 1; rare ones and blanks single nobody out."""
    shop = Shop(sales=sales_of(customers=200))
    names = [f"c{number}" for number in range(200)]
    city = ["Lyon"] * 90 + ["Nice"] * 60 + ["Paris"] * 30 + [""] * 20
    shop.tables["people.csv"] = pd.DataFrame({"who": names, "home_city": city})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "who", "categorical": ["home_city"]}
    known = load(shop, tmp_path).demographics
    assert list(known.columns) == ["customer", "home city is Lyon", "home city is Nice"]
    assert known["home city is Lyon"].sum() == 90 and known["home city is Lyon"].isna().sum() == 20
    shop.data["min_segment_size"] = 80  # a larger smallest group holds for words, too
    assert list(load(shop, tmp_path).demographics.columns) == ["customer", "home city is Lyon"]

"""Purchases add up exactly, however large the file is and however it is written; cancellations count."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from purchase_files import Shop, load, sales_of

from scenarios.problems import InvalidInput
from surrogate.data.adding_up.aggregate import summed
from surrogate.data.adding_up.price_medians import PriceMedians
from surrogate.data.data_spec import read_data_spec
from surrogate.data.loading import load_events
from surrogate.data.weeks import week_of


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """What is read of the shop's files as they are."""
    return load(Shop(), tmp_path_factory.mktemp("plain"))


def tables(events):
    """All tables of events by name."""
    return {name: value for name, value in vars(events).items() if isinstance(value, pd.DataFrame)}


def test_rows_on_disk_add_up_to_the_same_tables(plain, tmp_path):
    """Split into parts on disk, after every 500 rows, the purchases give the same tables as in memory."""
    split = load(Shop(), tmp_path, memory_rows=500, parts=5)
    for name, table in tables(plain).items():
        pd.testing.assert_frame_equal(table, tables(split)[name], check_exact=True)
    assert plain.cleaning == split.cleaning


def test_sums_are_those_of_the_file(plain):
    """Units, money and receipts by customer and product are what a plain group-by of the file says."""
    events, raw = plain, sales_of()
    assert events.sales["quantity"].sum() == raw["qty"].sum()
    np.testing.assert_allclose(events.daily["regular"].sum(), (raw["paid"] + raw["disc"]).sum())
    np.testing.assert_allclose(events.orders["paid"].sum(), raw.loc[raw["at"] >= "2026-02-02", "paid"].sum(), rtol=1e-6)
    assert events.visits["baskets"].sum() == raw["receipt"].nunique()
    weekend = pd.to_datetime(raw["at"]).dt.day_of_week >= 5
    assert events.visits["weekend"].sum() == raw.loc[weekend, "receipt"].nunique()
    by_file = raw.groupby("cust")["qty"].sum().sort_values().to_numpy()
    by_number = events.visits.groupby("customer")["quantity"].sum().sort_values().to_numpy()
    np.testing.assert_array_equal(by_file, by_number)


def test_several_parquet_parts_are_one_table(plain, tmp_path):
    """A folder of Parquet parts, with ids as numbers and times as timestamps, is read like one CSV file."""
    shop = Shop()
    numbered = shop.sales.assign(cust=shop.sales["cust"].str[1:].astype(int), at=pd.to_datetime(shop.sales["at"]))
    (tmp_path / "parts").mkdir()
    for number, part in enumerate(np.array_split(np.arange(len(numbered)), 3)):
        numbered.iloc[part].to_parquet(tmp_path / "parts" / f"{number}.parquet", index=False)
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


def test_cancelled_orders_and_minor_units(plain, tmp_path):
    """Cancelled rows never happened, and amounts in cents are the same money."""
    shop = Shop()
    void = shop.sales.head(40).assign(receipt=lambda rows: rows["receipt"] + 10**6, state="void")
    shop.sales = pd.concat([shop.sales.assign(state="paid"), void])
    shop.sales[["paid", "disc"]] = (shop.sales[["paid", "disc"]] * 100).round().astype(int)
    shop.columns.update(status="state", cancelled=["void", "lost"])
    shop.data.update(amounts="minor", currency="EUR")
    events = load(shop, tmp_path)
    assert "40 left out: cancelled orders" in events.cleaning.lines()
    pd.testing.assert_frame_equal(events.sales, plain.sales)


def test_a_blank_discount_is_none(plain, tmp_path):
    """Tills leave a discount blank where nothing was taken off: the row counts, and it is said how many there are."""
    shop = Shop()
    usual = shop.sales["disc"] == 0
    shop.sales = shop.sales.assign(disc=shop.sales["disc"].where(~usual), coupon=np.nan)
    shop.columns["coupon_discount"] = "coupon"
    events = load(shop, tmp_path)
    pd.testing.assert_frame_equal(events.sales, plain.sales)
    lines = events.cleaning.lines()
    assert f"{len(usual):,} repaired: a blank discount, read as none" in lines
    assert not any("a number is missing" in line for line in lines)


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


@pytest.mark.parametrize(("written", "style"), [("%Y-%m-%dT22:30:00%z", "%Y-%m-%dT%H:%M:%S%z"), ("%d.%m.%Y %z", None)])
def test_offsets_that_change_with_the_clocks_are_read(plain, tmp_path, written, style):
    """Times with the offset of winter and of summer, read by a time_format, are the days of the shops' own clocks."""
    shop = Shop()
    local = pd.to_datetime(shop.sales["at"]).dt.tz_localize("Europe/Berlin")
    shop.sales["at"] = [time.strftime(written) for time in local]
    assert {text[-5:] for text in shop.sales["at"]} == {"+0100", "+0200"}
    shop.columns["time_format"] = style or written
    with pytest.raises(InvalidInput, match="expected a time_zone in the data file"):
        load(shop, tmp_path)
    shop.data["time_zone"] = "Europe/Berlin"
    pd.testing.assert_frame_equal(load(shop, tmp_path).sales, plain.sales)


def test_european_files(plain, tmp_path):
    """Semicolons, decimal commas and day.month.year are read once the data file says so."""
    shop = Shop()
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


def test_keys_of_any_size_add_up_like_small_ones():
    """Customers, products and days of a large chain have more combinations than 64 bits count: sums stay apart."""
    rng = np.random.Generator(np.random.Philox(3))
    rows = pd.DataFrame({name: rng.integers(0, 6, 500) for name in ("customer", "product", "day")})
    rows = rows.assign(quantity=rng.integers(1, 5, 500).astype(float))
    small = summed(rows, ["customer", "product", "day"], ["quantity"])
    factors = {"customer": 10**8, "product": 10**7, "day": 10**5}
    large = summed(
        rows.assign(**{name: rows[name] * factor for name, factor in factors.items()}), [*factors], ["quantity"]
    )
    pd.testing.assert_frame_equal(large.assign(**{name: large[name] // factors[name] for name in factors}), small)
    expected = rows.groupby(["customer", "product", "day"], as_index=False)["quantity"].sum()
    pd.testing.assert_frame_equal(small, expected)

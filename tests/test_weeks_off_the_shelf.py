"""Weeks in which a product could not be bought are no demand of zero: stock-outs, closures, launches, long gaps."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, goods_of, load

from surrogate.data.weeks import week_of
from surrogate.held_out.held import mean_counted
from surrogate.shelf.absences import gap_lines, launch_lines
from surrogate.shelf.cells import Shelf, lay_out, stock_lines, units_by_group
from surrogate.shelf.departures import age_lines, departure_lines, with_departures
from surrogate.shelf.launches import first_places, gaps, last_places


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


def test_weeks_after_a_collection_left_are_no_demand_of_zero(tmp_path):
    """Sold off at half price and then gone: what follows counts for no item, and lines and the level know it left."""
    shop = Shop()
    goods = shop.tables["goods.csv"].assign(brand=["stays", "gone", "stays", "stays"])
    shop.tables["goods.csv"], shop.data["files"]["products"]["line"] = goods, "brand"
    shop.sales = shop.sales[(shop.sales["sku"] != "p1") | (shop.sales["at"] < "2026-03-30")]
    events, cut = load(shop, tmp_path), week_of(dt.date(2026, 7, 5))
    shelf, rows = lay_out(events, settle_until=cut)
    assert shelf.counted.all()
    shelf = with_departures(shelf, rows, by=cut)
    gone, after = shelf.names.index("a: gone"), shelf.weeks >= week_of(dt.date(2026, 3, 30))
    assert not shelf.counted[gone, after].any() and shelf.counted[gone, ~after].all()
    assert shelf.counted[np.arange(len(shelf.names)) != gone].all()
    assert np.flatnonzero(~shelf.goes_on).tolist() == [gone] == np.flatnonzero(shelf.passing).tolist()
    assert departure_lines(shelf)[0].startswith("shelf items that left: 1: a: gone (week of 2026-03-23); their ")


def test_what_sells_again_later_has_not_left(tmp_path):
    """A line without a sale up to the cut that sells in the weeks after it is still on the shelf."""
    shop = Shop()
    goods = shop.tables["goods.csv"].assign(brand=["stays", "back", "stays", "stays"])
    shop.tables["goods.csv"], shop.data["files"]["products"]["line"] = goods, "brand"
    pause = (shop.sales["at"] >= "2026-03-30") & (shop.sales["at"] < "2026-06-01")
    shop.sales = shop.sales[(shop.sales["sku"] != "p1") | ~pause]
    shelf, rows = lay_out(load(shop, tmp_path), settle_until=week_of(dt.date(2026, 5, 31)))
    assert with_departures(shelf, rows, by=week_of(dt.date(2026, 5, 31))).counted.all()


def test_zeros_of_what_sells_slowly_or_fades_out_stay_zeros():
    """Ten weeks without a sale are chance at one unit a week, and after a slow end; after a sell-off they are not."""
    slow, faded, sold_off = np.ones(40), np.full(40, 30.0), np.full(40, 8.0)
    slow[30:] = faded[30:] = sold_off[30:] = 0.0
    faded[20:30] = 1.0
    assert last_places(np.stack([slow, faded, sold_off, np.zeros(40)])).tolist() == [39, 39, 29, 39]


def test_markdowns_at_the_end_of_lives_are_told():
    """Where items that left were cut in price in their last weeks alone, age and markdown come together."""
    depth = np.zeros((2, 20))
    depth[0, 8:10] = 0.5
    depth[1, 4] = 0.2
    until = np.array([week_of(dt.date(2026, 3, 15)), week_of(dt.date(2026, 5, 24))])
    weeks = np.arange(20) + until[0] - 9
    shelf = Shelf(
        categories=("coats",), names=("coats: autumn", "coats: all else"), category=np.zeros(2, dtype=int),
        weeks=weeks, depth=depth, display=0 * depth, mailer=0 * depth, weight=np.full(2, 0.5), until=until,
    )  # fmt: skip
    assert "coats (100%)" in age_lines(shelf)[0]
    depth[0, :] = 0.0
    depth[0, 1] = 0.5
    assert age_lines(shelf) == ()


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

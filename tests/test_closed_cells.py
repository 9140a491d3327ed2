"""Coupons that do not go together with cut prices: goods on a cut are no goods that the coupon reached."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load

from surrogate.data.data_parts import PastOffer
from surrogate.data.weeks import week_of
from surrogate.effects.described import describe
from surrogate.shelf.cells import lay_out
from surrogate.shelf.closed_cells import closed_cells
from surrogate.shelf.coupons import find_coupon_rows
from surrogate.shelf.on_top import beside_cuts

CUT = week_of(dt.date(2026, 7, 5))
DEPTH = np.array([0.0, 0.10, 0.30, 0.0, 0.30])


def _bought(*used: float) -> pd.DataFrame:
    """Return 200 units in each of five cells, of them so many used."""
    cells = np.arange(5)
    return pd.DataFrame({"customer": 0, "cell": cells, "quantity": 200.0, "used": np.array(used)})


def _closed(bought: pd.DataFrame, *, until: int = 9) -> list[bool]:
    kind, week, saving = np.zeros(5, dtype=np.int64), np.array([1, 2, 3, 4, 8]), np.full(5, 0.15)
    return closed_cells(kind, week, saving, DEPTH, bought, until=until).tolist()


def test_cuts_under_which_next_to_nothing_is_used_are_closed_by_their_depth():
    """Both kinds of cuts, only those that save more than the offer, or none: as the use in the rows says."""
    assert _closed(_bought(80, 2, 0, 80, 1)) == [False, True, True, False, True]
    assert _closed(_bought(80, 60, 0, 80, 1)) == [False, False, True, False, True]
    assert _closed(_bought(80, 80, 70, 80, 90)) == [False] * 5


def test_little_evidence_and_later_weeks_close_nothing():
    """Where too little use was to be expected, where no use is told, and after the last week that may be looked at."""
    few = _bought(80, 80, 0, 80, 0).assign(quantity=[200.0, 200.0, 30.0, 200.0, 30.0])
    assert not any(_closed(few))
    assert not any(_closed(_bought(0, 0, 0, 0, 0)))
    assert _closed(_bought(80, 80, 70, 80, 0), until=5) == [False] * 5


def test_where_coupons_take_the_place_of_cuts_the_larger_ones_are_closed():
    """A coupon of 15 % is used as ever beside a cut of 10 % and brings less than alone; beside one of 5 % it counts."""
    kind, week, saving = np.zeros(3, dtype=np.int64), np.arange(3), np.full(3, 0.15)
    bought = pd.DataFrame({"customer": 0, "cell": np.arange(3), "quantity": 200.0, "used": 80.0})
    for instead in (False, True):
        said = closed_cells(
            kind, week, saving, np.array([0.0, 0.05, 0.10]), bought, until=9, instead=np.full(3, instead)
        )
        assert said.tolist() == [False, False, instead]


def _used_beside_a_cut(shelf: np.ndarray, coupon: np.ndarray) -> str:
    """What is said of purchases with a coupon of 30 % in a week of a cut of 20 %, and some in a week without."""
    used, plain = np.arange(100 + shelf.size + 30) >= 100, 30
    sales = pd.DataFrame(
        {
            "product": 1, "quantity": 1.0, "regular": 10.0,
            "week": np.repeat([7, 8], [100 + shelf.size, plain]), "day": np.repeat([50, 57], [100 + shelf.size, plain]),
            "offer": np.where(used, 0, -1),
            "shelf_discount": np.concatenate([np.full(100, 2.0), shelf, np.zeros(plain)]),
            "coupon_discount": np.concatenate([np.zeros(100), coupon, np.full(plain, 3.0)]),
        }
    )  # fmt: skip
    mail = PastOffer.model_validate({"mechanic": "coupon", "depth": "30%", "layer": "targeted"})
    return beside_cuts(SimpleNamespace(sales=sales, past_offers={"mail": mail})).value


@pytest.mark.parametrize(
    ("kept", "count", "said"), [(1.0, 40, "on top"), (0.2, 40, "instead"), (0.2, 9, "untold"), (0.9, 40, "on top")]
)
def test_rows_with_a_coupon_say_whether_it_comes_on_top_of_a_cut(kept, count, said):
    """Purchases with a coupon in a week of a cut of 20 %, of which a share kept the cut."""
    gone = np.arange(count) >= kept * count
    assert _used_beside_a_cut(np.where(gone, 0.0, 2.0), np.full(count, 3.0)) == said
    assert _used_beside_a_cut(np.where(gone, 0.0, 2.0), np.where(gone, 3.0, 2.4)) == said  # of the cut price


def test_a_coupon_that_is_filled_up_from_the_cut_takes_its_place():
    """A till that writes the better of a cut of 20 % and a coupon of 30 % as 20 % and 10 %: nothing comes on top."""
    assert _used_beside_a_cut(np.full(40, 2.0), np.full(40, 1.0)) == "instead"


def _laid(tmp_path, *, together: bool):
    """Return the offers of a shop whose coupon runs every week for half of the customers, and its shelf.

    Every fourth week a product is 30 % off. Half of what named customers buy at the usual price is bought with the
    coupon, on cut goods half of it or nothing.
    """
    shop = Shop()
    sales = shop.sales
    named = sales["cust"].str[1:].astype(int) % 2 == 0
    uses = named & (np.arange(len(sales)) % 4 < 2) & (together | (sales["disc"] == 0))
    shop.sales = sales.assign(
        coupon=np.where(uses, (sales["paid"] * 0.15).round(2), 0.0),
        paid=np.where(uses, (sales["paid"] * 0.85).round(2), sales["paid"]),
    )
    shop.columns["coupon_discount"] = "coupon"
    mondays = pd.date_range("2026-02-02", "2026-07-27", freq="7D")
    log = [
        ("mail", f"p{product}", f"c{number}", day.date(), (day + pd.Timedelta(days=6)).date())
        for product in range(4)
        for number in range(0, 60, 2)
        for day in mondays
    ]
    shop.tables["log.csv"] = pd.DataFrame(log, columns=["offer", "sku", "cust", "from", "to"])
    shop.data["files"]["offers"] = {
        "file": "log.csv", "offer": "offer", "product": "sku", "customer": "cust",
        "first_day": "from", "last_day": "to",
    }  # fmt: skip
    shop.data["past_offers"] = {"mail": {"mechanic": "coupon", "depth": "15%", "layer": "targeted"}}
    events = load(shop, tmp_path)
    shelf, _ = lay_out(events, settle_until=CUT)
    return describe(events, shelf, week=CUT).offers, shelf


@pytest.mark.parametrize("together", [True, False])
def test_large_sales_at_cut_prices_do_not_pass_for_a_weak_coupon(tmp_path, together):
    """Half of what named customers bought where the coupon reached was bought with it, in both kinds of shops."""
    offers, shelf = _laid(tmp_path, together=together)
    cells = offers.cells
    depth = shelf.depth[cells.item, cells.week - shelf.weeks[0]]
    assert (offers.closed > 0) is not together
    assert (depth > 0.05).any() == together
    bought = offers.bought
    assert bought["used"].sum() / bought["quantity"].sum() == pytest.approx(0.5, abs=0.04)
    assert set(bought["cell"]) <= set(range(cells.kind.size)) and cells.use_seen.all()


@pytest.mark.parametrize(("on_cuts", "left"), [(0.4, 800), (0.02, 408)])
def test_mailed_coupons_are_told_by_goods_that_they_could_be_used_for(on_cuts, left):
    """Of 400 purchases at the usual price 40 % use one; 400 at a cut price count only where coupons are used there."""
    number = np.arange(800)
    cut = number >= 400
    used = (number % 400) < np.where(cut, on_cuts, 0.4) * 400
    sales = pd.DataFrame(
        {
            "customer": number, "campaign": 1, "product": 1, "week": 7, "quantity": 1.0, "used": used,
            "saving": np.where(used, 0.2, np.nan), "cut": cut,
        }
    )  # fmt: skip
    events = SimpleNamespace(
        products=pd.DataFrame({"category": ["tea"]}, index=[1]),
        redeemed=pd.DataFrame({"week": [7], "product": [1], "saving": [0.2]}),
        coupon_sales=sales,
    )
    found = find_coupon_rows(events, ("tea",), last_week=9)
    assert len(found.rows) == left and found.closed == 800 - left
    assert found.rows["used"].mean() == pytest.approx(0.4, abs=0.02)


def test_purchases_at_cut_prices_are_marked(tmp_path):
    """What mailed customers bought at 30 % off is told apart from what they bought at the usual price."""
    shop = Shop()
    shop.tables["mail.csv"] = pd.DataFrame(
        {"cust": ["c0", "c1"], "sku": "p0", "from": "2026-02-02", "to": "2026-06-28"}
    )
    names = {"customer": "cust", "product": "sku", "first_day": "from", "last_day": "to"}
    shop.data["files"]["mailings"] = {"file": "mail.csv", **names}
    sales = load(shop, tmp_path).coupon_sales
    deals = shop.sales[shop.sales["cust"].isin(["c0", "c1"]) & (shop.sales["sku"] == "p0")]
    deals = deals[(deals["at"] >= "2026-02-02") & (deals["at"] <= "2026-06-28")]
    assert sales["cut"].sum() == (deals["disc"] > 0).sum() > 0 and len(sales) == len(deals)

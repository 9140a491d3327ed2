"""Exports that overlap are told from second scans: whole receipts that repeat count once, and how many is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load, sales_of

from scenarios.problems import InvalidInput
from surrogate.data.clean import COPIES, TWICE

WEEK = ("2026-03-09", "2026-03-15")
"""The days that two exports hold."""


def receipts(*, scans=False):
    """Return sales in receipts of one to four goods: each customer comes once a week, on a Monday, Thursday or Sunday.

    With ``scans`` one row in nine is there twice: two pieces.
    """
    sales = sales_of(customers=120)
    week = pd.to_datetime(sales["at"]).dt.to_period("W-SUN").dt.start_time
    day = pd.to_timedelta(3 * (sales["cust"].str[1:].astype(int) % 3), unit="D")
    sales["at"] = (week + day).dt.strftime("%Y-%m-%d")
    sales["receipt"] = sales.groupby(["cust", "at"]).ngroup()
    sales = sales.drop_duplicates(["receipt", "sku"]).sort_values("at", kind="stable")
    again = sales.iloc[::9] if scans else sales.iloc[:0]
    return pd.concat([sales, again], ignore_index=True)


def in_week(sales):
    """Return the rows of the days that two exports hold."""
    return sales[sales["at"].between(*WEEK)]


def loaded(folder, sales, *, again=None, duplicates="drop", **store):
    """Load sales, of which ``again`` stand in a second file, too."""
    shop = Shop(sales=sales)
    if again is not None:
        shop.tables["more.csv"] = again
        shop.columns["file"] = ["sales.csv", "more.csv"]
    shop.data["clean"] = {"duplicates": duplicates}
    return load(shop, folder, **store)


@pytest.mark.parametrize("store", [{}, {"memory_rows": 500, "parts": 3}])
def test_receipts_of_two_exports_count_once_and_are_told(tmp_path, store):
    """A week that stands in two files: the report counts receipts and days, and nothing is called suspicious."""
    sales = receipts()
    found = loaded(tmp_path, sales, again=in_week(sales), **store)
    (told,) = [line for line in found.cleaning.lines() if COPIES in line]
    rows, whole = len(in_week(sales)), in_week(sales)["receipt"].nunique()
    assert told == (
        f"{rows:,} taken for copies of whole receipts ({whole:,} of them, on 3 days from {WEEK[0]} to {WEEK[1]}, with "
        "the same number, time and lines): exports that overlap; each receipt counts once"
    )
    assert found.cleaning.dropped[TWICE] == rows
    assert not any("stood twice" in line for line in found.cleaning.suspicious)


@pytest.mark.parametrize("duplicates", ["drop", "keep"])
def test_second_scans_are_no_copies(tmp_path, duplicates):
    """One row in nine scanned twice: no receipts are told, and what becomes of the rows is as asked."""
    sales = receipts(scans=True)
    found = loaded(tmp_path, sales, duplicates=duplicates)
    assert not any(COPIES in line for line in found.cleaning.lines())
    twice = int(sales.duplicated().sum())
    assert found.cleaning.dropped[TWICE] == (twice if duplicates == "drop" else 0)
    assert any("of the rows stood twice and were dropped" in line for line in found.cleaning.suspicious) == (
        duplicates == "drop"
    )


def test_where_scans_are_kept_copies_of_receipts_go(tmp_path):
    """Scans are rows and a week stands in two files: units are those of one export, day by day, and the report says."""
    sales = receipts(scans=True)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    once = loaded(tmp_path / "one", sales, duplicates="keep")
    both = loaded(tmp_path / "two", sales, again=in_week(sales), duplicates="keep")
    pd.testing.assert_frame_equal(both.daily, once.daily)
    assert both.cleaning.dropped[COPIES] == len(in_week(sales)) and both.cleaning.dropped[TWICE] == 0
    assert sum(COPIES in line for line in both.cleaning.lines()) == 2


def test_an_export_of_one_store_overlaps_there_alone(tmp_path):
    """One of two stores was exported twice: its receipts are copies, though the other's stand there once."""
    sales = receipts()
    sales["shop"] = np.where(sales["receipt"] % 2 == 0, "s0", "others")
    again = in_week(sales)[in_week(sales)["shop"] == "s0"]
    shop = Shop(sales=pd.concat([sales, again]))
    shop.columns["store"] = "shop"
    (told,) = [line for line in load(shop, tmp_path).cleaning.lines() if COPIES in line]
    assert told.startswith(f"{len(again):,} taken for copies of whole receipts ({again['receipt'].nunique()} of them")


@pytest.mark.parametrize("scanned", [1.0, 0.5])
def test_pieces_that_come_in_pairs_are_no_copies(tmp_path, scanned):
    """A cinema: all receipts hold one kind of ticket, or half of the others two of each; pairs are sold, not copied."""
    sales = receipts()
    if scanned == 1.0:
        sales = sales.drop_duplicates("receipt")
    again = sales[sales["receipt"] % 10 < 10 * scanned]
    found = loaded(tmp_path, pd.concat([sales, again]), duplicates="keep")
    assert not any(COPIES in line for line in found.cleaning.lines())
    assert found.daily["quantity"].sum() == len(sales) + len(again)


def test_a_shop_exported_twice_is_refused_also_where_scans_are_kept(tmp_path):
    """All of it twice: with ``duplicates: keep`` every unit counted double before; now the message says what to do."""
    sales = receipts(scans=True)
    with pytest.raises(InvalidInput, match=r"mostly: copies of whole receipts; the same receipts stand in the files"):
        loaded(tmp_path, sales, again=sales, duplicates="keep")

"""Cleaning drops what cannot be true, repairs what can, counts both, and refuses data that is mostly impossible."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scenarios.problems import InvalidInput
from surrogate.data.clean import TWICE, CleaningReport, clean, drop_repeats, require_mostly_possible
from surrogate.data.data_spec import CleanParams

MEDIAN = np.full(8, 2.0)
NO_OFFERS = np.zeros(0, dtype=bool)


def purchases(**columns: object) -> pd.DataFrame:
    """Twenty plain rows of one product at 2.00, with the first rows' values replaced."""
    frame = pd.DataFrame(
        {
            "customer": np.arange(20),
            "basket": np.arange(20),
            "product": 7,
            "offer": -1,
            "store": 1,
            "week": 5,
            "day": 33,
            "quantity": 1.0,
            "regular": 2.0,
            "shelf_discount": 0.0,
            "coupon_discount": 0.0,
        }
    )
    for name, values in columns.items():
        frame.loc[: len(values) - 1, name] = values  # type: ignore[arg-type]
    return frame


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"quantity": [0.0]}, "no quantity"),
        ({"quantity": [12000.0]}, "more than 48 units"),
        ({"regular": [0.0]}, "no price"),
        ({"regular": [-3.0]}, "no price"),
        ({"regular": [200.0]}, "a unit price more than 20 times off"),
        ({"quantity": [float("nan")]}, "a number is missing"),
        ({"quantity": [float("inf")]}, "a number is infinite"),
    ],
)
def test_impossible_row_is_dropped_and_named(columns, reason):
    """One impossible row is dropped under its own reason and all others stay."""
    kept, report = clean(purchases(**columns), CleanParams(), median_price=MEDIAN, bundles=NO_OFFERS)
    assert len(kept) == report.kept == 19
    assert [name for name, count in report.dropped.items() if count] == [
        name for name in report.dropped if name.startswith(reason)
    ]


def test_duplicate_rows_are_dropped():
    """A row that stands twice, in all its values, counts once."""
    frame = pd.concat([purchases(), purchases().iloc[:2]])
    kept, twice = drop_repeats(frame, CleanParams())
    assert (len(kept), twice) == (20, 2)
    kept, twice = drop_repeats(frame, CleanParams(duplicates="keep"))
    assert (len(kept), twice) == (22, 0)


def test_discounts_are_repaired_not_dropped():
    """Negative discounts become 0 and discounts above the price become the price; the rows stay."""
    kept, report = clean(
        purchases(shelf_discount=[-1.0, 1.5], coupon_discount=[0.0, 1.5]),
        CleanParams(),
        median_price=MEDIAN,
        bundles=NO_OFFERS,
    )
    assert len(kept) == 20
    assert sum(report.repaired.values()) == 2
    assert (kept["shelf_discount"] >= 0).all()
    assert (kept["shelf_discount"] + kept["coupon_discount"] <= kept["regular"]).all()


def test_report_adds_up_and_reads_as_sentences():
    """Read = kept + dropped, and the report says so in words."""
    _, report = clean(purchases(quantity=[0.0, 99.0]), CleanParams(), median_price=MEDIAN, bundles=NO_OFFERS)
    assert report.read == report.kept + sum(report.dropped.values())
    assert report.lines()[0] == "20 purchase rows read, 18 kept"


def test_reports_add_up():
    """Parts of a file are counted apart; together they read as one file."""
    _, report = clean(purchases(quantity=[0.0]), CleanParams(), median_price=MEDIAN, bundles=NO_OFFERS)
    more = CleaningReport(read=5, dropped={TWICE: 2}, repaired={}, left_out={"cancelled orders": 1})
    both = report.plus(more).noting("a gap")
    assert (both.read, both.kept) == (25, 21)
    assert both.lines() == (
        "25 purchase rows read, 21 kept",
        "1 dropped: no quantity (voids)",
        "2 dropped: the same row twice",
        "1 left out: cancelled orders",
        "suspicious: a gap",
    )


def test_mostly_impossible_data_is_refused():
    """Beyond the allowed share of impossible rows a misread column is likelier: one message names the main reason."""
    _, report = clean(purchases(quantity=[0.0] * 10), CleanParams(), median_price=MEDIAN, bundles=NO_OFFERS)
    with pytest.raises(InvalidInput, match=r"at most 20% impossible rows, got 50%, mostly: no quantity"):
        require_mostly_possible(report, CleanParams(), "sales.csv")

"""Single cells of a spreadsheet with decimal commas: what numbers and dates mean, and what may mean two."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.language.slips.decimal_comma import reading_of
from scenarios.language.text.csv_files import read_csv


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["12,50", "1 234,50", "1\u00a0234", "1\u202f234\u202f567,5"], [12.5, 1234.5, 1234, 1234567.5]),
        (["1.234,50", "-1.234.567,8", "1.234.567"], [1234.5, -1234567.8, 1234567]),
        (["1'234.50", "1,234,567.8"], [1234.5, 1234567.8]),
        (["1,5E-05", "0,125", "1,234", "-0,5"], [1.5e-5, 0.125, 1.234, -0.5]),
        (["0.125", "1234.567", "1.5e3"], [0.125, 1234.567, 1500]),
        (["12.50", "1.234", "12"], [12.5, 1.234, 12]),
        (["12,5%", "12.5 %", "1.234\u00a0%", "1,234%"], [0.125, 0.125, 0.01234, 0.01234]),
    ],
)
def test_numbers_are_read_as_they_are_meant(cells: list[str], numbers: list[float]) -> None:
    """Spaces and points between thousands, decimal commas, shares, and decimal points where programs write them."""
    table = read_csv("\n".join(["units;note", *(f"{cell};" for cell in cells)]).encode(), "t.csv")
    assert table.numbers("units", share=True) == pytest.approx(numbers, rel=1e-15)
    assert table.problems == []


@pytest.mark.parametrize(
    ("cells", "doubtful"),
    [
        (["1.234"], {"1.234": "write 1234, or 1,234 if decimals were meant"}),
        (["1.234", "12,5"], {"1.234": "write 1234, or 1,234 if decimals were meant"}),
        (["1.234", "12.5", "12,5"], {"1.234": "write 1234, or 1,234 if decimals were meant"}),
        (["1,234", "12.5"], {"1,234": "write 1234, or 1.234 if decimals were meant"}),
        (["2026-11-06:1.500;2026-11-09:200"], {"1.500": "write 1500, or 1,500 if decimals were meant"}),
    ],
)
def test_what_may_be_two_numbers_is_read_as_neither(cells: list[str], doubtful: dict[str, str]) -> None:
    """A point before three digits is a decimal point only among others; a comma is none among points."""
    assert reading_of(cells).doubtful == doubtful


@pytest.mark.parametrize(
    "text", ["31/12/2026", "31.02.2026", "31.12.26", "1.2.3", "1.234.50", "1,234,50", "12,50 zł", "1 23", "--1,5", ""]
)
def test_what_is_no_number_or_date_stays_as_it_is(text: str) -> None:
    """Dates with slashes, days of no calendar and other texts go on to whoever reads the column."""
    found = reading_of([text])
    assert found.cell(text) == text and not found.doubtful


@given(
    value=st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    thousands=st.sampled_from(["", " ", "\u00a0", "\u202f", "."]),
)
def test_amounts_of_a_spreadsheet_come_back(value: Decimal, thousands: str) -> None:
    """Whatever stands between thousands, two decimals behind a comma are read exactly."""
    written = f"{value:,.2f}".replace(",", "_").replace(".", ",").replace("_", thousands)
    found = reading_of([written])
    plain = found.cell(written)
    assert Decimal(plain) == value and not found.doubtful
    assert "." in plain or value == int(value), "decimals are there where they say something"


def test_whole_numbers_of_cells_that_show_decimals_are_whole() -> None:
    """A spreadsheet writes 9000 as 9000,00 where the cell shows two decimals; counts take no decimals."""
    assert [reading_of([text]).cell(text) for text in ("9000,00", "9.000,0", "-3,000000", "1,20", "9000.00")] == [
        "9000",
        "9000",
        "-3",
        "1.20",
        "9000.00",
    ]


@given(value=st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_numbers_of_programs_are_never_read_as_thousands_more(value: float) -> None:
    """A float with a decimal point is itself or doubtful, and never another number."""
    written = repr(value)
    found = reading_of([written])
    assert found.doubtful or math.isclose(float(found.cell(written)), value, rel_tol=0)

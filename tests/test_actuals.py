# ruff: noqa: E501 - messages stand as people read them
"""Actuals: every kind of broken file gives one clear message; what is right lands on the plan's axes."""

import datetime as dt

import numpy as np
import pytest
from actuals_files import HEADER, ROWS, messages, read_text, text_of
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import load_shop

from scenarios.flight.actuals import HOLDOUT, TREATED, Ran
from scenarios.flight.actuals_file import load_actuals
from scenarios.grid import Grid, build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.problems import InvalidInput


def edit(old: str, new: str, count: int = 1) -> str:
    """The file with a text replaced."""
    assert old in text_of()
    return text_of().replace(old, new, count)


BROKEN = {
    "empty": (
        "",
        "actuals.csv:1: file: expected a header line with column names, got an empty file",
    ),
    "header-only": (
        text_of(()),
        "actuals.csv:1: rows: expected at least one row of sales, got none",
    ),
    "utf-16": (
        text_of().encode("utf-16"),
        "actuals.csv:1: encoding: expected UTF-8 text, got UTF-16; save as CSV UTF-8",
    ),
    "semicolons": (
        text_of().replace(",", ";"),
        'actuals.csv:1: header: expected columns separated by commas, got "date;product;segment;units;revenue;offer;contacts;visitor..."; save as comma-separated CSV',
    ),
    "misspelt-column": (
        edit("revenue", "revenu"),
        "actuals.csv:1: header: expected a known column, got revenu; did you mean revenue?",
    ),
    "no-units": (
        text_of(("2026-11-01,phone,10",), "date,product,revenue"),
        "actuals.csv:1: header: expected the column units, got date, product, revenue; add it",
    ),
    "german-date": (
        text_of().replace("2026-11-01", "01.11.2026"),
        'actuals.csv:2: date: expected a date such as 2026-11-01, got "01.11.2026" (and on 3 more rows); write year-month-day',
    ),
    "impossible-date": (
        edit("2026-11-02", "2026-11-31"),
        'actuals.csv:6: date: expected a date such as 2026-11-01, got "2026-11-31"; write year-month-day',
    ),
    "before-the-campaign": (
        edit("2026-11-01,phone", "2026-10-31,phone", 2),
        "actuals.csv:2: date: expected a date of the campaign, 2026-11-01 to 2026-11-07, got 2026-10-31, before it (and on 1 more row); leave sales from before the campaign out",
    ),
    "after-its-end": (
        edit("2026-11-02,phone", "2027-11-02,phone", 2),
        "actuals.csv:6: date: expected a date of the campaign, 2026-11-01 to 2026-11-07, got 2027-11-02, after its end (and on 1 more row); check the year, or whether this is the right campaign",
    ),
    "unknown-product": (
        edit("01,phone", "01,fone", 2),
        'actuals.csv:2: product: expected a product of the scenario, got "fone" (and on 1 more row); did you mean phone?',
    ),
    "blank-product": (
        edit("01,case", "01,", 2),
        "actuals.csv:4: product: expected a product of the scenario, got a blank (and on 1 more row); known: *, basket, case, phone, phone-pro",
    ),
    "unknown-segment": (
        edit("young", "yung"),
        'actuals.csv:2: segment: expected a segment of the scenario, got "yung"; did you mean young?',
    ),
    "unknown-offer": (
        edit("cut-15", "cut-51", 2),
        'actuals.csv:6: offer: expected an offer of the scenario, got "cut-51" (and on 1 more row); did you mean cut-15?',
    ),
    "unknown-group": (
        edit("CNY,,", "CNY,control,"),
        'actuals.csv:2: group: expected treated or holdout, got "control"; a blank means treated',
    ),
    "other-currency": (
        edit("CNY", "USD"),
        'actuals.csv:2: currency: expected CNY, the scenario\'s currency, got "USD"; convert the amounts, at the rate that finance uses',
    ),
    "separators": (
        edit("80970", '"80,970"'),
        'actuals.csv:2: revenue: expected a number, got "80,970"; write it without separators of thousands',
    ),
    "decimal-comma": (
        edit("80970", '"80970,5"'),
        'actuals.csv:2: revenue: expected a number, got "80970,5"; write decimals with a point',
    ),
    "not-a-number": (
        edit("80970", "n/a"),
        'actuals.csv:2: revenue: expected a number, got "n/a"',
    ),
    "nan": (
        edit("80970", "NaN"),
        'actuals.csv:2: revenue: expected a number, got "NaN"',
    ),
    "negative-units": (
        edit("young,30", "young,-30"),
        'actuals.csv:2: units: expected a whole number of at least 0, got "-30"; write what was sold; what came back belongs in the column returns',
    ),
    "negative-revenue": (
        edit("80970", "-80970"),
        'actuals.csv:2: revenue: expected a number of at least 0, got "-80970"; write what customers paid; what came back belongs in the column returns',
    ),
    "parts": (
        edit("young,30", "young,30.5"),
        'actuals.csv:2: units: expected a whole number, got "30.5"; count whole pieces',
    ),
    "huge": (
        edit("80970", "1e15"),
        'actuals.csv:2: revenue: expected a number below 1e+12, got "1e15"',
    ),
    "blank-units": (
        edit("young,30", "young,"),
        "actuals.csv:2: units: expected units sold, got a blank; write 0 where nothing was sold",
    ),
    "blank-revenue": (
        edit("80970", ""),
        "actuals.csv:2: revenue: expected what customers paid, got a blank",
    ),
    "paid-for-nothing": (
        edit("young,30", "young,0").replace(",900,30,", ",900,0,", 1),
        "actuals.csv:2: revenue: expected 0 where no unit was sold, got 80970 for 0 units",
    ),
    "minor-units": (
        edit("80970", "8097000"),
        "actuals.csv:2: revenue: expected at most 1.5 times the regular price of the units, tax included, got 8097000 for 30 units of 2,699.00; write CNY in major units; check units and price",
    ),
    "more-buyers": (
        edit("900,30", "90,300"),
        "actuals.csv:2: buyers: expected no more buyers than visitors, got 300 buyers and 90 visitors",
    ),
    "more-contacts": (
        text_of((*ROWS[:-2], ROWS[-2][:-1] + ",1500", ROWS[-1])).replace("CNY,,1500", "CNY,,1500"),
        "actuals.csv:8: contacts: expected no more contacts than customers of the row, got 2000 contacts and 1500 customers",
    ),
    "survey-without-count": (
        edit("4.5,12", "4.5,"),
        "actuals.csv:3: survey: expected a score with its survey_count, got 4.5; add how many customers answered, or leave the score blank",
    ),
    "stock-of-baskets": (
        text_of((*ROWS, "2026-11-02,basket,,100,,,,,,5,,,CNY,,")),
        "actuals.csv:10: stock_end: expected a blank for the whole basket, got 5; write stock on the rows of products",
    ),
    "repeated": (
        text_of((*ROWS, ROWS[-1])),
        "actuals.csv:10: row: expected each date, product, segment and group once, got the keys of line 9 again; add the two rows up, or delete one",
    ),
    "totals-too": (
        text_of((*ROWS, "2026-11-02,case,*,131,9000,,,,,,,,CNY,,")),
        "actuals.csv:8: segment: expected case either split by segment or not, on each day, got rows of segments and of everybody; delete the totals",
    ),
    "missing-day": (
        text_of(ROWS[2:4] + ROWS[4:]),
        "actuals.csv:1: rows: expected a row of phone for every day from 2026-11-01 to 2026-11-02, got none on 2026-11-01; add the missing rows, with 0 units where nothing was sold",
    ),
    "missing-segment": (
        text_of(ROWS[:-1]),
        "actuals.csv:8: rows: expected case in every segment, where it is split by segment, got nothing for old on 2026-11-02; write 0 where nothing was sold",
    ),
    "public-and-public": (
        edit("cut-15", "cut-15+front"),
        "actuals.csv:6: offer: expected at most one public and one targeted offer on a cell, got cut-15+front; split the row by segment, or name what ran",
    ),
    "basket-offer-on-a-product": (
        edit("coupon-20", "save-200"),
        "actuals.csv:8: offer: expected offers of products on products, of baskets on the product basket, got save-200 on case",
    ),
    "holdout-reached": (
        text_of(
            (
                *(r + "1900" for r in ROWS),
                "2026-11-01,case,young,3,237,,,,,,,,CNY,holdout,100",
                "2026-11-02,case,young,3,237,,5,,,,,,CNY,holdout,100",
            )
        ).replace("coupon-20,2000", "coupon-20,200"),
        "actuals.csv:11: contacts: expected no contacts of customers who were kept out, got 5; keep them out of the audience; count the row as treated where that failed",
    ),
    "holdout-without-customers": (
        text_of(
            (
                *ROWS,
                "2026-11-01,case,young,3,237,,,,,,,,CNY,holdout,",
                "2026-11-02,case,young,3,237,,,,,,,,CNY,holdout,",
            )
        ),
        "actuals.csv:4: customers: expected the number of customers beside a holdout, got a blank or 0 (and on 3 more rows); write into the column customers of how many customers each row speaks, treated and holdout alike",
    ),
    "holdout-with-a-gap": (
        text_of((*(r + "1900" for r in ROWS), "2026-11-01,case,young,3,237,,,,,,,,CNY,holdout,100")).replace(
            "coupon-20,2000", "coupon-20,200"
        ),
        "actuals.csv:1: rows: expected a row of case, young, holdout for every day from 2026-11-01 to 2026-11-02, got none on 2026-11-02; add the missing rows, with 0 units where nothing was sold",
    ),
}


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """The shop's axes."""
    return build_grid(load_shop(tmp_path_factory.mktemp("shop")).scenario)


@pytest.mark.parametrize("name", BROKEN)
def test_every_broken_kind_gives_one_clear_message(grid: Grid, name: str) -> None:
    """One kind of mistake, one line with place, expected, got and remedy, however many rows have it."""
    text, message = BROKEN[name]
    assert messages(text, grid) == [message]


def test_at_least_thirty_kinds_are_broken() -> None:
    """The list above is long enough to mean something."""
    assert len(BROKEN) >= 30


def test_all_mistakes_come_at_once(grid: Grid) -> None:
    """Three kinds of mistakes in one file give three lines."""
    text = edit("2026-11-01,phone,young,30,80970", "2026-11-01,phone,yung,-30,n/a")
    assert [line.split(": ")[1] for line in messages(text, grid)] == ["segment", "units", "revenue"]


def test_days_after_the_as_of_date_are_in_the_future(grid: Grid) -> None:
    """Where a day is named as of which the actuals are, later rows are refused."""
    assert messages(text_of(), grid, as_of=dt.date(2026, 11, 1)) == [
        "actuals.csv:6: date: expected no day after 2026-11-01, as of which the actuals are, got 2026-11-02, in the future (and on 3 more rows); leave it out"
    ]


def test_weeks_are_named_by_their_first_day(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In a campaign of weeks, a day inside a week is refused: its row would not be a week's."""
    weeks = {"periods: 7, unit: day": "periods: 2, unit: week", "max_run: 2, ": ""}
    grid = build_grid(load_shop(tmp_path_factory.mktemp("weeks"), shop=weeks).scenario)
    assert messages(text_of(), grid) == [
        "actuals.csv:6: date: expected the first day of a week of the campaign, got 2026-11-02, inside the week of 2026-11-01 (and on 3 more rows); add the days of a week up to one row"
    ]


def test_figures_land_on_the_axes(grid: Grid) -> None:
    """Units and revenue stand by segment, product and day; what is not told is NaN; sums add up."""
    actuals = read_text(text_of(), grid)
    assert actuals.last == 1
    assert actuals.as_of == dt.date(2026, 11, 2)
    assert actuals.observed.tolist() == [[True, True] + [False] * 5, [False] * 7, [True, True] + [False] * 5]
    assert actuals.split.tolist() == actuals.observed.tolist()
    assert actuals.units[:, 0, 1].tolist() == [50, 40]
    assert actuals.units_total[0, :2].tolist() == [55, 90]
    assert np.isnan(actuals.units_total[1]).all()
    assert actuals.revenue_total[2, :2].tolist() == [9480, 9629]
    assert actuals.stock_end is not None
    assert actuals.stock_end[0, :2].tolist() == [445, 355]
    assert actuals.has("survey")
    assert not actuals.has("returns")


def test_totals_may_stand_without_segments(grid: Grid) -> None:
    """Rows of everybody count as totals and nothing is said by segment."""
    header = "date,product,units,revenue"
    actuals = read_text(text_of(("2026-11-01,case,120,9480", "2026-11-02,case,131,10349"), header), grid)
    assert actuals.units_total[2, :2].tolist() == [120, 131]
    assert not actuals.split.any()
    assert np.isnan(actuals.units).all()
    assert actuals.ran is None


def test_holdouts_are_told_apart_and_count_in_totals(grid: Grid) -> None:
    """Units of both groups add up; each group can be asked for by itself."""
    text = BROKEN["holdout-with-a-gap"][0] + "2026-11-02,case,young,4,316,,,,,,,,CNY,holdout,100\n"
    actuals = read_text(text, grid)
    assert actuals.has_holdout
    assert actuals.units_total[2, :2].tolist() == [123, 135]
    assert actuals.of_segments("units", HOLDOUT)[0, 2, :2].tolist() == [3, 4]
    assert actuals.of_segments("units", TREATED)[0, 2, :2].tolist() == [70, 80]


def test_what_ran_differently_is_a_warning(grid: Grid) -> None:
    """Offers that the plan does not hold, and lines that did not run, are said and do not stop the reading."""
    lines = (
        PlanLine(date=dt.date(2026, 11, 2), product="phone", segment="*", offer="cut-15"),
        PlanLine(date=dt.date(2026, 11, 1), product="case", segment="*", offer="front"),
        PlanLine(date=dt.date(2026, 11, 5), product="phone", segment="*", offer="cut-15"),
    )
    actuals = read_text(text_of(), grid, lines)
    assert Ran(period=1, product=0, segment=1, offer=0) in (actuals.ran or ())
    assert actuals.warnings == (
        "no sales are told of phone-pro: nothing is said of them",
        "ran differently from the plan: coupon-20 on case ran and is not in the plan, 2026-11-02",
        "ran differently from the plan: front on case is in the plan and did not run, 2026-11-01",
    )


def test_odd_prices_and_stock_are_warnings(grid: Grid) -> None:
    """Nearly given away, and more stock than there can be: said, not refused."""
    text = edit("70,5530", "70,55").replace(",355,", ",470,")
    told = read_text(text, grid).warnings
    assert "customers paid less than 10% of the regular price for case" not in told, "segments together pay enough"
    assert "more stock is left than the scenario knows of: phone" in told
    cheap = text.replace("50,3950", "50,40", 1)
    assert "customers paid less than 10% of the regular price for case" in read_text(cheap, grid).warnings


def test_a_file_that_cannot_be_read_is_one_problem(grid: Grid, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A missing file is unusable input, no traceback."""
    missing = tmp_path_factory.mktemp("none") / "actuals.csv"
    with pytest.raises(InvalidInput, match="expected a CSV file that can be read, got no such file or directory"):
        load_actuals(missing, grid)


def test_the_rows_of_the_example_are_right() -> None:
    """The example that tests break has as many cells as columns."""
    assert {row.count(",") for row in ROWS} == {HEADER.count(",")}


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 6), st.integers(0, 2**32 - 1), st.booleans())
def test_what_is_written_is_read_back(grid: Grid, last: int, seed: int, split: bool) -> None:
    """Any whole units and amounts, split by segment or not, come back cell by cell."""
    rng = np.random.Generator(np.random.Philox(seed))
    units = rng.integers(0, 50, size=(2, 3, last + 1))
    rows = []
    for period in range(last + 1):
        for k, product in enumerate(grid.products):
            date, price = grid.scenario.horizon.date_of(period), float(product.price or 0)
            parts = [(s.id, int(units[n, k, period])) for n, s in enumerate(grid.segments)]
            for name, count in parts if split else [("*", sum(count for _, count in parts))]:
                rows.append(f"{date},{product.id},{name},{count},{count * price:.2f}")
    actuals = read_text(text_of(tuple(rng.permutation(rows).tolist()), "date,product,segment,units,revenue"), grid)
    assert actuals.last == last
    assert (actuals.units_total[:, : last + 1] == units.sum(axis=0)).all()
    assert np.isnan(actuals.units_total[:, last + 1 :]).all()
    if split:
        assert (actuals.units[..., : last + 1] == units).all()
    assert not actuals.warnings

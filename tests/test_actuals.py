# ruff: noqa: E501 - messages stand as people read them
"""Actuals: every kind of broken file gives one clear message; what is right lands on the plan's axes."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from actuals_files import HEADER, ROWS, messages, read_text, text_of
from broken_actuals import BROKEN, edit
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import load_shop

from scenarios.flight.actuals import HOLDOUT, TREATED, Ran
from scenarios.flight.reading.actuals_file import load_actuals
from scenarios.flight.reading.net_of_tax import with_what_is_missing
from scenarios.grid import Grid, build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.problems import InvalidInput
from scenarios.response.economics import price_of


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """The shop's axes."""
    return build_grid(load_shop(tmp_path_factory.mktemp("shop")).scenario)


@pytest.mark.parametrize("name", BROKEN)
def test_every_broken_kind_gives_one_clear_message(grid: Grid, name: str) -> None:
    """One kind of mistake, one line with place, expected, got and remedy, however many rows have it."""
    text, message = BROKEN[name]
    assert messages(text, grid) == [message]


def test_a_name_of_the_scenario_is_told_its_id(tmp_path: Path) -> None:
    """Who writes what people call a product, segment or offer is told the id, and not where two are called so."""
    scenario = load_shop(tmp_path).scenario
    names = {"phone": "Telefon", "case": "緑茶24本", "phone-pro": "Telefon"}
    products = tuple(each.model_copy(update={"name": names[each.id]}) for each in scenario.products)
    offers = tuple(each.model_copy(update={"name": f"Aktion {each.id[::-1]}"}) for each in scenario.offers)
    grid = build_grid(scenario.model_copy(update={"products": products, "offers": offers}))
    text = edit("01,case,young", "01,緑茶24本,young").replace("02,phone,old", "02,telefon,old")
    said = messages(text.replace("cut-15", "Aktion 51-tuc", 1), grid)
    assert [one.rpartition("; ")[2] for one in said] == [
        "did you mean case?",
        "known: *, basket, case, phone, phone-pro",
        "did you mean cut-15?",
    ]


def test_at_least_thirty_kinds_are_broken() -> None:
    """The list above is long enough to mean something."""
    assert len(BROKEN) >= 30


def test_all_mistakes_come_at_once(grid: Grid) -> None:
    """Three kinds of mistakes in one file give three lines."""
    text = edit("2026-11-01,phone,young,30,80970", "2026-11-01,phone,yung,-30,n/a")
    assert [line.split(": ")[1] for line in messages(text, grid)] == ["segment", "units", "revenue"]


def test_a_column_of_notes_is_no_column_of_offers(grid: Grid) -> None:
    """The first words are named, and thousands of others counted: one mistake is not a message a row."""
    rows = [f"2026-11-01,phone,,{number},{number},note {number}" for number in range(3000)]
    said = messages("\n".join(["date,product,segment,units,revenue,offer", *rows]), grid)
    assert len(said) <= 25
    assert any("2,980 more words that it does not have" in one and "the right one" in one for one in said), said[-3:]


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


def test_a_week_that_is_not_over_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Sales of a part of a week would be read as the whole week's; on its last day it is over."""
    weeks = {"periods: 7, unit: day": "periods: 2, unit: week", "max_run: 2, ": ""}
    grid = build_grid(load_shop(tmp_path_factory.mktemp("weeks"), shop=weeks).scenario)
    text = text_of().replace("2026-11-02", "2026-11-08")
    assert messages(text, grid, as_of=dt.date(2026, 11, 11)) == [
        "actuals.csv:6: date: expected weeks that end by 2026-11-11, as of which the actuals are, got the week of 2026-11-08, which ends on 2026-11-14 (and on 3 more rows); leave that week out until it is over: what is sold in a part of a week would count as the whole week's"
    ]
    assert messages(text, grid, as_of=dt.date(2026, 11, 14)) == []
    late = messages(text, grid, as_of=dt.date(2026, 11, 4))
    assert ["which ends on 2026-11-07" in one for one in late] == [False, True]


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
        "ran differently from the plan: coupon-20 on case for young ran and is not in the plan, 2026-11-02",
        "ran differently from the plan: front on case is in the plan and did not run, 2026-11-01",
    )
    assert actuals.otherwise == actuals.warnings[1:]


def test_what_did_not_run_for_one_segment_names_it(grid: Grid) -> None:
    """Where an offer ran for some that it was planned for and not for others, the sentence says for whom it did not."""
    lines = tuple(
        PlanLine(date=dt.date(2026, 11, 2), product=product, segment=who, offer=offer)
        for product, who, offer in (
            ("phone", "*", "cut-15"),
            ("case", "young", "coupon-20"),
            ("case", "old", "coupon-20"),
        )
    )
    told = [each for each in read_text(text_of(), grid, lines).otherwise if "coupon" in each]
    assert told == [
        "ran differently from the plan: coupon-20 on case for old is in the plan and did not run, 2026-11-02"
    ]


def test_revenue_without_its_tax_is_told(grid: Grid) -> None:
    """All prices paid are the regular ones over 1.13: somebody exported net figures."""
    price = {product.id: float(price_of(product)) for product in grid.products}
    rows = [(day, name, segment.id) for day in (1, 2, 3) for name in price for segment in grid.segments]

    def text(paid: float) -> str:
        lines = [f"2026-11-0{day},{name},{who},10,{10 * paid * price[name]:.2f}" for day, name, who in rows]
        return "\n".join(["date,product,segment,units,revenue", *lines, ""])

    (said,) = read_text(text(1 / 1.13), grid).attention
    assert said == (
        "revenue in actuals.csv seems to be net of tax: most sales are at the regular price divided by 1.13; write it as "
        "customers paid"
    )
    (longer,) = with_what_is_missing(read_text(text(1 / 1.13), grid))
    missing = 3 * 2 * 10 * sum(float(each) for each in price.values()) * (1 - 1 / 1.13)
    assert longer.startswith(said) and f"{missing:,.0f}.00 CNY of what they paid are taken for missing" in longer
    assert not read_text(text(1.0), grid).attention
    assert not read_text(text(0.7), grid).attention


def test_the_price_of_one_unit_in_place_of_revenue_is_told(grid: Grid) -> None:
    """Somebody exported unit prices, reduced ones among them: said first, with what the other units came to."""
    price = {product.id: float(price_of(product)) for product in grid.products}

    def text(units: int, paid: Callable[[int], float]) -> str:
        rows = [(day, name, segment.id) for day in (1, 2, 3) for name in price for segment in grid.segments]
        lines = [f"2026-11-0{day},{name},{who},{units},{paid(units) * price[name]:.2f}" for day, name, who in rows]
        return "\n".join(["date,product,segment,units,revenue", *lines, ""])

    told = read_text(text(10, lambda _: 0.9), grid)
    (said,) = with_what_is_missing(told)
    missing = 3 * 2 * 9 * 0.9 * sum(price.values())
    assert told.attention == (
        "revenue in actuals.csv seems to be the price of one unit: in most rows of 3 or more units it is no more than a "
        f"single one costs, so that at these prices {missing:,.0f}.00 CNY are missing; write what customers paid for all "
        "units of the row",
    )
    assert said == f"{told.attention[0]}. Until then whatever rests on revenue (margin and profit, too) is too low"
    assert not any("of the regular price for" in one for one in told.warnings), "one slip is told once"
    for units, paid in ((10, lambda n: 0.5 * n), (2, lambda _: 1.0), (10, lambda _: 0.05)):
        assert not read_text(text(units, paid), grid).attention


def test_odd_prices_and_stock_are_warnings(grid: Grid) -> None:
    """Nearly given away, and more stock than there can be: said, not refused."""
    text = edit("70,5530", "70,55").replace(",355,", ",470,")
    told = read_text(text, grid).warnings
    assert "customers paid less than 10% of the regular price for case" not in told, "segments together pay enough"
    more = "(returned goods perhaps: the scenario's stock does not take them back)"
    assert f"more stock is left than the scenario knows of: phone {more}" in told
    assert not [one for one in read_text(text, grid, settled_periods=2).warnings if "more stock" in one], (
        "a re-planning set the stock by these days"
    )
    later = read_text(text, grid, settled_periods=1).warnings
    assert f"more stock is left than the scenario knows of: phone {more}" in later, "the second day is news"
    cheap = text.replace("50,3950", "50,40", 1)
    assert "customers paid less than 10% of the regular price for case" in read_text(cheap, grid).warnings


def test_more_uses_than_units_are_a_warning(grid: Grid) -> None:
    """Coupons that were sent, told as coupons that were used, are odd; as many as units are not."""
    rows = ("2026-11-01,case,young,70,5530,coupon-20,70", "2026-11-01,case,old,50,3950,,")
    header = "date,product,segment,units,revenue,offer,uses"
    odd = "more uses are told of case than its units allow: a use is a benefit that a sale was granted"
    assert odd not in read_text(text_of(rows, header), grid).warnings
    assert (
        odd
        in read_text(
            text_of((rows[0].replace(",70,5530,coupon-20,70", ",70,5530,coupon-20,400"), rows[1]), header), grid
        ).warnings
    )


@pytest.mark.parametrize(
    ("row", "odd"),
    [
        ("70,5530,60,70,10,9", ""),
        ("70,5530,200,1,10,9", "more returns are told of case than units were sold so far: write pieces, not money"),
        ("70,5530,1,200,10,9", "more complaints are told of case than units were sold so far"),
        ("70,5530,1,1,10,11", "more unsubscribes are told of case than messages were sent so far"),
    ],
)
def test_more_than_there_can_be_is_a_warning(grid: Grid, row: str, odd: str) -> None:
    """Money under returns was shown as a share of thousands of percent; goods of last month may still come back."""
    rows = (f"2026-11-01,case,young,{row}", "2026-11-01,case,old,50,3950,,,,")
    header = "date,product,segment,units,revenue,returns,complaints,contacts,unsubscribes"
    warnings = read_text(text_of(rows, header), grid).warnings
    assert [each for each in warnings if each.startswith("more ")] == ([odd] if odd else [])


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

"""Rows of actuals that cannot be: an article number among the units, and goods that went for next to nothing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from actuals_files import ROWS, messages, read_text, text_of
from test_actuals import grid  # noqa: F401 - the shop's axes, made once

from scenarios.flight.actuals import Actuals
from scenarios.grid import Grid, build_grid
from scenarios.language.plan_lines import PlanLine

SALES = "date,product,segment,units,revenue,offer"
EXPECTED = np.array([55.0, 32.0, 120.0])


def edited(row: int, units: str, revenue: str, offer: str = "") -> str:
    """The file with another row of sales."""
    date, product, segment = ROWS[row].split(",")[:3]
    rows = [",".join([*each.split(",")[:5], ""]) for each in ROWS]
    rows[row] = ",".join((date, product, segment, units, revenue, offer))
    return text_of(tuple(rows), SALES)


def test_an_article_number_among_the_units_is_refused(grid: Grid) -> None:  # noqa: F811
    """Four billion phones were sold from a stock of 500, and the report counted them."""
    (problem,) = messages(edited(0, "4006381333", "80970"), grid, expected=EXPECTED)
    assert problem == (
        "actuals.csv:2: units: expected at most 10 times the units that there are, or 1,000 where these are few, got "
        "4006381333 of phone, of which stock and arrivals give 500; write how many pieces were sold; is it an article "
        "number, or money?"
    )
    (problem,) = messages(edited(2, "120001", "5530"), grid, expected=EXPECTED)
    assert problem == (
        "actuals.csv:4: units: expected at most 1,000 times the units that are expected in the best day, got 120001 of "
        "case, of which 120 are expected; write how many pieces were sold; is it an article number, or money?"
    )


def test_what_a_good_day_or_a_late_delivery_sells_is_read(grid: Grid) -> None:  # noqa: F811
    """Goods come that a scenario does not know; a slow seller sells hundreds once; nobody expects what nobody knows."""
    text = edited(0, "501", "80970")
    assert not messages(text, grid, expected=EXPECTED)
    assert (
        "more units are told than stock and arrivals give by then: phone (526 of 500 on 2026-11-01); check them, or "
        "whether goods came that the scenario does not know"
    ) in read_text(text, grid).warnings
    assert not [one for one in read_text(text_of(), grid).warnings if "more units" in one]
    assert not messages(edited(2, "900", "5530"), grid, expected=np.array([55.0, 32.0, 0.001]))
    assert not messages(edited(2, "120001", "5530"), grid)


def test_goods_that_a_scenario_has_none_of_may_come_and_be_sold(grid: Grid) -> None:  # noqa: F811
    """Of a product without stock 30 pieces came after all; an article number among its units is one all the same."""
    scenario = grid.scenario
    products = tuple(each.model_copy(update={"stock": 0} if each.id == "phone" else {}) for each in grid.products)
    without = build_grid(scenario.model_copy(update={"products": products}))
    assert not messages(text_of(), without, expected=EXPECTED)
    assert "phone (55 of 0 on 2026-11-01)" in str(read_text(text_of(), without).warnings)
    (problem,) = messages(edited(0, "4006381333", "80970"), without, expected=EXPECTED)
    assert "stock and arrivals give 0" in problem


def said(told: Actuals) -> list[str]:
    """What is said of goods that cost next to nothing."""
    return [one for one in told.warnings if "regular price" in one]


def test_a_row_paid_next_to_nothing_is_named(grid: Grid) -> None:  # noqa: F811
    """1.23 for 41 locks changed revenue and profit, and a note named a product, no row and no reason."""
    told = read_text(edited(3, "50", "3.95"), grid)
    assert said(told) == [
        "actuals.csv:5: revenue is 3.95 for 50 units of case, each 79.00 CNY, less than 1% of the regular price: is "
        "revenue in another unit, or with points for thousands?"
    ]
    text = edited(3, "50", "3.95").replace("80,5600", "80,5.60")
    assert " (and on 1 more row): is revenue" in said(read_text(text, grid))[0]
    assert not said(read_text(edited(3, "50", "395"), grid))


@pytest.mark.parametrize("offer", ["buds", ""])
def test_a_gift_explains_it(grid: Grid, offer: str) -> None:  # noqa: F811
    """Goods of a gift may cost nothing, whether the file or the plan says what ran; other offers explain nothing."""
    text = edited(0, "30", "80", offer)
    lines: tuple[PlanLine, ...] = ()
    if not offer:
        text = "\n".join(line.rpartition(",")[0] for line in text.splitlines())
        lines = (PlanLine(date=dt.date(2026, 11, 1), product="phone", segment="young", offer="buds"),)
    assert not said(read_text(text, grid, lines))
    assert len(said(read_text(edited(0, "30", "80", "cut-15"), grid))) == 1

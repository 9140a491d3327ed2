"""Revenue in thousands, lakhs or millions is told first of all, and never taken for the price of one unit."""

from __future__ import annotations

import pytest
from actuals_files import messages, read_text
from shop import load_shop

from scenarios.flight.reading.net_of_tax import with_what_is_missing
from scenarios.grid import Grid, build_grid
from scenarios.response.economics import price_of

UNITS = (1115, 16, 57, 164, 3, 240)
"""Units of one row and another: a tenth of them is sold at a reduced price."""


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """The shop's axes."""
    return build_grid(load_shop(tmp_path_factory.mktemp("shop")).scenario)


def _text(grid: Grid, factor: float, *, of_one: bool = False, digits: int = 2, units: tuple[int, ...] = UNITS) -> str:
    rows = [(day, product, who) for day in (1, 2, 3) for product in grid.products for who in grid.segments]
    lines = ["date,product,segment,units,revenue"]
    for number, (day, product, who) in enumerate(rows):
        sold, cut = units[number % len(units)], 0.8 if number % 5 == 0 else 1.0
        paid = cut * float(price_of(product)) * (1 if of_one else sold) / factor
        lines.append(f"2026-11-0{day},{product.id},{who.id},{sold},{paid:.{digits}f}")
    return "\n".join([*lines, ""])


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1_000, "thousands (1,000 CNY)"),
        (10_000, "ten thousands (10,000 CNY)"),
        (100_000, "lakhs (100,000 CNY)"),
        (1_000_000, "millions (1,000,000 CNY)"),
        (10_000_000, "crores (10,000,000 CNY)"),
    ],
)
def test_another_unit_of_revenue_is_told_with_what_is_missing(grid: Grid, factor: int, words: str) -> None:
    """Small rows are rounded to nothing by such a unit, and decide nothing; no second sentence on low prices."""
    told = read_text(_text(grid, factor), grid)
    (said,) = told.attention
    assert said == (
        f"revenue in actuals.csv seems to be in {words}: it is about 1/{factor:,} of the regular price of what was "
        f"sold; write what customers paid in CNY, {factor:,} times as much"
    )
    assert not any("of the regular price for" in one for one in told.warnings), "one slip is told once"
    (longer,) = with_what_is_missing(told)
    missing = float(longer.split("Until then ")[1].split(" CNY")[0].replace(",", ""))
    whole = sum(float(line.rpartition(",")[2]) for line in _text(grid, 1).splitlines()[1:])
    assert missing == pytest.approx(whole, rel=0.05) and longer.endswith("(margin and profit, too) is too low")


def test_right_revenue_and_other_slips_are_not_taken_for_it(grid: Grid) -> None:
    """What customers paid, a sale at half price, and the price of one unit where rows hold about a thousand."""
    for factor in (1.0, 2.0, 20.0):
        assert read_text(_text(grid, factor), grid).attention == ()
    for units in (UNITS, (900, 1100, 1000, 1050), (1000,)):
        (said,) = read_text(_text(grid, 1.0, of_one=True, units=units), grid).attention
        assert "seems to be the price of one unit" in said


def test_rows_that_have_as_many_units(grid: Grid) -> None:
    """Ten units for a hundredth of one's price cannot be the price of one."""
    (said,) = read_text(_text(grid, 1_000, units=(10,)), grid).attention
    assert "seems to be in thousands" in said


def test_minor_units_are_refused(grid: Grid) -> None:
    """Fen in place of yuan are a hundred times the price: the file is not read, and the remedy names the unit."""
    (said,) = messages(_text(grid, 0.01), grid)
    assert said.endswith("write CNY in major units; check units and price")


def test_revenue_of_nothing_is_told_first(grid: Grid) -> None:
    """Goods were sold and nobody paid: a column that was not filled, in one sentence."""
    told = read_text(_text(grid, 1e12), grid)
    (said,) = told.attention
    assert said.startswith("revenue in actuals.csv is 0 wherever units were sold (")
    assert not any("of the regular price for" in one for one in told.warnings)

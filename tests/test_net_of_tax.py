"""Revenue net of tax is told where prices lie at or around the regular ones less tax, and of no honest markdown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from actuals_files import read_text
from flight_case import line
from shop import load_shop

from scenarios.grid import Grid, build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.response.economics import price_of

NET = 1.0 / 1.25
DAYS = (1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """The shop's axes, with a tax of 25%: its prices less tax are those of a markdown by a fifth."""
    return build_grid(load_shop(tmp_path_factory.mktemp("shop"), shop={"tax_rate: 13%": "tax_rate: 25%"}).scenario)


def said(grid: Grid, paid: Callable[[int, int], float], lines: tuple[PlanLine, ...] = ()) -> tuple[str, ...]:
    """What is told first of a file in which products were paid shares of their regular prices, by day."""
    rows = [
        f"2026-11-0{day},{product.id},,40,{40 * paid(k, day) * float(price_of(product)):.2f}"
        for day in DAYS
        for k, product in enumerate(grid.products)
    ]
    return read_text("\n".join(["date,product,segment,units,revenue", *rows, ""]), grid, lines).attention


def around(share: float, spread: float) -> Callable[[int, int], float]:
    """Prices that go round a share of the regular ones, as means over articles do."""
    drawn = np.random.default_rng(5).uniform(-spread, spread, size=(3, len(DAYS) + 1))
    return lambda k, day: share * (1.0 + float(drawn[k, day]))


def test_prices_around_the_regular_ones_less_tax_are_told(grid: Grid) -> None:
    """A category's price is a mean over its articles: no row stands exactly at it less tax, and all stand around it."""
    (told,) = said(grid, around(NET, 0.03))
    assert told == (
        "revenue in actuals.csv seems to be net of tax: most sales are at about the regular price divided by 1.25; "
        "write it as customers paid"
    )
    assert not said(grid, around(1.0, 0.03))


def test_what_an_offer_makes_cheaper_says_nothing_of_the_tax(grid: Grid) -> None:
    """Sales under a cut are left out: net figures are told beside it, a cut by the share of the tax is not."""
    cut = tuple(line(day, product.id, "cut-15") for day in (1, 2, 3) for product in grid.products)
    assert said(grid, lambda k, day: NET * (0.85 if day < 4 else around(1.0, 0.03)(k, day)), cut)
    everywhere = tuple(line(day, product.id, "cut-15") for day in DAYS for product in grid.products)
    assert said(grid, lambda k, day: NET)
    assert not said(grid, lambda k, day: NET, everywhere), "whoever sells at a fifth off tells so by its offers"


@pytest.mark.parametrize(
    "paid",
    [
        lambda k, day: (0.7, 0.75, 0.85)[k],
        lambda k, day: 0.79 if day < 5 else 1.0,
        lambda k, day: (0.78, 0.82, 1.0)[k],
        around(NET, 0.25),
    ],
    ids=["by product", "four days of five", "two products of three", "any depth"],
)
def test_honest_markdowns_are_not_told(grid: Grid, paid: Callable[[int, int], float]) -> None:
    """Goods that are cheaper by depths of their own, on some days, or that are not all of them, are no net figures."""
    assert not said(grid, paid)

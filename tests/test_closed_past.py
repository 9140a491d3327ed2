"""A past that ends before closed days: they are over with it, and what is known of them is known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from actuals_files import read_text
from shop import load_shop

from planner.flight.measure.comparable import beside
from planner.flight.watch.planned_out import PlannedOut
from planner.flight.watch.stock_outs import stock_outs
from planner.problem import problem_of
from scenarios.grid import Grid
from surrogate.flight.evidence import run_out

UNIT = "unit: day"


@pytest.fixture(scope="module")
def grids(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Grid]:
    """The shop of seven days from Sunday 2026-11-01 on, closed in its midst or at its end."""
    place = tmp_path_factory.mktemp("closed")
    found = {}
    for name, closed in (("midst", "2026-11-03, 2026-11-05"), ("end", "2026-11-03, 2026-11-06..2026-11-07")):
        (place / name).mkdir()
        found[name] = problem_of(load_shop(place / name, shop={UNIT: f"{UNIT}, closed: [{closed}]"})).grid
    return found


def rows_of(grid: Grid, days: tuple[int, ...], left: str = "", units: int = 1) -> str:
    """A file of some days of November."""
    rows = [f"2026-11-0{day},{each.id},{units},20,{left}" for each in grid.products for day in days]
    return "\n".join(["date,product,units,revenue,stock_end", *rows])


def test_a_campaign_is_over_with_its_last_open_day(grids: dict[str, Grid]) -> None:
    """Rows up to the last open day are all that a till will ever write: nothing is left undecided, whatever --as-of."""
    text = rows_of(grids["end"], (1, 2, 4, 5))
    for as_of in (None, dt.date(2026, 11, 5), dt.date(2026, 11, 7)):
        actuals = read_text(text, grids["end"], as_of=as_of)
        assert actuals.last + 1 == 7 and actuals.as_of == dt.date(2026, 11, 7)
        assert actuals.observed.all() and not actuals.units_total[:, 5:].any()
    assert read_text(rows_of(grids["end"], (1, 2, 4)), grids["end"]).last == 3


@pytest.mark.parametrize(("as_of", "last"), [(None, 2), (dt.date(2026, 11, 2), 1), (dt.date(2026, 11, 3), 2)])
def test_closed_days_after_the_last_row_are_over_up_to_as_of(
    grids: dict[str, Grid], as_of: dt.date | None, last: int
) -> None:
    """What comes next is the next open day; who says as of when they ask is taken at their word."""
    actuals = read_text(rows_of(grids["midst"], (1, 2)), grids["midst"], as_of=as_of)
    assert actuals.last == last and actuals.as_of == grids["midst"].scenario.horizon.date_of(last)


def test_a_shelf_that_was_empty_before_a_closed_day_is_empty_after_it(grids: dict[str, Grid]) -> None:
    """What was left on Monday is left on Tuesday, unless goods were to come: the file alone tells whether they did."""
    grid = grids["midst"]
    actuals = read_text(rows_of(grid, (1, 2), left="0"), grid)
    assert actuals.stock_end is not None and np.isnan(actuals.stock_end[0, 2]), "phones arrive on Tuesday"
    assert not actuals.stock_end[1:, :3].any()
    assert run_out(actuals)[:, 2].tolist() == [False, True, True]
    silent = np.zeros((3, 7), dtype=bool)
    silent[2, 1] = True
    unplanned = PlannedOut(fine=np.zeros((3, 7), dtype=bool), since=np.full((3, 7), -1))
    (out,) = stock_outs(actuals, np.zeros_like(silent), silent, np.ones((1, 3, 7)), unplanned)
    assert out.still and out.last == dt.date(2026, 11, 2)


def test_zeros_beside_a_shelf_that_is_surely_empty_are_the_same_shelf() -> None:
    """Of a run of zeros with a sure day in it all are left out, closed days passed over; a zero by itself stays."""
    zero = np.array([[0, 1, 1, 0, 1, 0, 1, 0], [1, 0, 0, 0, 1, 1, 0, 1]], dtype=bool)
    sure = np.zeros_like(zero)
    sure[0, 2] = True
    opened = np.array([1, 1, 1, 0, 1, 1, 1, 1], dtype=bool)
    assert np.flatnonzero(beside(sure, zero, opened)[0]).tolist() == [1, 2, 4]
    assert not beside(sure, zero, opened)[1].any()
    assert np.flatnonzero(beside(sure, zero, np.ones(8, dtype=bool))[0]).tolist() == [1, 2]

"""Lines of a plan file: the horizon ends on the last day of its last period, who an offer is for; messages say so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from shop import load_shop, problems_of

from planner.commands.given.lines_file import read_plan
from scenarios.grid import Grid, build_grid
from scenarios.problems import InvalidInput

WEEKS = {"periods: 7, unit: day": "periods: 2, unit: week", "max_run: 2, ": ""}
"""Two weeks from 2026-11-01 on."""
SPAN = "2026-11-01 to 2026-11-14"


@pytest.fixture
def grid(tmp_path: Path) -> Grid:
    """The shop in two weeks."""
    return build_grid(load_shop(tmp_path, shop=WEEKS).scenario)


def test_a_last_week_ends_on_its_seventh_day(grid: Grid) -> None:
    """Days of the last week belong to the horizon; the one after them does not."""
    horizon = grid.scenario.horizon
    assert horizon.last_day == dt.date(2026, 11, 14)
    assert horizon.period_of(horizon.last_day) == horizon.periods - 1
    assert horizon.period_of(horizon.last_day + dt.timedelta(days=1)) == horizon.periods


def test_a_plan_file_and_a_scenario_name_the_same_last_day(grid: Grid, tmp_path: Path) -> None:
    """A date of the last week is read; one beyond it is refused with the span that the scenario's messages have."""
    file = tmp_path / "lines.csv"
    file.write_text("date,product,offer\n2026-11-14,phone,cut-15\n")
    assert read_plan(file, grid).any()
    file.write_text("date,product,offer\n2026-12-04,phone,cut-15\n")
    with pytest.raises(InvalidInput) as refused:
        read_plan(file, grid)
    assert f"expected a date of the horizon, {SPAN}, got 2026-12-04" in str(refused.value.problems[0])
    late = WEEKS | {"lines: [{date: 2026-11-04": "lines: [{date: 2026-12-04"}
    told = problems_of(tmp_path, shop=late)
    assert any(f"expected a date within the horizon, {SPAN}, got 2026-12-04" in line for line in told)


def test_a_line_of_the_wrong_layer_says_what_to_write(grid: Grid, tmp_path: Path) -> None:
    """A public offer for one segment and a targeted one for everybody are told under segment, both at once."""
    file = tmp_path / "lines.csv"
    file.write_text("date,product,segment,offer\n2026-11-14,phone,young,cut-15\n2026-11-14,case,,coupon-20\n")
    with pytest.raises(InvalidInput) as refused:
        read_plan(file, grid)
    assert [str(problem).split(": ", 1)[1] for problem in refused.value.problems] == [
        "segment: expected * for cut-15, which is public, got young; write *, or leave the segment blank",
        "segment: expected a segment for coupon-20, which is targeted, got everybody; write one line for each segment",
    ]

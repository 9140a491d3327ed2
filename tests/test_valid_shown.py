"""An offer that is sent once is read once: one row of a comparison and of the workbook, whose totals add up."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from plan_folders import write_folder
from printed import printed
from sent_once import coupon
from spreadsheet import formulas, read, totals_of
from test_valid_assigned import shop

from planner.export.lines import column_of
from planner.export.workbook import workbook
from planner.problem import build_problem
from planner.report.side_by_side.compare import show_changes
from scenarios.answer.plan_files import PlanDirectory, read_plans


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> PlanDirectory:
    """Two plans of the tiny shop: a coupon of Monday and one of Thursday, and Thursday's alone at half its coverage."""
    folder = tmp_path_factory.mktemp("shown")
    asked = build_problem(str(shop(folder, limits=[])))
    both = (*coupon(0, 1, 2), *coupon(3, 4, 5)), (*coupon(0, offer="day"), *coupon(3, 4, 5, coverage=0.5))
    write_folder(asked, folder / "plans", *both)
    return read_plans(folder / "plans")


def test_a_comparison_tells_a_sending_once(directory: PlanDirectory) -> None:
    """Three days that differ alike are one row with the first and the last, and what they are worth together."""
    one, two = directory.plan_set.plans
    scenario = directory.problem().scenario
    shown = printed(show_changes(one, two, (scenario, scenario)), 80)
    rows = [row.split() for row in shown if row.strip().startswith("2026")]
    assert [row[:1] + row[3:-2] for row in rows] == [
        ["2026-11-02", "week", "day"],
        ["2026-11-03..11-04", "week", "-"],
        ["2026-11-05..11-07", "week", "week", "50%"],
    ]
    for side, plan in ((-2, one), (-1, two)):
        together = sum(line.contribution for line in plan.lines[-3:] if line.contribution is not None)
        assert rows[-1][side] == f"{together:,.2f}"


def test_the_workbook_tells_a_sending_once_and_adds_up(directory: PlanDirectory) -> None:
    """Two rows for six lines: sums of their days beside the day of the sending and the last one; totals add up."""
    plan = directory.plan_set.plans[0]
    raw = workbook(directory, plan)
    cells = read(raw)["Lines"]
    summed = {
        "units": "units",
        "uses": "uses",
        "contacts": "contacts",
        "spend": "spend",
        "contribution": "contribution",
    }
    for row, lines in ((3, plan.lines[:3]), (4, plan.lines[3:])):
        days = [dt.date(1899, 12, 30) + dt.timedelta(days=float(str(cells[f"{letter}{row}"]))) for letter in "BC"]
        assert days == [lines[0].period, lines[-1].period]
        for title in summed:
            amount = sum(Decimal(getattr(line, title)) for line in lines)
            assert Decimal(str(cells[f"{column_of(title)}{row}"])) == amount, title
        revenue, rate, taxed = (
            float(str(cells[f"{column_of(title)}{row}"])) for title in ("revenue of its units", "tax rate", "with tax")
        )
        assert revenue > 0 and taxed == pytest.approx(revenue * (1 + rate))
    assert cells[f"{column_of('contacts')}3"] == 100.0
    assert cells["D5"] == "what lines gain and lose by one another"
    assert formulas(raw)["Lines"][f"{column_of('units')}1"].endswith("5),3)")
    assert all(added == stated and difference == 0 for added, stated, difference in totals_of(raw).values())

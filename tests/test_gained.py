"""What a campaign gained against no promotion: as planned, and by its sales; on paper, as a page and as data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from flight_case import DAYS, LINES, Running, running_shop
from lived import actuals_of, write_actuals
from plan_folders import write_folder
from realised_past import learned_of, realised_of
from replan_case import sold
from typer.testing import CliRunner

from planner.cli import app
from planner.flight.gained import Gained
from planner.flight.outcomes_so_far import profit_bridge
from planner.replan.until_now.gained_so_far import gained_so_far
from scenarios.response.totals import sold_by

case = running_shop


def gained(case: Running, units: np.ndarray) -> Gained:
    """What a campaign that sold some units gained."""
    actuals = actuals_of(case.grid, units, DAYS - 1)
    actuals.tables["revenue"][:] = np.nan  # nothing was paid otherwise than planned
    step = profit_bridge(realised_of(case, actuals), case.plan)[-1]
    return gained_so_far(case.frozen, learned_of(case, actuals), step)


def test_sales_as_planned_gained_what_was_planned(case: Running) -> None:
    """Nothing differs where what was expected was sold; the interval holds it."""
    found = gained(case, sold_by(case.model, case.plan, np).units)
    assert found.by_sales == pytest.approx(found.planned, rel=0.05)
    assert found.low < found.by_sales < found.high


def test_more_customers_alone_are_no_merit_of_the_offers(case: Running) -> None:
    """Everything a quarter up raises profit by much more than what the campaign has gained."""
    calm, busy = gained(case, sold(case)), gained(case, sold(case, base=1.25))
    assert busy.planned == calm.planned
    assert busy.by_sales < calm.by_sales + 0.6 * abs(calm.by_sales)


def test_offers_that_bring_less_gained_less(case: Running) -> None:
    """Weak offers show in what the campaign gained, by its sales alone."""
    weak, strong = (gained(case, sold(case, lift={"cut-15": f, "coupon-20": f})) for f in (0.3, 1.0))
    assert weak.by_sales < strong.by_sales


def test_the_report_says_it_first_and_as_data(case: Running, tmp_path: Path) -> None:
    """In the text before everything else, on the page as a tile, and in --json."""
    folder, page, file = tmp_path / "plans", tmp_path / "page.html", tmp_path / "actuals.csv"
    write_folder(case.problem, folder, LINES)
    units = sold_by(case.model, case.plan, np).units
    write_actuals(file, case.frozen, case.model, case.plan, units, DAYS - 1)
    shown = CliRunner().invoke(app, ["report", str(folder), str(file), "--html", str(page)])
    assert shown.exit_code == 0, shown.output
    assert shown.output.index("Profit gained against no promotion") < shown.output.index("Forecast and actual")
    assert "Gained against no promotion" in page.read_text(encoding="utf-8")
    told = json.loads(CliRunner().invoke(app, ["report", str(folder), str(file), "--json"]).output)["gained"]
    assert told["low"] < told["by_sales"] < told["high"]

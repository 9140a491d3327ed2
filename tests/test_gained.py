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
from planner.run.scored import score_plan
from scenarios.response.totals import sold_by

case = running_shop


def gained(case: Running, units: np.ndarray, periods: int = DAYS) -> Gained:
    """What a campaign that sold some units gained."""
    actuals = actuals_of(case.grid, units, periods - 1)
    actuals.tables["revenue"][:] = np.nan  # nothing was paid otherwise than planned
    step = profit_bridge(realised_of(case, actuals), case.plan)[-1]
    return gained_so_far(case.frozen, learned_of(case, actuals), step)


def test_sales_as_planned_gained_what_was_planned(case: Running) -> None:
    """Nothing differs where what was expected was sold; the interval holds it."""
    found = gained(case, sold_by(case.model, case.plan, np).units)
    assert float(found.by_sales) == pytest.approx(float(found.planned), rel=0.05)
    assert found.low < found.by_sales < found.high


def test_what_was_planned_of_the_whole_campaign_is_the_profit_that_the_plan_tells(case: Running) -> None:
    """To the last digit: both sides are sums of the ledger, which rounds each cell; so are figures in --json."""
    found = gained(case, sold_by(case.model, case.plan, np).units, case.grid.shape[2])
    told = score_plan(case.problem, case.plan, seed=1).plan.outcome.profit_change
    assert found.planned == told
    digits = told.as_tuple().exponent
    assert {each.as_tuple().exponent for each in (found.planned, found.by_sales, found.low, found.high)} == {digits}


def test_more_customers_alone_are_no_merit_of_the_offers(case: Running) -> None:
    """Everything a quarter up raises profit by much more than what the campaign has gained."""
    calm, busy = gained(case, sold(case)), gained(case, sold(case, base=1.25))
    assert busy.planned == calm.planned
    assert float(busy.by_sales) < float(calm.by_sales) + 0.6 * abs(float(calm.by_sales))


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

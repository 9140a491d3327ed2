"""What a campaign gained against no promotion: as planned, and by its sales; on paper, as a page and as data."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from flight_case import DAYS, LINES, Running, running, running_shop
from lived import actuals_of, write_actuals
from plan_folders import write_folder
from realised_past import learned_of, realised_of
from replan_case import sold
from typer.testing import CliRunner

from planner.cli import app
from planner.figures import money_style
from planner.flight.gained import BoughtAhead, Gained
from planner.flight.outcomes_so_far import profit_bridge
from planner.replan.until_now.gained_so_far import gained_so_far
from planner.report.gained import bought_ahead
from planner.run.scored import score_plan
from scenarios.response.totals import sold_by

case = running_shop
WRITTEN = "pull_forward: {share: 10%, periods: 3}"
UNKNOWN, NEVER = {WRITTEN: "pull_forward: {periods: 3}"}, {WRITTEN: "pull_forward: {share: 0%, periods: 3}"}


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


def test_what_may_be_bought_ahead_is_in_the_interval(case: Running, tmp_path: Path) -> None:
    """Where nobody knows the share the same sales gained as much, but less surely; a known one moves no end."""
    units = sold_by(case.model, case.plan, np).units
    known, unknown = gained(case, units), gained(running(tmp_path, shop=UNKNOWN), units)
    assert known.ahead is not None and unknown.ahead is not None
    assert (known.ahead.share, known.ahead.drawn) == ((0.1, 0.1), (0.1, 0.1))
    assert known.ahead.low == known.ahead.high == known.ahead.mean == known.ahead.off
    assert unknown.by_sales == known.by_sales and unknown.ahead.drawn == (0.0, 0.4)
    assert unknown.ahead.off == known.ahead.off > 5 * unknown.ahead.low >= 0
    assert unknown.high > known.high
    assert float(known.low - unknown.low) > 0.5 * float(unknown.ahead.high - known.ahead.high) > 0


def test_what_is_off_the_gain_is_what_would_be_gained_if_nothing_were_bought_ahead(
    case: Running, tmp_path: Path
) -> None:
    """Of the same sales, weighed again by a shop whose customers never stock up."""
    units = sold_by(case.model, case.plan, np).units
    told, without = gained(case, units), gained(running(tmp_path, shop=NEVER), units)
    assert told.ahead is not None and without.ahead is None
    assert float(told.ahead.off) == pytest.approx(float(without.by_sales - told.by_sales), rel=0.02)


def test_an_offer_on_orders_alone_takes_from_later_sales_of_all_goods(case: Running) -> None:
    """No line stands on a product: all shares count; before any line has run nothing is bought ahead."""
    on_orders = replace(case, plan=case.grid.plan_of(tuple(each for each in LINES if each.product == "basket")))
    ahead = gained(on_orders, sold_by(case.model, on_orders.plan, np).units).ahead
    assert ahead is not None and ahead.share == (0.1, 0.1) and ahead.off > 0
    idle = replace(case, plan=np.zeros_like(case.plan))
    assert gained(idle, sold_by(case.model, idle.plan, np).units).ahead is None


def test_the_sentence_on_what_is_bought_ahead_says_how_sure_it_is() -> None:
    """The share, what is off the gain, what of it follows the horizon, and the ends where it is drawn."""
    money = money_style("EUR", [Decimal(1234)])
    off, charged, low, high, mean = (Decimal(each) for each in (1000, 100, 0, 4000, 1500))
    ahead = BoughtAhead(share=(0.1, 0.1), drawn=(0.0, 0.4), off=off, charged=charged, low=low, high=high, mean=mean)
    (drawn,) = bought_ahead(ahead, money)
    assert drawn == (
        f"bought ahead: 10% of what offers sell more is taken to be missing later, and {money(off)} is off the gain "
        f"for it, {money(charged)} of that charged for days after the horizon; the sales of a campaign do not tell "
        f"it, so 5% and 95% above hold shares of 0% to 40%, by which {money(low)} to {money(high)} is off, in the mean "
        f"{money(mean)}"
    )
    (sure,) = bought_ahead(replace(ahead, share=(0.1, 0.3), drawn=(0.1, 0.3), charged=Decimal(0)), money)
    assert "10% to 30%" in sure and "taken for certain" in sure and "horizon" not in sure
    assert bought_ahead(None, money) == ()


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

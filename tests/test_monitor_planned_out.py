"""Stock that the plan's own account sells out: as planned where it goes so, a warning where it goes clearly earlier."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from flight_case import LINES, Running, running
from little_watch import little_watch
from lived import actuals_of, lived_units, write_actuals
from plan_folders import write_folder
from typer.testing import CliRunner

from planner.cli import app
from planner.flight.watch.monitor import MonitorParams, monitor
from planner.flight.watch.planned_out import left_over, planned_out, stretches
from planner.flight.watch.readings import LimitReading, MonitorReport
from planner.report.flight.monitor import monitor_json, verdict_line
from scenarios.grid import Grid

PARAMS = MonitorParams(futures=150, most=100, least=100)
CASE = "price: 79, unit_cost: 20}"
DAY = "2026-11-04"
"""Of 840 cases without an offer the account has 500, which the coupon's days use up on the fourth day."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, with 500 cases."""
    return running(tmp_path_factory.mktemp("shop"), shop={CASE: "price: 79, unit_cost: 20, stock: 500}"})


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, with 500 cases and 400 more for its last two days, which are enough for them."""
    more = "price: 79, unit_cost: 20, stock: 500, arrivals: {2026-11-06: 400}}"
    return running(tmp_path_factory.mktemp("again"), shop={CASE: more})


def read(shop: Running, units: np.ndarray, last: int) -> MonitorReport:
    """Monitor the shop."""
    actuals = actuals_of(shop.grid, units, last)
    return monitor(shop.frozen, shop.plan, actuals, folder="plans", rank=1, params=PARAMS)


def stock(report: MonitorReport) -> LimitReading:
    """What is read of the cases."""
    return next(each for each in report.limits if each.id == "stock:case")


def lived(shop: Running, factor: float = 1.0) -> np.ndarray:
    """One campaign in which cases sell so many times what was forecast."""

    def change(grid: Grid) -> np.ndarray:
        factors = np.ones(grid.shape)
        factors[:, 2] = factor
        return factors

    return lived_units(shop.model, shop.frozen.effects, shop.plan, seed=3, change=change)[0]


@pytest.mark.parametrize("last", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("factor", [1.0, 0.85])
def test_what_the_plan_sells_out_itself_is_no_warning(case: Running, last: int, factor: float) -> None:
    """Before and after the shelf is empty, and where sales are below plan: said as planned, and on course."""
    report = read(case, lived(case, factor), last)
    found = stock(report)
    assert found.probability > 0.9 or found.broken
    assert str(found.planned_out) == DAY
    assert found not in report.warnings
    assert not report.surprises
    told = monitor_json(report)
    assert any(one.startswith(f"as planned: case is sold out by {DAY}") for one in told["as_planned"])
    assert not any("case" in one and "stock" in one for one in told["findings"])
    if last == 5:
        assert [out.planned for out in report.stock_outs] == [True]
        assert any(one.startswith("as planned: case was sold out between") for one in told["as_planned"])
    if not report.alarms:
        assert report.on_course
        assert verdict_line(report).plain.endswith("stock sells out as planned.")


def test_what_sells_out_clearly_earlier_is_warned_of(case: Running) -> None:
    """Sales 1.6 times the forecast empty the shelf a day and more before the account does."""
    units = lived(case, 1.6)
    before = read(case, units, 1)
    found = stock(before)
    assert found in before.warnings
    assert found.unplanned is not None
    assert found.unplanned > 0.9
    (said,) = (one for one in monitor_json(before)["findings"] if one.startswith("case will"))
    assert said.endswith(f"; the plan's own account sells it out by {DAY}")
    after = read(case, units, 2)
    assert [out.planned for out in after.stock_outs] == [False]
    assert stock(after) in after.warnings
    assert not after.on_course


def test_what_arrives_later_is_looked_at_by_itself(again: Running) -> None:
    """The first 500 sell out as planned; of the 400 that are to last, 350 gone on their first day is a warning."""
    units = lived(again)
    units[:, 2, 5] = (60, 60)
    fine = read(again, units, 5)
    assert [out.planned for out in fine.stock_outs] == [True]
    assert stock(fine).planned_out is None
    assert stock(fine) not in fine.warnings
    before = read(again, units, 4)
    assert stock(before) not in before.warnings
    units[:, 2, 5] = (175, 175)
    gone = read(again, units, 5)
    assert stock(gone) in gone.warnings


def test_what_has_come_by_then_is_told_beside_what_comes_later(again: Running) -> None:
    """500 are there when the shelf is empty, as planned or before it; the 400 that come after that are told apart."""
    for factor, last, begins in ((1.0, 2, f"as planned: case is sold out by {DAY}"), (1.6, 1, "case will")):
        units = lived(again, factor)
        told = monitor_json(read(again, units, last))
        (said,) = (one for one in (*told["as_planned"], *told["findings"]) if one.startswith(begins))
        used = units[:, 2, : last + 1].sum()
        assert f"({used:.0f} used of the 500 that have come by then, 900 in all)" in said


def test_a_stock_that_the_plan_does_not_sell_out_is_read_as_before(case: Running) -> None:
    """Of phones the plan leaves some: nothing about them is as planned, and an empty shelf is a surprise."""
    units = lived(case)
    phones = next(each for each in read(case, units, 3).limits if each.id == "stock:phone")
    assert (phones.planned_out, phones.unplanned) == (None, None)
    units[:, 0, 3] = (300, 300)
    report = read(case, units, 3)
    assert [out.planned for out in report.stock_outs if out.product == "phone"] == [False]
    assert not report.on_course


def test_a_shelf_that_is_empty_by_sales_at_zero_is_never_as_planned(case: Running) -> None:
    """Cases that sell nothing while some are left are an empty shelf that nobody told of, whatever the plan says."""
    units = lived(case, 0.5)
    units[:, 2, 4:] = 0
    (out,) = read(case, units, 5).stock_outs
    assert (out.product, out.told, out.planned) == ("case", False, False)


def test_the_command_answers_yes(case: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that sells a stock out, and does so, is on course: exit code 0."""
    little_watch(monkeypatch)
    write_folder(case.problem, tmp_path / "plan", LINES)
    write_actuals(tmp_path / "a.csv", case.frozen, case.model, case.plan, lived(case), 2)
    done = CliRunner().invoke(app, ["monitor", str(tmp_path / "plan"), str(tmp_path / "a.csv"), "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["on_course"], told["findings"]) == (0, True, [])
    used = f"{lived(case)[:, 2, :3].sum():.0f} of 500 used"
    assert told["as_planned"] == [f"as planned: case is sold out by {DAY}, in the plan's own account ({used})"]


def test_shelves_do_not_lend() -> None:
    """What nobody could buy before an arrival is not sold after it; stretches begin with arrivals."""
    available = np.array([10.0, 10.0, 10.0, 18.0, 18.0])
    assert left_over(np.array([6.0, 6.0, 6.0, 5.0, 1.0]), available).tolist() == [4.0, 0.0, 0.0, 3.0, 2.0]
    assert stretches(available) == [slice(0, 3), slice(3, 5)]


def test_since_when_an_empty_shelf_is_as_planned() -> None:
    """The account's own period, or the first in which one of ten futures is empty; nothing where it leaves more.

    The account leaves up to one in a hundred of what there was, for lines are whole.
    """
    available = np.array([[100.0] * 5, [100.0] * 5, [np.inf] * 5, [100.0] * 5])
    wanted = np.array([[25.0] * 5, [19.0] * 5, [50.0] * 5, [19.85] * 5])
    futures = np.repeat(wanted[None], 20, axis=0)
    for count, since in ((1, 3), (2, 2)):
        futures[:count, 0] = 34.0
        found = planned_out(wanted, futures, available)
        assert found.fine.tolist() == [
            [period >= since for period in range(5)],
            [False] * 5,
            [False] * 5,
            [False] * 4 + [True],
        ]
        assert found.since[0].tolist() == [3] * 5
        assert [found.next(k, 1) for k in range(4)] == [3, None, None, 4]

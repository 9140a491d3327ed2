"""Goods that have not come yet are not sold out: nobody is told so, and what may happen once they are here is."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from cake_shop import BASE, written
from little_watch import little_watch
from little_work import little_work
from typer.testing import CliRunner

from planner.cli import app
from planner.flight.watch.monitor import MonitorParams
from planner.problem import build_problem
from planner.replan.rest.agreed import told_agreed, with_agreed
from scenarios.language.plan_lines import PlanLine

NOTHING_YET = "date,product,units,revenue\n2026-11-30,cake,0,0\n2026-12-07,cake,0,0\n"


@pytest.fixture(autouse=True)
def _little_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of goods and of their risk is tested here, not how seldom alarms are false."""
    little_watch(monkeypatch, futures=MonitorParams().futures)


def run(*asked: str, ends: int = 0) -> str:
    """What a command answers."""
    found = CliRunner().invoke(app, list(asked), env={"COLUMNS": "200"})
    assert found.exit_code == ends, found.output
    return found.output


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A plan of the shop of late cakes, whose table promises sales from the start, and two weeks without any."""
    folder = tmp_path_factory.mktemp("cakes")
    question = written(folder, BASE.replace(",cake,,0", ",cake,,60"))
    (folder / "actuals.csv").write_text(NOTHING_YET)
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        run("plan", str(question), "--effort", "quick", "--plans", "1", "--out", str(folder / "plan"))
    return str(folder / "plan"), str(folder / "actuals.csv")


def test_monitor_says_that_goods_are_not_there_yet_and_what_they_risk(running: tuple[str, str]) -> None:
    """No week before counts as sold out, and the chance of running out after the goods have come is told as such."""
    answer = run("monitor", *running)
    assert "was sold out" not in answer and "no stock left" not in answer
    assert "cake is not there yet: the first goods come on 2026-12-28" in answer
    row = next(line for line in answer.splitlines() if line.startswith("stock:cake"))
    assert "empty" not in row
    assert 20 <= int(re.search(r"(\d+)%", row)[1]) <= 80  # type: ignore[index]
    assert re.search(r"01-04|12-28", row)


def test_replan_does_not_count_weeks_before_the_goods_as_sold_out(
    running: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left out as sold out are weeks in which something was there to sell, not these."""
    little_work(monkeypatch)
    answer = run("replan", *running, "--effort", "quick", "--out", str(tmp_path / "next"))
    assert "nothing of demand is told by it" not in answer
    lines = (tmp_path / "next" / "plans.json").read_text()
    assert "nothing to sell before 2026-12-28, so no line is planned on it before" in lines


def test_a_shelf_that_runs_empty_after_the_goods_came_is_still_told(running: tuple[str, str], tmp_path: Path) -> None:
    """All 7,000 cakes of the first arrival are sold in their week: that is a stock-out until more arrives."""
    rows = [f"2026-{day},cake,0,0\n" for day in ("11-30", "12-07", "12-14", "12-21")]
    late = tmp_path / "late.csv"
    late.write_text("date,product,units,revenue\n" + "".join(rows) + "2026-12-28,cake,7000,1323000\n")
    answer = run("monitor", running[0], str(late), ends=1)
    assert "cake was sold out between 2026-12-28 and 2027-01-03 (1 period)" in answer
    assert "not there yet" not in answer


def test_agreed_lines_on_goods_still_to_come_may_stay_in_a_plan_that_runs(
    tmp_path: Path,
) -> None:
    """A person's plan with displays before the goods runs: planning the rest again never takes from what it earns."""
    question = written(tmp_path, BASE.replace(",cake,,0", ",cake,,60"))
    problem = build_problem(str(question))
    lines = tuple(
        PlanLine(date=dt.date.fromisoformat(day), product="cake", segment="*", offer="display", coverage=1.0)
        for day in ("2026-12-21", "2026-12-28")
    )
    plan = problem.grid.plan_of(lines)
    kept = with_agreed(problem, plan).rulebook
    assert problem.rulebook.violations(plan) == 1 and kept.violations(plan) == 0
    assert int(kept.open[:6, 1].sum()) == 3  # that week beside the two with goods, and no other
    (said,) = told_agreed(problem, plan)
    assert said.startswith("1 line of the plan that runs stands where there is nothing to sell (display for cake on ")
    assert with_agreed(problem, problem.grid.plan_of(lines[1:])) is problem

"""What comes after the first plan, where the objective is a front or careful: each works, and says what it looks at."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import run
from few_futures import few_futures
from flight_case import Running, line, running
from little_watch import little_watch
from little_work import little_work
from replan_case import again, happened, sold
from shop import write_shop

from constraints.checking.check import check
from planner.replan.replan import ReplanParams
from planner.replan.replanned import aims
from planner.simulate.campaign import CampaignParams
from planner.simulate.loop import LoopParams, Policy, simulate
from scenarios.answer.plan_files import read_plans, write_plans
from scenarios.language.aim import Aim
from scenarios.market.likeness import likeness

_few_futures = few_futures

FRONT = {"pareto": {"spend": "min", "profit": "max"}}
CAREFUL = {"risk": {"cvar": "20%"}}
SAID = {
    "front": "the rest was planned again for less spend, the first measure of the front",
    "careful": "the rest was planned again for expected profit; the objective is the mean profit over the worst 20%",
}
AIMS = pytest.mark.parametrize("aim", [FRONT, CAREFUL], ids=["front", "careful"])


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of a search is tested here, not how good it is."""
    little_work(monkeypatch, work=0.5)
    little_watch(monkeypatch)


def aimed(folder: Path, aim: object) -> Running:
    """The shop with its plan, and another objective."""
    return running(folder, shop={"objective: profit": f"objective: {json.dumps(aim)}"})


@AIMS
def test_the_rest_is_planned_again_and_the_answer_says_for_what(aim: object, tmp_path: Path) -> None:
    """A re-planning follows the leading measure, or expected profit; it says so, and `check` proves the folder."""
    case = aimed(tmp_path, aim)
    found = again(case, happened(case, sold(case, lift={"cut-15": 0.3})), change_cost=Decimal(0))
    assert found.plan_set is not None and found.after is not None
    name = "front" if aim is FRONT else "careful"
    assert any(note.startswith(SAID[name]) for note in found.plan_set.note_texts)
    assert (found.plan_set.front is not None) == (aim is FRONT)
    assert found.plan_set.bound is None
    if aim is FRONT:
        assert found.after.spend <= found.before.spend
    write_plans(tmp_path / "new", found.plan_set, found.accounts, found.frozen)
    report = check(tmp_path / "new")
    assert report.ok, (report.differences, report.violations)


def test_the_leading_measure_is_said_in_words() -> None:
    """People read no underscores."""
    scenario = SimpleNamespace(objective=Aim.model_validate({"pareto": ["customers_reached", "profit"]}))
    told = SimpleNamespace(frozen=SimpleNamespace(scenario=scenario))
    assert aims(told) == ("the rest was planned again for more customers reached, the first measure of the front",)


@AIMS
def test_a_sweep_follows_the_leading_measure_or_the_careful_worth(aim: object, tmp_path: Path) -> None:
    """Every point has one plan with its objective, leading measure or worth over the futures; folders pass `check`."""
    path = write_shop(tmp_path)
    options = ("--vary", "limits.total-budget.max=40000,80000", "--set", f"objective={json.dumps(aim)}")
    result = run("sweep", path, *options, "--effort", "quick", "--out", tmp_path / "sweep", "--json")
    assert result.exit_code == 0, result.stderr
    points = json.loads(result.stdout)["points"]
    assert [point["status"] for point in points] == ["planned", "planned"]
    for number, point in enumerate(points, start=1):
        folder = tmp_path / "sweep" / f"point-{number:03d}"
        plans = read_plans(folder).plan_set
        assert len(plans.plans) == 1 and point["objective"] == float(plans.plans[0].objective)
        if plans.plans[0].objectives is not None:
            assert plans.plans[0].objective == -plans.plans[0].objectives["spend"]
        assert run("check", folder).exit_code == 0


@AIMS
def test_a_campaign_with_another_aim_is_simulated(aim: object, tmp_path: Path) -> None:
    """The planner's campaign runs and is planned again on the way, whatever is aimed at; gains are profit as ever."""
    case = aimed(tmp_path, aim)
    market = likeness(case.grid, case.frozen.effects, 1, per_segment=300)
    params = LoopParams(campaigns=1, campaign=CampaignParams(replans=1, replan=ReplanParams(notice=0)))
    (course,) = simulate(case.problem, market, (Policy.PLANNER,), params)
    ran = course.seasons[0].ran
    assert np.isfinite([ran.forecast, ran.gained, ran.spend]).all()
    assert line(4, "phone", "cut-15") in ran.lines  # locked by a rule of the shop

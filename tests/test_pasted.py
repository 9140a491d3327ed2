"""Suggested commands ask the same question when they are pasted, and answers without a plan are documents too."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from command_line import run
from few_futures import few_futures
from flight_case import LINES, running
from little_work import little_work
from lived import lived_units, write_actuals
from plan_folders import write_folder

from planner.commands.suggested.pasted import pasted

_few_futures = few_futures


def test_a_suggested_command_is_read_back_by_a_shell() -> None:
    """Texts with spaces are quoted, options given several times stand as often, those not given are left out."""
    options = {"--set": ["a.b=1", "c={x: y}"], "--seed": None, "--plans": 3}
    line = pasted("campaign plan", "my shop.yaml", options=options)
    assert shlex.split(line) == [
        "campaign",
        "plan",
        "my shop.yaml",
        "--set",
        "a.b=1",
        "--set",
        "c={x: y}",
        "--plans",
        "3",
    ]


def test_validate_and_plan_suggest_the_question_that_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A what-if, another seed and the effort stay in the next command: without them it would answer something else."""
    little_work(monkeypatch)
    budget = "limits.total-budget.max=3000"
    valid = run("validate", "template-basic", "--set", budget)
    assert f"next: campaign plan template-basic --set {budget} --out plans/" in valid.stderr
    planned = run("plan", "template-basic", "--set", budget, "--effort", "quick", "--seed", "7", "--plans", "1")
    given = f"--seed 7 --effort quick --plans 1 --set {budget} --out plans/"
    assert f"next: campaign plan template-basic {given} keeps the plans" in planned.stderr


def test_a_front_is_explained_by_the_plan_that_was_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next commands name the knee, which stands in full on the screen."""
    little_work(monkeypatch)
    folder = tmp_path / "front"
    front = "objective={pareto: {profit: max, spend: min}}"
    planned = run("plan", "template-basic", "--set", front, "--effort", "quick", "--plans", "4", "--out", folder)
    assert planned.exit_code == 0, planned.stderr
    knee = json.loads((folder / "plans.json").read_text("utf-8"))["front"]["knee"]
    which = "" if knee == 1 else f" --plan {knee}"
    assert f"campaign explain {folder}{which}," in planned.stderr
    assert f"Plan {knee} in full" in planned.stdout


def test_a_replanning_hands_on_all_that_it_was_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pasted, the next commands plan from the same plan with the same notice, cost and effort, and compare it."""
    little_work(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    (tmp_path / "shop").mkdir()
    case = running(tmp_path / "shop")
    write_folder(case.problem, tmp_path / "two", LINES, LINES[:-1])
    ran = case.grid.plan_of(LINES[:-1])
    units = lived_units(case.model, case.frozen.effects, ran, seed=3)[0]
    write_actuals(tmp_path / "a.csv", case.frozen, case.model, ran, units, 2)
    options = ("--plan", "2", "--as-of", "2026-11-03", "--notice", "2 days", "--change-cost", "7", "--effort", "normal")
    told = run("replan", "two", "a.csv", *options)
    assert told.exit_code == 0, told.stderr
    given = "--plan 2 --as-of 2026-11-03 --notice '2 days' --change-cost 7 --effort normal --out new/"
    assert f"next: campaign replan two a.csv {given} keeps the plan\n" in told.stderr
    plain = run("replan", "two", "a.csv")
    assert "next: campaign replan two a.csv --out new/ keeps the plan\n" in plain.stderr
    kept = run("replan", "two", "a.csv", *options, "--out", "new", "--key", "my key")
    assert "wrote new; next: campaign check new --key 'my key', campaign compare two:2 new\n" in kept.stderr
    assert run("compare", "two:2", "new").exit_code == 0


def test_json_says_no_where_no_plan_keeps_the_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One document on standard output, as for every answer: it was empty."""
    little_work(monkeypatch)
    lines = tmp_path / "mine.csv"
    lines.write_text("date,product,segment,offer\n2027-03-01,grinder,*,equipment-20\n", "utf-8")
    budget = ("--set", "limits.total-budget.max=0.01")
    result = run("plan", "template-basic", "--effort", "quick", "--start", lines, "--keep", "100%", *budget, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["format"] == "campaign-conflict/1"
    assert "leave it out to see what stands in the way" in result.stderr

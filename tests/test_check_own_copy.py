"""Finance's own copy of the question beside a plan folder: what differs, in words, and the verdict as it is printed."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from few_futures import few_futures
from plan_directory import Figure, edit, phone_plans, plans_to_spoil, said
from rich.console import Console

from constraints.checking.check import check
from planner.report.check import show_check
from planner.report.check_json import check_json

_few_futures = few_futures

pristine = phone_plans
folder = plans_to_spoil


def test_finance_compares_with_its_own_copy(folder, tmp_path):
    """A copy of the question with another budget is named by key; an equal copy is not."""
    question = folder / "problem" / "question"
    own = Path(shutil.copytree(question, tmp_path / "own")) / "phone-flash-sale.yaml"
    assert check(folder, own).differences == ()
    own.write_text(own.read_text("utf-8").replace("max: 800000}", "max: 700000}"), "utf-8")
    found = said(folder, own)
    assert any("limits.total-budget.max: expected 700000, got 800000" in text for text in found)


def printed(report) -> str:
    """Return what a person reads of a report."""
    screen = Console(file=io.StringIO(), width=400)
    screen.print(*show_check(report))
    return screen.file.getvalue()


def test_a_copy_that_asks_another_question_is_said_first(folder):
    """Another scenario is one line on top, ten of its differences and their number; tampering is shown all the same."""
    plans = folder / "plans.json"
    edit(folder, lambda data: data["plans"][0]["outcome"].update(spend=Figure("123.00")))
    report = check(folder, "singles-day")
    text = printed(report)
    top = text.splitlines()[0]
    assert "asks another question than the one that was planned" in top
    assert "scenario (singles-day; planned: phone-flash-sale)" in top and "offers (" in top and "horizon (" in top
    assert text.count("(against ") == 10
    assert f"and {len(report.own_differences) - 10} more differences from your copy" in text
    assert f"{plans.name}: plans[0].outcome.spend" in text
    assert not report.ok and check_json(report)["another_question"] == report.another_question
    assert len(check_json(report)["differences"]) == len(report.differences)


def test_a_copy_with_another_limit_asks_the_same_question(folder, tmp_path):
    """Another budget changes no axis: every difference is shown, and nothing is said of another question."""
    own = Path(shutil.copytree(folder / "problem" / "question", tmp_path / "own")) / "phone-flash-sale.yaml"
    own.write_text(own.read_text("utf-8").replace("max: 800000}", "max: 700000}"), "utf-8")
    report = check(folder, own)
    assert report.another_question == "" and report.own_differences
    assert all(str(entry) in printed(report) for entry in report.differences)


def test_a_copy_with_another_objective_is_told_in_words(folder, tmp_path):
    """Both objectives are named as people say them, in one difference, not as a count of keys."""
    own = Path(shutil.copytree(folder / "problem" / "question", tmp_path / "own")) / "phone-flash-sale.yaml"
    text = own.read_text("utf-8")
    own.write_text(text.replace("objective: profit", "objective: {pareto: {profit: max, spend: min}}"), "utf-8")
    differences = [str(entry) for entry in check(folder, own).differences]
    assert len(differences) == 1
    assert differences[0].endswith("objective: expected more profit against less spend, got profit")


def test_every_column_of_the_verdict_has_a_heading(folder):
    """The table of plans says over ``kept`` what it is: the verdict."""
    heading = next(line for line in printed(check(folder)).splitlines() if line.startswith("#"))
    assert heading.split()[-1] == "verdict"

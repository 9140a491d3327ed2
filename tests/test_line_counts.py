"""Limits on how many lines a plan holds: counted by scope, kept by the search, asked for in plain words."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from command_line import run
from shop import write_shop

from planner.commands.given.lines_file import read_plan
from planner.problem import build_problem
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.language.scope import Scope
from scenarios.language.words import Measure

LINES = """\
date,product,segment,offer,coverage
2026-11-03,phone,,cut-15,
2026-11-04,phone,,cut-15,
2026-11-03,case,young,coupon-20,50%
2026-11-03,case,old,coupon-20,100%
2026-11-05,basket,old,save-200,
2026-11-06,case,,front,
"""
BUDGET = "  - {id: total-budget, measure: spend, max: 80000}\n"


@pytest.mark.parametrize(
    ("scope", "lines"),
    [
        ({}, 6),
        ({"layer": "public"}, 3),
        ({"layer": "targeted"}, 3),
        ({"layer": "targeted", "segments": ["old"]}, 2),
        ({"products": ["case"]}, 3),
        ({"products": ["basket"]}, 1),
        ({"vendor": "nova"}, 2),
        ({"mechanics": ["coupon", "feature"], "periods": ["2026-11-03..2026-11-04"]}, 2),
        ({"channels": ["push"]}, 3),
    ],
)
def test_a_public_line_counts_once_and_a_targeted_one_by_segment(
    scope: dict[str, object], lines: int, tmp_path: Path
) -> None:
    """By the account, over every kind of scope."""
    (tmp_path / "lines.csv").write_text(LINES, "utf-8")
    problem = build_problem(str(write_shop(tmp_path)))
    plan = read_plan(tmp_path / "lines.csv", problem.grid)
    book = account(problem.model, plan)
    assert Fraction(measured(book, Measure.LINES, Scope.model_validate(scope)), 1000) == lines


def test_limits_on_lines_are_told_in_whole_lines(tmp_path: Path) -> None:
    """Over the horizon, week by week, and as a share of all lines."""
    limits = """\
  - {id: few, measure: lines, max: 5}
  - {id: busy, measure: lines, min: 2, each: week, where: {layer: public}}
  - {id: not-all-nova, measure: lines, max: 30%, where: {vendor: nova}, share_of: {measure: lines}}
"""
    path = write_shop(tmp_path)
    path.write_text(path.read_text("utf-8").replace(BUDGET, BUDGET + limits), "utf-8")
    (tmp_path / "lines.csv").write_text(LINES, "utf-8")
    told = run("score", path, tmp_path / "lines.csv")
    assert told.exit_code == 1
    rows = {row.split()[0]: " ".join(row.split()) for row in told.stdout.splitlines() if row.strip()}
    assert rows["few"].startswith("few lines max 5 6 -")
    assert rows["busy"].startswith("busy lines min, each week 2 0 -")
    assert rows["not-all-nova"].startswith("not-all-nova lines / lines max 30.00% 33.33% -")

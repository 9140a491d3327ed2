"""Why lines of a given plan cannot stay is said, as far as that is seen without a search."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from plan_folders import basic_problem, good_lines, line

from planner.evolution.kept import least_kept
from planner.figures import given, parse_share_option
from planner.problem import build_problem
from planner.report.not_kept import why_not_kept
from planner.run.notes.kept_lines import TooMany, too_many


def test_lines_that_break_a_limit_by_themselves_are_counted():
    """Four of six lines spend 532.88 at the least; of 500 there is room for three, which is half of them."""
    problem = build_problem("template-basic", ("limits.total-budget.max=500",))
    start = problem.grid.plan_of(good_lines(problem))
    (found,) = too_many(problem, start, 0.6)
    assert (found.least, found.fit, found.total) == (4, 3, 6)
    assert found.limit.used == Decimal("532.88")
    assert why_not_kept(problem, start, 0.6, "mine.csv", 0) == (
        "limit total-budget: the 4 of 6 lines that use least of it come to 532.88 by themselves, at most 500.00 "
        "allowed; 3 fit (--keep 50%)",
    )
    assert too_many(problem, start, found.share) == ()  # what is offered fits


@pytest.mark.parametrize(("bound", "said"), [("100", "1 fits (--keep 16%)"), ("10", "not one fits")])
def test_how_many_fit_is_never_more_than_do(bound, said):
    """One of six lines is 16.7 % of them, and 17 % would be two."""
    problem = build_problem("template-basic", (f"limits.total-budget.max={bound}",))
    assert why_not_kept(problem, problem.grid.plan_of(good_lines(problem)), 0.6, "mine.csv", 0)[0].endswith(said)


def test_one_line_is_told_of_as_one():
    """A single line, or one of several, that is too much by itself."""
    problem = build_problem("template-basic", ("limits.total-budget.max=10",))
    lines = good_lines(problem)
    (of_six,) = why_not_kept(problem, problem.grid.plan_of(lines), 0.01, "mine.csv", 0)
    assert of_six.startswith("limit total-budget: the 1 of 6 lines that uses least of it comes to ")
    (only,) = why_not_kept(problem, problem.grid.plan_of(lines[:1]), 1.0, "mine.csv", 0)
    assert only.startswith("limit total-budget: the line that uses least of it comes to ")
    for told in (of_six, only):
        assert " by itself, at most 10.00 allowed; not one fits" in told


@pytest.mark.parametrize(
    ("fit", "total", "said"), [(2, 250, "0.8%"), (1, 300, "0.3%"), (3, 250, "1%"), (29, 100, "29%")]
)
def test_the_share_that_is_advised_keeps_a_line_and_no_more_than_fit(fit, total, said):
    """2 of 250 lines are no whole percent, and --keep 0% keeps nothing at all."""
    found = TooMany(limit=None, least=total, fit=fit, total=total)  # type: ignore[arg-type]
    assert given(found.share) == said
    assert 1 <= least_kept(np.ones(total, np.int8), parse_share_option(said, option="--keep")) <= fit


def test_else_what_the_plan_breaks_as_it_stands_is_said():
    """A rule, or a limit that fewer lines may keep, is named; of a plan that breaks nothing there is nothing to say."""
    problem = basic_problem()
    days = [line(problem, day, "espresso-1kg", "coffee-flash") for day in (1, 2, 3)]
    (told,) = why_not_kept(problem, problem.grid.plan_of(tuple(days)), 1.0, "mine.csv", 0)
    assert told.startswith("mine.csv as it stands breaks rule ")
    assert why_not_kept(problem, problem.grid.plan_of(good_lines(problem)), 1.0, "mine.csv", 0) == ()

"""Why lines of a given plan cannot stay is said, as far as that is seen without a search."""

from __future__ import annotations

from decimal import Decimal

import pytest
from plan_folders import basic_problem, good_lines, line

from planner.problem import build_problem
from planner.report.not_kept import why_not_kept
from planner.run.kept_lines import too_many


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


@pytest.mark.parametrize(("bound", "said"), [("100", "1 fit (--keep 16%)"), ("10", "not one fits")])
def test_how_many_fit_is_never_more_than_do(bound, said):
    """One of six lines is 16.7 % of them, and 17 % would be two."""
    problem = build_problem("template-basic", (f"limits.total-budget.max={bound}",))
    assert why_not_kept(problem, problem.grid.plan_of(good_lines(problem)), 0.6, "mine.csv", 0)[0].endswith(said)


def test_else_what_the_plan_breaks_as_it_stands_is_said():
    """A rule, or a limit that fewer lines may keep, is named; of a plan that breaks nothing there is nothing to say."""
    problem = basic_problem()
    days = [line(problem, day, "espresso-1kg", "coffee-flash") for day in (1, 2, 3)]
    (told,) = why_not_kept(problem, problem.grid.plan_of(tuple(days)), 1.0, "mine.csv", 0)
    assert told.startswith("mine.csv as it stands breaks rule ")
    assert why_not_kept(problem, problem.grid.plan_of(good_lines(problem)), 1.0, "mine.csv", 0) == ()

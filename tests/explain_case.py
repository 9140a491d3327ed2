"""A small problem with a good plan, explained once for all tests."""

from __future__ import annotations

from functools import cache

import numpy as np
from plan_folders import basic_problem, good_lines

from planner.evaluation.evaluator import Evaluator
from planner.problem import Problem
from planner.reasons.standing.explain import Explanation, explain_plan
from planner.run.scored import score_plan
from scenarios.answer.plan import LineResult
from scenarios.grid import Grid


@cache
def small_problem() -> Problem:
    """Return the small problem of plan folders."""
    return basic_problem()


@cache
def small_explanation() -> Explanation:
    """Explain its good plan."""
    problem = small_problem()
    plan = problem.grid.plan_of(good_lines(problem))
    return explain_plan(Evaluator(problem.model, problem.limits), score_plan(problem, plan).plan)


def swapped(grid: Grid, old: LineResult, offer: str, coverage: float) -> np.ndarray:
    """Return the good plan with another offer and coverage in place of a line."""
    lines = [each for each in good_lines(small_problem()) if each != old.line]
    return grid.plan_of((*lines, old.line.model_copy(update={"offer": offer, "coverage": coverage})))

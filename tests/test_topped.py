"""No plan is shown that a single change would plainly improve."""

from __future__ import annotations

import numpy as np
import pytest
from little_work import little_work

import planner.run.deepening
from planner.evaluation.evaluator import Evaluator
from planner.evolution.baselines import Baselines
from planner.evolution.topped import WORTH, topped
from planner.evolution.workspace import Candidate, Plan, Workspace
from planner.problem import Problem, build_problem
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams

EXPECTED = "limits=[{id: total-budget, measure: spend, max: 3000}, {id: margin, measure: margin_rate, min: 20%}]"


@pytest.fixture(scope="module")
def problem() -> Problem:
    """The template without a limit at risk: what a change breaks is known from its expected use."""
    return build_problem("template-basic", (EXPECTED,))


def _best_change(space: Workspace, candidate: Candidate) -> float:
    """Gain of the best of all single changes that keep every limit and rule, one by one."""
    best, allowed = 0.0, space.rules.allowed(candidate.plan)
    for slot in range(len(candidate.plan)):
        for choice in np.flatnonzero(allowed[slot]):
            plan = candidate.plan.copy()
            plan[slot] = choice
            changed = space.score(plan)
            if changed.feasible and not space.rules.violations(plan):
                best = max(best, changed.objective - candidate.objective)
    return best


def test_nothing_is_left_that_one_change_gains(problem: Problem) -> None:
    """From the plan without a line on, until no change of one slot gains, by trying all of them."""
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    empty = space.score(problem.grid.empty())
    found = topped(space, empty)
    assert found.feasible and not space.rules.violations(found.plan)
    assert _best_change(space, empty) > 1.0
    assert _best_change(space, found) <= WORTH


def test_where_the_time_is_over_nothing_is_tried(problem: Problem) -> None:
    """A run that ends by the clock keeps its plan as it is."""
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    empty = space.score(problem.grid.empty())
    assert topped(space, empty, over=lambda: True) is empty


def test_what_a_search_has_chosen_is_topped_before_it_is_shown(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the plan without a line all that was chosen, the plan shown would still leave no single change."""
    little_work(monkeypatch, work=1.0)
    none = Baselines(uniform=None, greedy=None, last_campaign=None)
    monkeypatch.setattr(planner.run.deepening, "distinct_plans", lambda space, *_, **__: (space.score(_empty(space)),))
    monkeypatch.setattr(planner.run.deepening, "baselines", lambda *_: none)
    result = plan_campaign(problem, SearchParams(effort=Effort.QUICK, plans=1))
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    assert len(result.plans[0].nonzero()[0]) > 0
    assert _best_change(space, space.score(result.plans[0])) <= 2 * WORTH


def _empty(space: Workspace) -> Plan:
    return space.grid.empty()

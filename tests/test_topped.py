"""No plan is shown that a single change would plainly improve."""

from __future__ import annotations

import numpy as np
import pytest
from little_work import little_work

import planner.run.deepening
from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.shown.baselines import Baselines
from planner.evolution.shown.topped import WORTH, topped, topped_at_risk
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import Problem, build_problem
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.arrays import Plan
from scenarios.futures.draws import draw

AT_RISK = "limits=[{id: total-budget, measure: spend, max: 1500, at_risk: 90%}]"
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


def test_where_limits_must_hold_at_risk_the_ledger_says_which_changes_keep_them() -> None:
    """Bounds that another plan's risk has made too strict stop no change that the ledger passes."""
    problem = build_problem("template-basic", (AT_RISK,))
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    start = topped(_strict(space), space.score(problem.grid.empty()))
    found = topped_at_risk(space, ledger, start)
    assert found.objective > start.objective + 1.0
    assert ledger.verdict(found.plan).ok
    assert space.bound[0] == pytest.approx(300.0)
    wide = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    left = [plan for plan in _better(wide, found) if ledger.verdict(plan).ok]
    assert not left, "no single change that the ledger passes gains"
    broken = wide.score(_everything(wide))
    assert not ledger.verdict(broken.plan).ok and topped_at_risk(wide, ledger, broken) is broken


def _strict(space: Workspace) -> Workspace:
    """Tighten the only bound, as a plan whose futures spread widely would."""
    space.bound[:] = 300.0
    return space


def _better(space: Workspace, candidate: Candidate) -> list[Plan]:
    """All single changes that gain and keep rules and expected bounds, one by one."""
    found, allowed = [], space.rules.allowed(candidate.plan)
    for slot, choice in zip(*np.nonzero(allowed), strict=True):
        plan = candidate.plan.copy()
        plan[slot] = choice
        changed = space.score(plan)
        if changed.feasible and changed.objective > candidate.objective + WORTH and not space.rules.violations(plan):
            found.append(plan)
    return found


def _everything(space: Workspace) -> Plan:
    """The first offer that each slot may hold, in every slot."""
    return np.where(space.rules.base[:, 1:].any(axis=1), space.rules.base[:, 1:].argmax(axis=1) + 1, 0).astype(np.int8)


def test_what_a_search_has_chosen_is_topped_before_it_is_shown(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the plan without a line all that was chosen, the plan shown would still leave no single change."""
    little_work(monkeypatch, work=1.0)
    none = Baselines(uniform=None, greedy=None, last_campaign=None)
    monkeypatch.setattr(planner.run.deepening, "distinct_plans", lambda space, *_, **__: (space.score(_empty(space)),))
    monkeypatch.setattr(planner.run.deepening, "baselines", lambda *_, **__: none)
    result = plan_campaign(problem, SearchParams(effort=Effort.QUICK, plans=1))
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    assert len(result.plans[0].nonzero()[0]) > 0
    assert _best_change(space, space.score(result.plans[0])) <= 2 * WORTH


def _empty(space: Workspace) -> Plan:
    return space.grid.empty()


def test_a_line_moves_to_a_better_day_where_no_single_change_gains() -> None:
    """One sale of a product is all that the rule allows: a second one breaks it, and without the first there is less.

    What tiredness is left after the last day is charged, so that the first days are the best ones.
    """
    rule = "{id: once, rule: max_frequency, max: 1, periods: 14, where: {mechanics: [price_discount, flash_sale]}}"
    problem = build_problem("template-basic", (EXPECTED, f"rules=[{rule}]"))
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    best = topped(space, space.score(problem.grid.empty()))
    late = best.plan.copy()
    for slot in np.flatnonzero(best.plan):
        late[slot], late[slot // 14 * 14 + 13] = 0, best.plan[slot]
    start = space.score(late)
    assert start.feasible and start.objective < best.objective - 100.0
    assert topped(space, start).objective < best.objective - 100.0
    found = topped(space, start, moves=True)
    assert found.feasible and not space.rules.violations(found.plan)
    assert found.objective >= best.objective - WORTH

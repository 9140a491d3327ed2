"""A careful search knows the plan of most expected profit, and ends with the plan of the highest worth over futures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from all_plans import plans_of
from bold_or_steady import bold_or_steady
from little_work import little_work
from tiny_problem import problem

import planner.evolution.shown.choice
import planner.run.deepening
from constraints.ledger import Ledger
from planner.evaluation.tilted import TiltedEvaluator
from planner.evolution.careful import Careful
from planner.evolution.finish import Finish
from planner.evolution.shown.choice import checked_plans
from planner.evolution.shown.topped_over_futures import topped_over_futures
from planner.evolution.state import begin
from planner.evolution.workspace import Workspace
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.futures.draws import draw

BOLD, STEADY = 1, 2


class Case:
    """The shop, with everything that a careful search works with."""

    def __init__(self, objective: object) -> None:
        scenario, effects = bold_or_steady(objective)
        self.problem = problem(scenario, effects, None)
        evaluator = TiltedEvaluator(self.problem.model, self.problem.limits)
        self.space = Workspace(evaluator, self.problem.rulebook)
        self.ledger = Ledger(self.problem.model, effects, draw(self.problem.grid, effects, 1))
        self.careful = Careful(self.problem, evaluator, self.ledger)

    def all_of(self, choice: int) -> np.ndarray:
        """One offer wherever it may be."""
        plan = self.problem.grid.empty()
        plan[self.problem.grid.allowed_flat[:, choice]] = choice
        return plan


@pytest.mark.parametrize(("objective", "best"), [({"mean_minus_sd": 1}, STEADY), ({"mean_minus_sd": 0.001}, BOLD)])
def test_the_profit_plan_and_the_careful_one_both_stay(objective, best) -> None:
    """Whichever is worth more over the futures is kept, and goes on under every new tilt, wherever the search is."""
    case = Case({"risk": objective})
    steady, bold = (case.space.score(case.all_of(choice)) for choice in (STEADY, BOLD))
    before, plain = (begin(each, case.space.no_prices()) for each in (steady, bold))
    state = case.careful.beside(before, plain)
    assert {plan.tobytes() for plan in state.population} == {steady.plan.tobytes(), bold.plan.tobytes()}
    case.careful.consider(before)
    kept = case.all_of(best)
    assert np.array_equal(case.careful.best(case.space, 1)[0].plan, kept)
    state = replace(state, population=case.problem.grid.empty()[None], objectives=(0.0,))
    moved = case.careful.moved(case.space, case.careful.moved(case.space, state))
    assert any(np.array_equal(plan, kept) for plan in moved.population)
    assert np.array_equal(case.careful.settled(case.space, moved).best.plan, kept)


@pytest.mark.parametrize("objective", [{"cvar": "10%"}, {"mean_minus_sd": 1}])
def test_last_changes_lead_to_the_best_plan_over_the_futures(objective) -> None:
    """From the plan of most expected profit, single changes that the futures confirm come to what enumeration finds."""
    case = Case({"risk": objective})
    case.careful.keep(case.space.score(case.all_of(BOLD)))
    begun = case.careful.elites.members[0].objective
    topped_over_futures(case.space, case.careful, case.ledger, over=lambda: True)
    topped_over_futures(case.space, case.careful, case.ledger, 0.0)
    assert case.careful.elites.members[0].objective == begun
    topped_over_futures(case.space, case.careful, case.ledger)
    everything = max(case.careful.worth(plan) for plan in plans_of(case.problem.grid.allowed_flat))
    assert case.careful.elites.members[0].objective == pytest.approx(everything)


def test_futures_of_a_plan_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take most of a short search's time: a plan that leads for long is not drawn again at every tilt."""
    case, asked = Case({"risk": {"cvar": "10%"}}), []
    gained = case.ledger.gained
    monkeypatch.setattr(case.ledger, "gained", lambda plan: asked.append(plan.tobytes()) or gained(plan))
    state = begin(case.space.score(case.all_of(BOLD)), case.space.no_prices())
    for _ in range(3):
        state = case.careful.moved(case.space, state)
    assert len(asked) == 1


@pytest.mark.parametrize("seconds", [None, 4.0])
def test_a_careful_run_never_ends_below_its_profit_search(monkeypatch: pytest.MonkeyPatch, seconds) -> None:
    """What the search for expected profit held is valued over the futures, with and without a limited time."""
    little_work(monkeypatch)
    case, held = Case({"risk": {"mean_minus_sd": 0.2}}), []
    evolve = planner.run.deepening.evolve

    def watched(space, finish, state, params, rng):
        for after in evolve(space, finish, state, params, rng):
            held.append(after.best.plan)
            yield after

    monkeypatch.setattr(planner.run.deepening, "evolve", watched)
    found = plan_campaign(case.problem, SearchParams(seed=1, effort=Effort.QUICK, plans=1, seconds=seconds))
    assert found.plan_set is not None
    assert float(found.plan_set.plans[0].objective) >= float(case.ledger.objective(held[0]))


def test_a_line_that_the_futures_want_is_not_dropped_as_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which lines are idle is told by expected effects and the tilt in force: the futures have the last word."""
    case = Case({"risk": {"mean_minus_sd": 1}})
    plan = case.all_of(STEADY)
    shorter = plan.copy()
    shorter[np.flatnonzero(plan)[0]] = 0
    assert case.ledger.objective(shorter) < case.ledger.objective(plan)
    monkeypatch.setattr(planner.evolution.shown.choice, "without_idle", lambda space, _: space.score(shorter))
    ((kept, report),) = checked_plans(case.space, Finish(case.space), case.ledger, (case.space.score(plan),))
    assert np.array_equal(kept.plan, plan)
    assert report.objective == case.ledger.objective(plan)

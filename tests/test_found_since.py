"""A plan that is found where first plans failed is where a search goes on from, not where it ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from little_work import little_work
from shop import load_shop

import planner.run.opening
from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.start.first import FirstParams, first_plans
from planner.evolution.state import State
from planner.evolution.workspace import Workspace
from planner.problem import problem_of
from planner.progress import ignore
from planner.run.effort import Effort
from planner.run.opening import found_state
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.arrays import Plan
from scenarios.futures.draws import draw
from scenarios.streams import stream

PARAMS = SearchParams(seed=0, effort=Effort.QUICK, plans=1, cross_fit=False)


class Case:
    """A shop whose budget holds at risk, a poor plan that keeps everything, and a rich one that does not."""

    def __init__(self, folder: Path) -> None:
        problem = problem_of(load_shop(folder, shop={"max: 80000": "max: 40000, at_risk: 90%"}))
        self.space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
        self.finish = Finish(self.space)
        self.ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
        self.poor: Plan = self.space.rules.repair(self.space.rules.locked_plan())
        assert self.ledger.verdict(self.poor).ok
        (made, *_), _ = first_plans(self.space, self.finish, self.poor, FirstParams(starts=1), stream(0, "rich"))
        lines = np.flatnonzero(self.space.rules.allowed(made.plan)[:, 1] & (made.plan == 0))
        self.rich = made.plan.copy()
        self.rich[lines[: len(lines) // 2]] = 1
        self.rich = self.space.rules.repair(self.rich)
        assert not self.ledger.verdict(self.rich).ok

    def state(self, seen: tuple[Plan, ...] | None) -> tuple[State, bool]:
        """What a search opens with."""
        watch = Watch(PARAMS, ignore)
        return found_state(self.space, self.finish, self.ledger, self.poor, seen, PARAMS, watch)


def test_a_search_goes_on_from_what_first_plans_hold_within_its_own_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tries that failed leave bounds far too tight, under which every plan but the poor one breaks something."""
    little_work(monkeypatch)
    case = Case(tmp_path)
    case.space.bound[:] = -1.0
    case.space.available[:] = 0.0
    state, pressed = case.state((case.rich,))
    assert not pressed
    assert state.best.objective > case.space.score(case.poor).objective + 1000
    assert case.ledger.verdict(state.best.plan).ok
    assert (case.space.bound > 0).any()
    assert np.array_equal(case.space.available, case.space.limits.available)


def test_ctrl_c_leaves_the_plan_that_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is made of it, and while it is."""
    case = Case(tmp_path)
    state, pressed = case.state(None)
    assert pressed and np.array_equal(state.best.plan, case.poor)

    def stopped(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(planner.run.opening, "warm_start", stopped)
    state, pressed = case.state((case.rich,))
    assert pressed and np.array_equal(state.best.plan, case.poor)

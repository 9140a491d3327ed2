"""Yardsticks and checks take their time, not the search's: windows cost no pass each, plans wait for no others."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import problem

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.shown.baselines import baselines, greedy
from planner.evolution.shown.choice import checked_plans
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import Problem, build_problem
from scenarios.futures.draws import draw
from scenarios.language.schema import Limit
from scenarios.language.values import Share


def _asked(limit: dict[str, object], **risk: Share) -> Problem:
    """A tiny question under one limit, of the shape of `test_search_steps`: what is compiled for it serves."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(11), segments=2, products=3, periods=4, baskets=True, stock=True, rules=False
    )
    changes = {"limits": (Limit.model_validate(limit),), "risk": scenario.risk.model_copy(update=risk)}
    return problem(scenario.model_copy(update=changes), effects, baskets)


def _space(asked: Problem) -> Workspace:
    return Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)


def _passes(limit: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How often the greedy yardstick asks for the gains of all changes, and how many rows limits have."""
    space = _space(build_problem("template-basic", (f"limits=[{limit}]",)))
    asked: list[int] = []
    plain = Workspace.gains_everywhere

    def counted(self: Workspace, *arguments: object, **options: object) -> object:
        asked.append(1)
        return plain(self, *arguments, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "gains_everywhere", counted)
        found = greedy(space)
    assert found is not None and found.feasible and found.objective > 0
    return len(asked), len(space.limits.bound)


def test_windows_that_nobody_breaks_cost_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that does not fit breaks the windows that hold it: only at these is looked what else does not fit."""
    whole, _ = _passes("{id: budget, measure: gross_spend, max: 600}", monkeypatch)
    passes, rows = _passes("{id: budget, measure: gross_spend, max: 300, window: 3 days}", monkeypatch)
    assert rows > 10 and passes < whole + 2 * rows


def test_where_the_time_is_over_there_is_no_yardstick() -> None:
    """Yardsticks that would keep everybody waiting are left out, and the space is as it was."""
    space = _space(_asked({"id": "budget", "measure": "gross_spend", "max": 150}))
    bound = space.bound.copy()
    found = baselines(space, Finish(space), over=lambda: True)
    assert found.greedy is None and found.uniform is None
    assert np.array_equal(space.bound, bound)


def test_what_one_plan_is_mended_by_mends_no_other() -> None:
    """Stock that must last in most futures is tightened plan by plan: their order changes nothing."""
    asked = _asked({"id": "budget", "measure": "gross_spend", "max": 90, "at_risk": "90%"}, service=0.9)
    space = _space(asked)
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 0))
    finish, rng = Finish(space), rng_of(5)
    made: list[Candidate] = []
    while len(made) < 3:
        wild = np.array([rng.choice(np.flatnonzero(row)) for row in asked.grid.allowed_flat], dtype=np.int8)
        made.append(finish.trim(wild))
    found = [
        [round(float(report.objective), 6) for _, report in checked_plans(space, finish, ledger, order)]
        for order in permutations(made)
    ]
    assert found[0] and all(each == found[0] for each in found)

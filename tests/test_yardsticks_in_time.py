"""Yardsticks and checks take their time, not the search's: what is late is left out, plans wait for no others."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import problem

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.shown.baselines import baselines
from planner.evolution.shown.choice import checked_plans
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import Problem
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

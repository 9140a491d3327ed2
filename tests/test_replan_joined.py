"""The rest of a campaign is planned again as a run plans: what comes of it is joined with the plan that runs."""

from __future__ import annotations

import numpy as np
import pytest
from front_case import front_problem
from little_work import little_work

import planner.replan.rest.warm
from constraints.ledger import Ledger
from planner.replan.rest.warm import warm_search
from planner.run.effort import Effort
from scenarios.futures.draws import draw


def test_the_running_plan_is_among_those_that_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days of it that are still the best go over into a plan that is better elsewhere."""
    little_work(monkeypatch)
    asked, mates = front_problem(4, "profit"), []
    grid = asked.grid
    ledger = Ledger(asked.model, asked.effects, draw(grid, asked.effects, 1))
    running = grid.empty()
    running[np.flatnonzero(asked.rulebook.base[:, 1])[:2]] = 1
    running = asked.rulebook.repair(running)
    assert running.any()
    joined = planner.replan.rest.warm.joined

    def watched(space, finish, state, others, *rest):
        found = joined(space, finish, state, others, *rest)
        mates.extend(others)
        assert found.best.objective >= state.best.objective
        return found

    monkeypatch.setattr(planner.replan.rest.warm, "joined", watched)
    found = warm_search(asked, ledger, running, cost=np.zeros(grid.slots), effort=Effort.QUICK, seed=1)
    assert found is not None and found.report.ok
    assert [mate.tolist() for mate in mates] == [running.tolist()]

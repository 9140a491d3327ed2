"""Where the search for the rest begins: the running plan mended, and a guided step on from it where one can pay."""

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


@pytest.mark.parametrize(("promised", "steps"), [(-1.0, 1), (1e9, 0)])
def test_where_slots_are_many_a_step_is_taken_only_where_changes_promise_enough(
    monkeypatch: pytest.MonkeyPatch, promised: float, steps: int
) -> None:
    """Any promise is more than a share below nothing, none is more than a share without end."""
    little_work(monkeypatch)
    asked = front_problem(4, "profit")
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 1))
    guided, taken = planner.replan.rest.warm.guided, []

    def watched(*given):
        taken.append(given)
        return guided(*given)

    monkeypatch.setattr(planner.replan.rest.warm, "guided", watched)
    monkeypatch.setattr(planner.replan.rest.warm, "MANY_SLOTS", 0)
    monkeypatch.setattr(planner.replan.rest.warm, "PROMISED", promised)
    running, cost = asked.grid.empty(), np.zeros(asked.grid.slots)
    found = warm_search(asked, ledger, running, cost=cost, effort=Effort.QUICK, seed=1)
    assert found is not None and found.report.ok
    assert found.candidate.objective > 0
    assert len(taken) == steps

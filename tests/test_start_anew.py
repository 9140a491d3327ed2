"""Where the ledger refuses all that a search came to, a plan that is found afterwards is a start, not the answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from little_work import first_bound, little_work
from shop import load_shop

import planner.run.search
from constraints.ledger import Ledger
from planner.evolution.shown.choice import Checked
from planner.problem import problem_of
from planner.run.effort import Effort
from planner.run.no_plan.none_found import NoneFound
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.futures.draws import draw


def test_a_search_goes_on_from_a_plan_that_is_found_at_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The locked lines keep everything: what comes of them earns more; where time is over, they are the answer."""
    little_work(monkeypatch)
    first_bound(monkeypatch)
    problem = problem_of(load_shop(tmp_path))
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    locked, chosen = problem.rulebook.locked_plan(), planner.run.search.choice
    alone = ledger.audit(locked).objective
    monkeypatch.setattr("planner.run.begun.why_none", lambda *_: NoneFound(plan=locked))
    for late, better in ((False, True), (True, False)):
        answers: Iterator[Checked] = iter([()])

        def none_at_first(*told: Any, first: Iterator[Checked] = answers) -> Checked:
            return next(first, chosen(*told))

        monkeypatch.setattr(planner.run.search, "choice", none_at_first)
        monkeypatch.setattr(planner.run.watch.Watch, "over", late)
        result = plan_campaign(problem, SearchParams(seed=0, effort=Effort.QUICK, plans=1, cross_fit=False))
        assert result.plan_set is not None
        (plan,) = result.plan_set.plans
        assert all(limit.ok for limit in plan.limits)
        assert (plan.objective > alone) == better

"""Stock that futures leave little of must not forbid promotions of other products, which take nothing of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from bold_or_steady import bold_or_steady
from little_work import little_work
from numpy.typing import NDArray
from tiny_problem import problem

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.risk import tighten
from planner.evolution.start.first import FirstParams
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import Problem
from planner.progress import ignore
from planner.run.effort import Effort
from planner.run.opening import first_state
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.futures.draws import draw
from scenarios.language.schema import Scenario

CUPS = 330
"""Enough for both days of the bold offer as expected, and far from enough in 95 % of the futures."""


def _shop(objective: object, rule: dict[str, object] | None = None) -> Problem:
    """Cups that only the bold offer promotes, whose stock must be enough at risk, and pots that the steady one does."""
    scenario, effects = bold_or_steady(objective)
    told = scenario.model_dump(by_alias=True) | {"risk": {"service": "95%"}, "rules": [rule] if rule else []}
    for offer, product in zip(told["offers"], ("cup", "pot"), strict=True):
        offer["applies_to"] = {"products": [product]}
    told["products"][0]["stock"] = CUPS
    return problem(Scenario.model_validate(told), effects, None)


@pytest.mark.parametrize("objective", ["profit", {"risk": {"cvar": "10%"}}], ids=["profit", "careful"])
def test_what_takes_nothing_of_scarce_stock_is_planned(objective: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cups, which promise most, cannot be promoted safely; the search ended with nothing, though pots break nothing."""
    asked = _shop(objective, {"id": "one", "rule": "max_concurrent", "max": 1})
    little_work(monkeypatch)
    found = plan_campaign(asked, SearchParams(effort=Effort.QUICK, plans=1, seed=3, cross_fit=False))
    lines = asked.grid.lines(found.plans[0])
    assert {line.product for line in lines} == {"pot"}
    assert float(found.plan_set.plans[0].objective) > 0


@pytest.mark.parametrize("late", [False, True])
def test_where_first_plans_fail_another_start_heeds_what_futures_leave(
    late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a first plan that cannot be mended nothing is left; the search begins with what another start comes to.

    Where a limited time is over, it begins with nothing.
    """
    asked = _shop("profit", {"id": "one", "rule": "max_concurrent", "max": 1})
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 3))
    given: list[Candidate] = []

    def first_in_vain(space: Workspace, finish: Finish, ledger: Ledger, each: Candidate, *mend: object) -> Candidate:
        given.append(each)
        made = tighten(space, finish, ledger, each, *mend)  # type: ignore[arg-type]
        return replace(made, feasible=len(given) > 1 and made.feasible)

    monkeypatch.setattr("planner.run.opening.tighten", first_in_vain)
    monkeypatch.setattr("planner.run.opening.first_params", lambda *_: FirstParams(starts=1))
    params = SearchParams(effort=Effort.QUICK, plans=1, seed=3, seconds=1e-9 if late else None)
    state = first_state(space, Finish(space), ledger, params, Watch(params, ignore))
    assert state is not None and ledger.verdict(state.best.plan).ok
    assert {line.product for line in asked.grid.lines(state.best.plan)} == (set() if late else {"pot"})
    assert not late or state.best.objective == 0


def test_bounds_leave_the_locked_lines_what_they_use() -> None:
    """Mending both lines by their futures, cups go and pots stay; no lines at all are within the bounds in force."""
    asked = _shop("profit")
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 3))
    both = space.score(_everything(asked))
    assert both.feasible and not ledger.verdict(both.plan).ok
    mended = tighten(space, Finish(space), ledger, both)
    assert mended.feasible and {line.product for line in asked.grid.lines(mended.plan)} == {"pot"}
    assert space.score(asked.grid.empty()).feasible


def test_bounds_stay_tight_where_the_locked_lines_break_them() -> None:
    """A locked line on cups lacks stock in too many futures: nothing is loosened for it."""
    line = {"date": dt.date(2026, 11, 1), "product": "cup", "offer": "bold"}
    asked = _shop("profit", {"id": "agreed", "rule": "locked", "lines": [line]})
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 3))
    locked = space.score(space.rules.locked_plan())
    assert locked.feasible and not ledger.verdict(locked.plan).ok
    tighten(space, Finish(space), ledger, locked)
    assert not space.score(locked.plan).feasible


def _everything(asked: Problem) -> NDArray[np.int8]:
    """The plan with a line in every slot that may take one."""
    return (asked.grid.allowed_flat * np.arange(asked.grid.width)).max(axis=1).astype(np.int8)

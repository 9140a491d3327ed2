"""Lines that bring nothing are not shown: what would be missed of them, beside what limits ask for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from lifted_workspace import lifted_best, lifted_space, with_effects, workspace

from constraints.ledger import Ledger
from planner.evolution.finish import Finish
from planner.evolution.shown import idle
from planner.evolution.shown.choice import checked_plans
from planner.evolution.shown.idle import without_idle
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Plan
from scenarios.futures.draws import draw
from scenarios.language.schemas.limit import Limit

space = lifted_space
best = lifted_best


def test_lines_that_bring_nothing_are_dropped(space: Workspace, best: Candidate) -> None:
    """Where offers lift nothing every line only costs, or does nothing: none stays. Lines that bring something do."""
    good = best
    assert np.array_equal(without_idle(space, good).plan, good.plan)
    dull = workspace(lift=0.0)
    assert not without_idle(dull, dull.score(good.plan)).plan.any()


def floored() -> tuple[Workspace, Candidate, Ledger]:
    """A workspace in which offers lift nothing but a floor asks to reach somebody, and a plan of many lines there."""
    floor = Limit.model_validate({"id": "floor", "measure": "customers_reached", "min": 1})
    space, effects = with_effects(0.0, (floor,), seed=60, last_sales=True, per_unit=None)
    open_ = space.rules.base[:, 1:]
    plan = np.where(open_.any(axis=1), open_.argmax(axis=1) + 1, 0).astype(np.int8)
    plan[::2] = 0  # so that gifts last
    ledger = Ledger(space.evaluator.model, effects, draw(space.grid, effects, 0))
    return space, space.score(plan), ledger


def test_lines_that_bring_nothing_are_dropped_beside_lines_that_a_limit_needs() -> None:
    """Where offers lift nothing a floor on messages needs some of the lines; the others do not stay because of them."""
    space, full, _ = floored()
    assert full.feasible and (full.plan > 0).sum() > 5
    left = without_idle(space, full)
    assert left.feasible and (left.plan > 0).sum() == 1, "one line reaches somebody"


class Additive:
    """A workspace of lines that lose so much each and do nothing to each other, of which a floor asks for some."""

    def __init__(self, loses: list[float], floor: int) -> None:
        self._loses, self._floor, self.grid = np.array(loses), floor, SimpleNamespace(slots=len(loses))
        free = np.ones((len(loses), 2), dtype=bool)
        self.rules = SimpleNamespace(
            allowed=lambda plan: free, fixed=~free[:, 0], compatible=lambda plan, slots, *_: free[: len(slots), 0]
        )

    def contributions(self, plan: Plan) -> Any:  # noqa: D102
        return -self._loses[plan > 0]

    def scores(self, plans: Plan) -> list[Any]:  # noqa: D102
        return [
            SimpleNamespace(plan=plan, objective=-float(self._loses @ plan), feasible=bool(plan.sum() >= self._floor))
            for plan in plans
        ]

    def score(self, plan: Plan) -> Any:  # noqa: D102
        return self.scores(plan[None])[0]


def test_of_lines_that_a_limit_needs_some_of_those_go_that_lose_most() -> None:
    """A floor asks for three of seven lines that lose: those stay that lose least, wherever they stand."""
    space: Any = Additive([7.0, 1.0, 5.0, 2.0, 6.0, 3.0, 4.0], 3)
    left = without_idle(space, space.score(np.ones(7, dtype=np.int8)))
    assert left.plan.tolist() == [0, 1, 0, 1, 0, 1, 0]


def test_what_only_narrowed_bounds_need_is_not_shown() -> None:
    """Another plan's rounding or futures narrow the bounds in force: a line that loses does not stand for them."""
    space, full, ledger = floored()
    (row,) = space.limits.rows_of["floor"]
    space.bound[row] = full.uses[row]
    ((shown, report),) = checked_plans(space, Finish(space), ledger, (full,))
    assert report.ok and (shown.plan > 0).sum() == 1
    assert space.bound[row] == full.uses[row], "what was in force before is in force again"


def test_on_many_slots_few_plans_are_valued_for_lines_that_bring_nothing(
    space: Workspace, best: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan of 100,000 slots takes a third of a second to value: lines are not looked at one by one there."""
    monkeypatch.setattr(idle, "TOPPED_SLOTS", 0)
    dull = workspace(lift=0.0)
    full = dull.score(best.plan)
    monkeypatch.setattr(idle, "_as_good", lambda *_: False)
    before = dull.work
    assert without_idle(dull, full) is full
    assert dull.work - before < 1.0

"""Runs that keep to a time: what counts, and what is begun where."""

from __future__ import annotations

import time

import pytest
from front_case import front_problem

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.shown.choice import checked_plans
from planner.evolution.workspace import Workspace
from planner.progress import ignore
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.futures.draws import draw


def test_the_time_of_a_run_counts_from_where_its_command_began(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reading the question took is gone; how long the first plan took is told without it."""
    now = [12.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    watch = Watch(SearchParams(seconds=60.0, since=4.0), ignore)
    assert (watch.seconds, watch.left) == (8.0, 52.0)
    now[0] = 19.0
    assert watch.started() == 0.25 and watch.first == 7.0


def test_a_part_is_begun_only_where_one_as_long_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest part so far must fit beside what is left for others; without a limit everything does."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    limited, free = Watch(SearchParams(seconds=60.0), ignore), Watch(SearchParams(), ignore)
    late, never, expected = limited.late(leave=5.0), free.late(), limited.late(expected=40.0)
    told = []
    for now[0] in (0.0, 20.0, 30.0, 36.0, 54.0):
        told.append((late(), never(), expected()))
    assert [each[0] for each in told] == [False, False, False, True, True]
    assert [each[2] for each in told] == [False, False, True, True, True]
    assert not any(each[1] for each in told)


def test_where_time_is_over_one_plan_that_passes_is_enough() -> None:
    """No further plan is checked then; the first is whatever the time, and a plan that fails does not count."""
    tiny = front_problem(4, "profit")
    space = Workspace(Evaluator(tiny.model, tiny.limits), tiny.rulebook)
    ledger = Ledger(tiny.model, tiny.effects, draw(tiny.grid, tiny.effects, 0))
    finish = Finish(space)
    empty = finish.trim(space.rules.locked_plan())
    full = finish(space.rules.locked_plan(), space.no_prices())
    both = checked_plans(space, finish, ledger, (empty, full))
    assert len(both) == 2
    hurried = checked_plans(space, finish, ledger, (empty, full), lambda: True)
    assert [pair[0].plan.tobytes() for pair in hurried] == [empty.plan.tobytes()]

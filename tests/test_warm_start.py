"""A warm start mends a plan and goes on at the prices that its own linear programme finds."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from few_futures import few_futures
from one_budget import one_budget

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GENTLE, GuidedParams, guided
from planner.evolution.joining.composed import composed, worth_mending
from planner.evolution.linearise import linearise
from planner.evolution.start.mended import mended
from planner.evolution.start.priced import prices_at
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import Problem
from planner.run.warm_start import as_given, warm_start
from scenarios.futures.draws import draw
from scenarios.streams import stream

_few_futures = few_futures

BUDGET, LESS = 1800.0, 1600.0


def _space(asked: Problem) -> Workspace:
    return Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)


@cache
def _cold(budget: float) -> Candidate:
    """The best of two first plans from nothing: they differ by several percent."""
    space = _space(one_budget(budget))
    begun, found = space.rules.locked_plan(), []
    for seed in range(2):
        plan, prices = guided(space, begun, space.no_prices(), space.whole, GuidedParams(), stream(seed, "first"))
        found.append(Finish(space)(plan, prices, FULL))
    return max(found, key=lambda each: (each.feasible, each.objective))


@pytest.fixture(scope="module")
def before() -> Candidate:
    """The best plan of the larger budget."""
    return _cold(BUDGET)


def test_prices_at_a_plan_are_what_more_of_a_limit_would_bring(before: Candidate) -> None:
    """A budget a ninth smaller costs what its price says, to within a quarter; a roomy limit has none."""
    space = _space(one_budget(BUDGET))
    rows, prices = space.limits.rows_of, prices_at(space, before)
    lost = before.objective - _cold(LESS).objective
    assert prices.scalar[rows["total-budget"]].sum() * (BUDGET - LESS) == pytest.approx(lost, rel=0.25)
    assert prices.scalar[rows["roomy"]].sum() == 0.0


def test_limits_with_much_left_are_not_looked_at(before: Candidate) -> None:
    """Each costs a pass over all columns, and is worth nothing where the plan is."""
    space = _space(one_budget(BUDGET))
    rows, seen = space.limits.rows_of, linearise(space, before, space.whole, near=0.25)
    assert seen.use[rows["total-budget"]].any() and not seen.use[rows["roomy"]].any()
    assert linearise(space, before, space.whole).use[rows["roomy"]].any()


def test_a_row_that_a_plan_breaks_gets_a_price_of_natural_size(before: Candidate) -> None:
    """Where nothing may be spent, the linear programme knows only the cost of slack, which drops any line."""
    held = _space(one_budget(BUDGET)).grid.slot(int(np.flatnonzero(before.plan)[0]))
    space = _space(one_budget(BUDGET, closed=f"k{held.product}"))
    row = space.limits.rows_of["nothing"]
    prices = prices_at(space, space.score(before.plan))
    assert 0 < prices.scalar[row].sum() <= 2 * space.unit.scalar[row].sum()


def test_a_step_at_these_prices_does_not_tear_a_good_plan_apart(before: Candidate) -> None:
    """It ends near the budget, before anything is mended; one that learns prices first spends much more."""
    space = _space(one_budget(BUDGET))
    row = space.limits.rows_of["total-budget"]
    spent = []
    for prices in (prices_at(space, before), space.no_prices()):
        plan, _ = guided(space, before.plan, prices, space.whole, GENTLE, stream(0, "warm"))
        spent.append(space.score(plan).uses[row].sum())
    assert spent[0] < 1.2 * BUDGET < 2.0 * BUDGET < spent[1]


def test_a_smaller_budget_is_planned_again_at_once(before: Candidate) -> None:
    """One step from the plan before is as good as a cold start, to within a hundredth."""
    asked = one_budget(LESS)
    space = _space(asked)
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 0))
    warm = warm_start(space, Finish(space), ledger, before.plan, stream(0, "warm"))
    assert warm.good and warm.best.feasible
    assert warm.best.objective >= 0.99 * _cold(LESS).objective


@pytest.mark.parametrize("budget", [1700.0, 1200.0, 900.0])
def test_what_breaks_a_budget_goes_at_what_the_budget_is_worth(before: Candidate, budget: float) -> None:
    """Mended so, a plan comes nearer to a cold start than where lines are dropped without prices."""
    space = _space(one_budget(budget))
    priced, dropped = mended(space, Finish(space), before.plan), Finish(space).trim(before.plan)
    assert priced.feasible and priced.objective > dropped.objective


def test_a_limited_time_ends_the_making_of_plans(before: Candidate) -> None:
    """One plan is made however late it is, and no other once half of the time is used up."""
    asked = one_budget(LESS)
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 0))
    found = []
    for used in (0.0, 0.6, 1.0):
        space = _space(asked)
        found.append(warm_start(space, Finish(space), ledger, before.plan, stream(0, "warm"), spent=lambda at=used: at))
    much, late, over = found
    assert len(much.others) > len(late.others) >= len(over.others)
    assert much.best.objective >= late.best.objective >= over.best.objective


def test_a_given_plan_stands_for_itself_only_where_it_keeps_the_limits(before: Candidate) -> None:
    """It counts against the scenario's bounds, however tight those in force are."""
    space = _space(one_budget(BUDGET))
    space.bound[:] = 0.0
    (given,) = as_given(space, before.plan)
    assert np.array_equal(given.plan, before.plan)
    assert given.objective == pytest.approx(before.objective)
    assert as_given(_space(one_budget(LESS)), before.plan) == ()


def test_where_the_mended_plan_is_enough_no_other_is_made(before: Candidate) -> None:
    """Whoever only asks whether a plan passes gets the given one, mended, for a part of the work."""
    asked, spent = one_budget(LESS), list[float]()
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 0))
    for enough in (True, False):
        space = _space(asked)
        begun = space.work
        found = warm_start(space, Finish(space), ledger, before.plan, stream(0, "warm"), enough=lambda _, e=enough: e)
        assert found.best.feasible and ledger.verdict(found.best.plan).ok
        assert enough != bool(found.others)
        spent.append(space.work - begun)
    assert spent[0] < 0.3 * spent[1]


@pytest.mark.parametrize(("budget", "exchanged"), [(1760.0, False), (LESS, True)])
def test_whole_schedules_are_exchanged_only_where_mending_loses_much(
    before: Candidate, budget: float, exchanged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take as long as half of the plans that are made from the given one: at a loss below 5 % those come first."""
    asked, tried = one_budget(budget), list[float]()
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 0))
    space = _space(asked)
    assert worth_mending(space)

    def seen(*given: Any, **options: Any) -> Candidate:
        made = composed(*given, **options)
        tried.append(made.objective)
        return made

    monkeypatch.setattr("planner.run.warm_start.composed", seen)
    found = warm_start(space, Finish(space), ledger, before.plan, stream(0, "warm"), enough=lambda _: True)
    assert bool(tried) == exchanged
    assert found.best.feasible and found.best.objective >= max(tried, default=0.95 * before.objective)

"""Joining: what others do better goes over into the best plan, which is never lost, and time that is over ends it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import CHILD, FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.joining.joined import JoinParams, joined
from planner.evolution.state import State, begin
from planner.evolution.workspace import Candidate, Workspace
from planner.run.deepening import joins_of
from planner.run.effort import Effort
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients

ALONE = JoinParams(elites=0, made=0)


@pytest.fixture(scope="module")
def space() -> Workspace:
    """A tiny workspace with rules, limits and stock: that of `test_search_steps`, whose compiled code serves."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(11), segments=2, products=3, periods=4, baskets=True, order_gifts=False, history=True, stock=True
    )
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return Workspace(Evaluator(model, build_limits(model)), build_rulebook(model.grid, model.economics))


@pytest.fixture(scope="module")
def good(space: Workspace) -> Candidate:
    """A guided plan, finished."""
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(iterations=40), rng_of(0))
    return Finish(space)(plan, prices, FULL)


def halves(space: Workspace, good: Candidate) -> tuple[np.ndarray, np.ndarray]:
    """The plan's lines in the first periods, and those in the last, locked ones in both."""
    early, late = good.plan.copy(), good.plan.copy()
    early_blocks, late_blocks = space.grid.split(early), space.grid.split(late)
    middle = space.grid.shape[2] // 2
    for one, other in zip(early_blocks, late_blocks, strict=True):
        one[..., middle:] = 0
        other[..., :middle] = 0
    return space.rules.repair(early), space.rules.repair(late)


def started(space: Workspace, plan: np.ndarray) -> State:
    """An evolution that holds one plan."""
    return begin(replace(space.score(plan), feasible=True), space.no_prices())


def test_a_plan_takes_over_what_its_mate_does_better(space: Workspace, good: Candidate) -> None:
    """A plan of early lines alone and one of late lines alone make one that is worth more than either."""
    early, late = halves(space, good)
    state = started(space, early)
    unfilled = Finish(space, replace(CHILD, fill_passes=0))
    found = joined(space, unfilled, state, (late,), rng_of(2), ALONE)
    either = max(space.score(early).objective, space.score(late).objective)
    assert found.best.objective > either
    assert space.score(found.best.plan).feasible
    assert np.array_equal(found.population[0], found.best.plan)
    assert found.objectives == (found.best.objective,)


def test_plans_are_made_to_differ_and_the_best_is_never_lost(space: Workspace, good: Candidate) -> None:
    """Without any mate plans are made; what is found is no worse, keeps every limit, and may be an elite."""
    state = begin(good, space.no_prices())
    found = joined(space, Finish(space), state, (), rng_of(2))
    assert found.best.objective >= good.objective
    assert len(found.elites.members) >= len(state.elites.members)
    assert all(space.score(member.plan).feasible for member in found.elites.members)


def test_nothing_is_made_when_the_time_is_over(space: Workspace, good: Candidate) -> None:
    """Where no time is left the state stays as it was, and no work is done."""
    state, work = begin(good, space.no_prices()), space.work
    found = joined(space, Finish(space), state, (space.rules.locked_plan(),), rng_of(2), over=lambda: True)
    assert found.best is good and found.population is state.population and space.work == work


def test_searches_with_much_time_join_more_often() -> None:
    """One join in a fixed work, several where there is much time."""
    assert len(joins_of(Effort.QUICK, None)) == len(joins_of(Effort.NORMAL, None)) == 1
    assert len(joins_of(Effort.THOROUGH, None)) == len(joins_of(Effort.NORMAL, 60.0)) > 1


@pytest.mark.parametrize("wrong", [{"made": -1}, {"crossings": 0}, {"least": 0.6}, {"most": 1.5}])
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, float]) -> None:
    """Shares are shares, and counts are counts."""
    with pytest.raises(ValueError, match="expected"):
        JoinParams(**wrong)

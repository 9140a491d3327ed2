"""Plans that are a choice: near the best, different enough, and made around a ban that holds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from lifted_workspace import lifted_best, lifted_space, made, workspace
from scenario_factory import rng_of

from planner.evolution.elites import Elites, difference
from planner.evolution.finish import Finish
from planner.evolution.shown import distinct
from planner.evolution.shown.choice import choice
from planner.evolution.shown.distinct import distinct_plans
from planner.evolution.shown.topped import topped
from planner.evolution.state import begin
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Plan
from scenarios.language.schemas.limit import Limit

space = lifted_space
best = lifted_best


def test_what_is_banned_stays_out_while_it_is_banned(space: Workspace, best: Candidate) -> None:
    """The best plan's own lines do not come back in steps, filling and polish; afterwards they do."""
    free = best
    lines = np.flatnonzero(free.plan)
    assert len(lines) > 3
    with space.banned(lines, free.plan[lines]):
        around = made(space)
        assert not space.rules.allowed(around.plan)[lines, free.plan[lines]].any()
    assert around.plan.any()
    assert not (around.plan[lines] == free.plan[lines]).any()
    assert np.array_equal(made(space).plan, free.plan)


def test_further_plans_are_apart_from_all_others_and_none_far_from_the_best(space: Workspace, best: Candidate) -> None:
    """Those within 2 % come first, others make up the number; elites far below the best are no choice."""
    lines = np.flatnonzero(best.plan)
    poor = space.score(np.where(np.isin(np.arange(len(best.plan)), lines[::2]), best.plan, 0).astype(np.int8))
    assert 0 < poor.objective < 0.89 * best.objective
    state = replace(begin(best, space.no_prices()), elites=Elites().with_plan(best).with_plan(poor))
    several = 0
    for seed in range(2):  # ten lines differ by luck: a stream may find no second plan that is near enough
        found = distinct_plans(space, Finish(space), state, 6, rng_of(seed))
        several += len(found) > 1
        worth = [plan.objective for plan in found]
        assert worth == sorted(worth, reverse=True) and worth[-1] >= 0.9 * best.objective
        for number, plan in enumerate(found):
            assert all(difference(plan.plan, other.plan) >= 0.1 for other in found[:number])
    assert several


def test_a_plan_somewhat_behind_makes_up_for_one_that_is_missing(space: Workspace, best: Candidate) -> None:
    """Where nothing else is near, a plan 5 % behind is better than none; nobody gets more than asked for."""
    lines = np.flatnonzero(best.plan)
    without = (
        np.where(np.isin(np.arange(len(best.plan)), gone), 0, best.plan) for gone in itertools.combinations(lines, 2)
    )
    shorter = [space.score(plan.astype(np.int8)) for plan in without if not space.rules.violations(plan)]
    behind = [
        each
        for each in shorter
        if each.feasible
        and 0.91 * best.objective < each.objective < 0.97 * best.objective
        and difference(each.plan, best.plan) >= 0.1
    ]
    assert behind
    state = replace(begin(best, space.no_prices()), elites=Elites().with_plan(best).with_plan(behind[0]))
    found = distinct_plans(space, Finish(space), state, 12, rng_of(0))
    assert any(np.array_equal(plan.plan, behind[0].plan) for plan in found)
    assert len(distinct_plans(space, Finish(space), state, 1, rng_of(0))) == 1


def test_prices_that_do_not_hold_do_not_ban_what_carries_the_plan() -> None:
    """At a price of spend far above what it is worth the best lines look like losses; they stay all the same."""
    budget = Limit.model_validate({"id": "budget", "measure": "spend", "max": 1_000_000})
    space = workspace(limits=(budget,))
    best = made(space)
    dear = space.no_prices()._replace(scalar=np.array([50.0]))
    lines = np.flatnonzero(best.plan)
    assert (space.gains_everywhere(best.plan, dear)[lines, 0] > 0).any()
    for seed in range(2):
        assert len(distinct_plans(space, Finish(space), begin(best, dear), 6, rng_of(seed))) > 1


def test_what_repair_cannot_mend_is_mended_by_several_changes(
    space: Workspace, best: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every plan that a ban leaves breaks something after repair, there are plans to choose from all the same."""
    bounds = []

    def stuck(plan: Plan, prices: Prices, *more: object) -> Candidate:
        return replace(space.score(plan), feasible=False)

    def rescued(space: Workspace, finish: object, found: Candidate, prices: Prices, *, anew: bool) -> Candidate:
        bounds.append(anew)
        return Finish(space)(found.plan, prices)

    monkeypatch.setattr(distinct, "rescue", rescued)
    assert len(distinct_plans(space, stuck, begin(best, space.no_prices()), 6, rng_of(0))) > 1
    assert bounds and not any(bounds), "the bounds in force stay"


def test_moves_follow_only_where_single_changes_are_not_enough(
    space: Workspace, best: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that is near the best after single changes is one; others that may be go on by moves of several lines."""
    seen = []
    least, far = (best.objective - share * abs(best.objective) for share in (0.02, 0.1))

    def watched(space: Workspace, candidate: Candidate, over: object, *, moves: bool = False) -> Candidate:
        found = topped(space, candidate, moves=moves)
        done = not far <= found.objective < least
        seen.append((moves, candidate.objective >= least, done))
        return found

    monkeypatch.setattr(distinct, "topped", watched)
    for seed in range(2):
        distinct_plans(space, Finish(space), begin(best, space.no_prices()), 6, rng_of(seed))
    assert {moves for moves, _, _ in seen} == {True, False}
    assert all(not moves or not near for moves, near, _ in seen)
    for (moves, _, near), (follows, _, _) in itertools.pairwise(seen):
        assert moves or follows is not near


def test_moves_end_with_the_work_that_there_is_for_them(
    space: Workspace, best: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking at all moves of a plan costs as much as a short search."""
    ended = []

    def watched(space: Workspace, candidate: Candidate, over: Callable[[], bool], *, moves: bool = False) -> Candidate:
        ended.extend([over()] if moves else [])
        return topped(space, candidate)

    monkeypatch.setattr(distinct, "topped", watched)
    for work in (float("inf"), 0.0):
        distinct_plans(space, Finish(space), begin(best, space.no_prices()), 6, rng_of(0), work=work)
        assert ended and all(end is (work == 0.0) for end in ended)
        ended.clear()


def judged(space: Workspace, plan: Plan, objective: str) -> tuple[Candidate, Any]:
    """A plan with what the ledger would say of it."""
    return space.score(plan), SimpleNamespace(objective=Decimal(objective))


def test_the_ledger_decides_who_is_near_enough(space: Workspace) -> None:
    """What is shown is within 2 % of the best by the ledger, and a tenth apart from every better plan."""
    plan = np.zeros(space.grid.slots, dtype=np.int8)
    slots = np.flatnonzero(space.grid.allowed_flat[:, 1])[:20]
    plan[slots] = 1
    twin, other, third = plan.copy(), plan.copy(), plan.copy()
    twin[slots[0]] = 0
    other[slots[:3]] = 0
    third[slots[-3:]] = 0
    checked = (
        judged(space, plan, "100.00"),
        judged(space, twin, "99.99"),
        judged(space, other, "98.00"),
        judged(space, third, "97.99"),
    )
    assert [float(report.objective) for _, report in choice(space.grid, checked)] == [100.0, 98.0]
    assert [float(report.objective) for _, report in choice(space.grid, checked, 2)] == [100.0, 98.0]
    farther = (*checked[:3], judged(space, third, "90.00"))
    assert [float(report.objective) for _, report in choice(space.grid, farther, 3)] == [100.0, 98.0, 90.0]
    farther = (*checked[:3], judged(space, third, "89.99"))
    assert [float(report.objective) for _, report in choice(space.grid, farther, 3)] == [100.0, 98.0]


def test_no_promotion_stands_alone_where_others_come_down_to_it(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A best plan without a line has nothing to ban, also once another plan turned out to be the same."""
    nothing = space.score(np.zeros_like(space.rules.locked_plan()))
    monkeypatch.setattr(distinct, "_around", lambda *_: nothing)
    state = replace(begin(nothing, space.no_prices()), elites=Elites(members=(nothing, nothing)))
    (only,) = distinct_plans(space, Finish(space), state, 3, rng_of(1))
    assert not only.plan.any()

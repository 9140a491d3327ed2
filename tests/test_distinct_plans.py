"""Plans that are a choice: near the best, different enough, without idle lines, and made around a ban that holds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.elites import Elites, difference
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.shown import distinct, idle
from planner.evolution.shown.choice import checked_plans, choice
from planner.evolution.shown.distinct import distinct_plans
from planner.evolution.shown.idle import without_idle
from planner.evolution.shown.topped import topped
from planner.evolution.state import begin
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Plan
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.limit_schema import Limit
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects


def workspace(lift: float = 1.0, limits: tuple[Limit, ...] = (), *, seed: int = 11, **options: Any) -> Workspace:
    """The workspace of `with_effects`."""
    return with_effects(lift, limits, seed=seed, **options)[0]


def with_effects(
    lift: float = 1.0, limits: tuple[Limit, ...] = (), *, seed: int = 11, **options: Any
) -> tuple[Workspace, Effects]:
    """A tiny workspace without rules; ``lift`` scales what offers bring, other ``options`` are of the scenario.

    It has the shape of those of `test_search_steps`: what is compiled for them serves.
    """
    plain = {
        "last_sales": False,
        "per_unit": False,
        "own_ahead": False,
    }  # by the unit a line may earn without bringing anything
    scenario, effects, baskets = tiny_scenario(
        rng_of(seed),
        segments=2,
        products=3,
        periods=4,
        baskets=True,
        order_gifts=False,
        rules=False,
        limits=False,
        stock=False,
        **{**plain, **options},
    )
    effects = replace(effects, lift=lift * effects.lift)
    model = build_coefficients(build_grid(scenario.model_copy(update={"limits": limits})), effects, baskets)
    space = Workspace(Evaluator(model, build_limits(model)), build_rulebook(model.grid, model.economics))
    return space, effects


def made(space: Workspace) -> Candidate:
    """A guided plan, finished, in the rules in force."""
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(), rng_of(1))
    return Finish(space)(plan, prices, FULL)


@pytest.fixture(scope="module")
def space() -> Workspace:
    """The workspace of this page, compiled once."""
    return workspace()


@pytest.fixture(scope="module")
def best(space: Workspace) -> Candidate:
    """A good plan of it."""
    return made(space)


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


def test_lines_that_bring_nothing_are_dropped(space: Workspace, best: Candidate) -> None:
    """Where offers lift nothing every line only costs, or does nothing: none stays. Lines that bring something do."""
    good = best
    assert np.array_equal(without_idle(space, good).plan, good.plan)
    dull = workspace(lift=0.0)
    assert not without_idle(dull, dull.score(good.plan)).plan.any()


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
    assert [float(report.objective) for _, report in choice(checked)] == [100.0, 98.0]
    assert [float(report.objective) for _, report in choice(checked, 2)] == [100.0, 98.0]
    farther = (*checked[:3], judged(space, third, "90.00"))
    assert [float(report.objective) for _, report in choice(farther, 3)] == [100.0, 98.0, 90.0]
    farther = (*checked[:3], judged(space, third, "89.99"))
    assert [float(report.objective) for _, report in choice(farther, 3)] == [100.0, 98.0]


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

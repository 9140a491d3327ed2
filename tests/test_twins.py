"""Plans that differ in dates alone, at one worth, are told as one plan, and leave their places to others."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from lifted_workspace import lifted_best, lifted_space
from plan_sets import Line, ranked
from sale_shelf import workspace
from scenario_factory import rng_of

from planner.evolution.elites import Elites
from planner.evolution.finish import Finish
from planner.evolution.shown import distinct
from planner.evolution.shown.choice import choice
from planner.evolution.shown.distinct import Ban, distinct_plans
from planner.evolution.shown.twins import on_all_dates, same_but_for_dates, twin_of
from planner.evolution.state import State, begin
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import build_problem
from planner.run.notes.only_dates import only_dates
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Plan

space = lifted_space
best = lifted_best


@pytest.fixture(scope="module")
def small() -> Workspace:
    """The small template."""
    return workspace(build_problem("template-basic"))


def coupons(*days: int, who: str = "regulars") -> tuple[Line, ...]:
    """A coupon on some days."""
    return tuple((day, "kettle", who, "kettle-coupon", 1.0) for day in days)


def told(space: Workspace, *plans: tuple[tuple[Line, ...], str, str]) -> list[str]:
    """What is said of plans of some lines, objective and spend."""
    shown: list[RankedPlan] = []
    for rank, (lines, objective, spend) in enumerate(plans, start=1):
        plan = ranked(space.grid.scenario, 1, lines)
        outcome = replace(plan.outcome, spend=Decimal(spend))
        shown.append(replace(plan, rank=rank, objective=Decimal(objective), outcome=outcome))
    return list(only_dates(space.grid, [space.grid.plan_of(plan.plan_lines) for plan in shown], shown))


def test_plans_that_differ_in_dates_alone_at_one_worth_are_told_by_their_numbers(small: Workspace) -> None:
    """A third plan of other lines is none of them, and two such pairs are two sentences."""
    first, second, other = coupons(1, 2), coupons(4, 9), coupons(1, 4, 9)
    (said,) = told(small, (first, "9.00", "5.00"), (other, "8.00", "4.00"), (second, "9.00", "5.00"))
    assert said.startswith("plans 1 and 3 differ only in dates: they hold the same lines on other dates")
    both = told(small, *((each, "9.00", "5.00") for each in (first, second, other, coupons(2, 3, 5))))
    assert [each[:15] for each in both] == ["plans 1 and 2 d", "plans 3 and 4 d"]
    (three,) = told(small, *((each, "9.00", "5.00") for each in (first, second, coupons(7, 8))))
    assert three.startswith("plans 1, 2 and 3 differ only")


def test_plans_of_other_lines_or_another_worth_are_not_told(small: Workspace) -> None:
    """Another count, another place or another amount is a difference that the forecast knows."""
    first = (coupons(1, 2), "900.00", "500.00")
    assert told(small, first, (coupons(4), "900.00", "500.00")) == []
    assert told(small, first, (coupons(4, 9), "899.99", "500.00")) == []
    assert told(small, first, (coupons(4, 9), "900.00", "500.01")) == []
    others = next(each.id for each in small.grid.segments if each.id != "regulars")
    assert told(small, first, (coupons(4, 9, who=others), "900.00", "500.00")) == []


def shifted(space: Workspace, plan: Plan) -> Plan:
    """The same lines on other dates, each place turned by one period."""
    return np.concatenate([np.roll(block, 1, axis=-1).ravel() for block in space.grid.split(plan)])


def test_a_twin_is_the_same_plan_on_other_dates_at_the_same_worth(space: Workspace, best: Candidate) -> None:
    """One line less is no twin, nor is one that is worth more; all dates of a line's place and level are found."""
    other = shifted(space, best.plan)
    assert same_but_for_dates(space.grid, best.plan, other) and not np.array_equal(best.plan, other)
    assert twin_of(space.grid, replace(best, plan=other), [best])
    assert not twin_of(space.grid, replace(best, plan=other, objective=1.001 * best.objective), [best])
    slot = int(np.flatnonzero(best.plan)[0])
    fewer = other.copy()
    fewer[np.flatnonzero(other)[0]] = 0
    assert not twin_of(space.grid, replace(best, plan=fewer), [best])
    slots, choices = on_all_dates(space.grid, best.plan, slot)
    place = {tuple(x for x in (s.block, s.segment, s.product)) for s in map(space.grid.slot, slots.tolist())}
    assert len(place) == 1 and slot in slots and len(set(slots.tolist())) == space.grid.shape[2]
    assert set(choices.tolist()) == {int(best.plan[slot])}


def with_twin(space: Workspace, best: Candidate) -> tuple[State, Candidate, Candidate]:
    """A search that holds the best plan, a twin and a plan of one line in five less, worth 1 % less."""
    twin = replace(best, plan=shifted(space, best.plan))
    fewer = best.plan.copy()
    fewer[np.flatnonzero(fewer)[::5]] = 0
    other = replace(best, plan=fewer, objective=0.99 * best.objective)
    elites = Elites(members=(best, twin, other))
    return replace(begin(best, space.no_prices()), elites=elites), twin, other


def test_another_plan_takes_the_place_of_a_twin(space: Workspace, best: Candidate) -> None:
    """It is 1 % behind and a choice; where a place is left, the twin has it, before a plan that is farther behind."""
    state, twin, other = with_twin(space, best)

    def chosen(count: int) -> tuple[Candidate, ...]:
        return distinct_plans(space, Finish(space), state, count, rng_of(0), lambda: True)

    assert [id(each) for each in chosen(2)] == [id(best), id(other)]
    assert {id(each) for each in chosen(3)} == {id(best), id(other), id(twin)}


def test_the_ledger_lets_another_plan_go_before_a_twin(space: Workspace, best: Candidate) -> None:
    """Of three that pass, two are shown: the best and the one that differs in more than dates; of three, all."""
    _, twin, other = with_twin(space, best)
    checked: Any = tuple(
        (each, SimpleNamespace(objective=Decimal(worth)))
        for each, worth in ((best, "100"), (twin, "100"), (other, "99"))
    )
    assert [report.objective for _, report in choice(space.grid, checked, 2)] == [100, 99]
    assert [report.objective for _, report in choice(space.grid, checked, 3)] == [100, 100, 99]


def test_once_there_are_twins_lines_are_banned_on_all_dates(
    space: Workspace, best: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each line would only move to another date, and every plan that is made to differ would be one more twin."""
    state, twin, _ = with_twin(space, best)
    seen: list[Ban] = []

    def watched(space: Workspace, finish: object, plan: Plan, banned: Ban, *more: object) -> Candidate:
        seen.append(banned)
        return replace(best, feasible=False)

    monkeypatch.setattr(distinct, "_around", watched)
    for members, periods in (((best,), 1), ((best, twin), space.grid.shape[2])):
        distinct_plans(space, Finish(space), replace(state, elites=Elites(members=members)), 4, rng_of(0))
        (slots, _), place = seen[-1], space.grid.slot(int(seen[-1][0][0]))
        dates = {
            each.period
            for each in map(space.grid.slot, slots.tolist())
            if replace(each, period=0) == replace(place, period=0)
        }
        assert len(dates) >= periods
        seen.clear()

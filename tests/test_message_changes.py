"""Last changes move whole messages: no plan is left that another set of messages would plainly improve."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from left_out_case import SHORT

from planner.evaluation.evaluator import Evaluator
from planner.evolution.shown.topped import WORTH, topped
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import build_problem
from scenarios.arrays import Plan

COUPON = (
    "offers.kettle-coupon.value=1.50",
    "offers.kettle-coupon.applies_to={products: [espresso-1kg, filter-1kg, kettle]}",
)
PERIODS = (2, 3)


def space_of(cost: float, *settings: str) -> Workspace:
    """The template with a coupon on three products, whose messages cost so much a customer."""
    channel = f"channels=[{{id: mail, cost_per_contact: {cost}}}]"
    problem = build_problem("template-basic", (*SHORT, *COUPON, channel, *settings))
    return Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)


def options(
    space: Workspace, segments: tuple[int, ...] = (0,), periods: tuple[int, ...] = PERIODS
) -> list[tuple[int, int]]:
    """Slots and choices of the coupon in some segments and periods."""
    grid = space.grid
    choices = [n for n, each in enumerate(grid.choices[1], 1) if grid.scenario.offers[each.offer].id == "kettle-coupon"]
    place = space.evaluator.messages.place  # type: ignore[union-attr]
    slots = place[list(segments)][:, :-1][..., list(periods)].ravel()
    return [(int(slot), choice) for slot in slots for choice in choices if space.rules.base[slot, choice]]


def within(space: Workspace, left: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Everything else, to be banned."""
    banned = space.rules.base.copy()
    banned[:, 0] = False
    for slot, choice in left:
        banned[slot, choice] = False
    slots, choices = np.nonzero(banned)
    return slots, choices.astype(np.int8)


def every_plan(space: Workspace, left: list[tuple[int, int]]) -> list[Candidate]:
    """All plans of these lines that keep the rules, truly valued."""
    slots = sorted({slot for slot, _ in left})
    held = [(0, *(choice for each, choice in left if each == slot)) for slot in slots]
    plans = np.repeat(space.grid.empty()[None], np.prod([len(each) for each in held]), axis=0)
    plans[:, slots] = list(product(*held))
    return space.scores(plans[space.rules.keeps(plans)])


def best_single_line(space: Workspace, left: list[tuple[int, int]]) -> float:
    """What the best line of all would gain by itself."""
    none = space.score(space.grid.empty()).objective
    plans = np.repeat(space.grid.empty()[None], len(left), axis=0)
    for plan, (slot, choice) in zip(plans, left, strict=True):
        plan[slot] = choice
    return max(each.objective for each in space.scores(plans)) - none


def full(space: Workspace, left: list[tuple[int, int]]) -> Plan:
    """A plan with a line in each of these slots."""
    plan = space.grid.empty()
    for slot, choice in left:
        plan[slot] = choice
    return plan


@pytest.fixture(scope="module")
def dear() -> Workspace:
    """Messages so dear that no line pays for one by itself."""
    return space_of(0.004)


def test_a_message_comes_that_pays_only_by_all_of_its_lines(dear: Workspace) -> None:
    """From no line on, last changes end with the best of all plans, though every single line loses."""
    left = options(dear)
    best, none = max(every_plan(dear, left), key=lambda each: each.objective), dear.score(dear.grid.empty())
    assert best_single_line(dear, left) < -1.0 and best.objective > none.objective + 10.0
    with dear.banned(*within(dear, left)):
        found = topped(dear, none)
    assert found.objective == pytest.approx(best.objective, abs=WORTH)


def test_messages_go_that_their_lines_do_not_pay_for_though_each_is_worth_its_own() -> None:
    """From every slot full on, where dropping any one line loses, last changes end with the best of all plans."""
    space = space_of(0.006)
    left = options(space)
    best, start = max(every_plan(space, left), key=lambda each: each.objective), space.score(full(space, left))
    with space.banned(*within(space, left)):
        found = topped(space, start)
    assert start.objective < best.objective - 50.0 and not best.plan.any()
    assert found.objective == pytest.approx(best.objective, abs=WORTH)


def test_a_message_gives_way_to_that_of_others_where_there_is_no_room_for_both() -> None:
    """The larger segment's message takes all contacts; without it, nothing gains as much as its own lines did alone.

    Only where one message may give way to others does it go; then the plan is the best of all.
    """
    space = space_of(0.0005, "limits=[{id: sent, measure: contacts, max: 53000}]")
    left = options(space, segments=(0, 1), periods=PERIODS[:1])
    plans = [each for each in every_plan(space, left) if each.feasible]
    best = max(plans, key=lambda each: each.objective)
    start = max((each for each in plans if _only_in(space, each, 1)), key=lambda each: each.objective)
    with space.banned(*within(space, left)):
        assert topped(space, start) is start and start.objective < best.objective - 10.0
        assert topped(space, start, moves=True).objective == pytest.approx(best.objective, abs=WORTH)


def _only_in(space: Workspace, candidate: Candidate, segment: int) -> bool:
    """Whether a plan has lines, and all of them to one segment."""
    lines = np.flatnonzero(candidate.plan) - space.grid.offsets[1]
    _, products, periods = space.grid.shape
    return bool(len(lines)) and set(lines // (products * periods)) == {segment}

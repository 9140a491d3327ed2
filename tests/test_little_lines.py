"""Lines that bring next to nothing are told with what all of them bring, where setting up a line costs nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from plan_sets import Line, ranked
from sale_shelf import workspace

from planner.evolution.workspace import Workspace
from planner.problem import build_problem
from planner.run.notes.little_lines import little_lines

LINES: tuple[Line, ...] = tuple((day, "kettle", "regulars", "kettle-coupon", 1.0) for day in range(10))


@pytest.fixture(scope="module")
def space() -> Workspace:
    """The small template."""
    return workspace(build_problem("template-basic"))


def told(space: Workspace, *, lines: int = 10, each: str = "0.10", objective: str = "1000") -> tuple[str, ...]:
    """What is said of a plan of so many coupons, each of which brings so much."""
    plan = ranked(space.grid.scenario, 1, LINES[:lines])
    few = tuple(replace(line, contribution=Decimal(each)) for line in plan.lines)
    held = replace(plan, objective=Decimal(objective), lines=few)
    return little_lines(space, space.grid.plan_of(tuple(line.line for line in few)), held)


def test_many_lines_that_bring_next_to_nothing_are_told_with_what_they_bring(space: Workspace) -> None:
    """What all of them bring is scored anew, as lines act on each other; the keys that keep them out are named."""
    (said,) = told(space)
    plan = space.grid.plan_of(tuple(line.line for line in ranked(space.grid.scenario, 1, LINES).lines))
    together = space.score(plan).objective - space.score(space.grid.empty()).objective
    assert said.startswith(
        f"10 lines of plan 1 (kettle-coupon) bring less than 0.50 each, {together:,.2f} all together"
    )
    assert "fixed_cost of an offer" in said


def test_few_lines_and_lines_that_pay_are_not_told(space: Workspace) -> None:
    """Seven lines are no crowd, and a thousandth of the objective is not nothing."""
    assert told(space, lines=7) == ()
    assert told(space, each="1.00") == ()


def test_an_offer_whose_lines_have_a_price_is_not_told() -> None:
    """What a line costs is in the account then."""
    assert told(workspace(build_problem("template-basic", ("offers.kettle-coupon.fixed_cost=5",)))) == ()

"""Floors that are kept in name only: lines that earn nothing and that next to nobody uses; no other line is told so."""

from __future__ import annotations

import numpy as np
from left_out_case import SHORT
from plan_folders import line

from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Prices, Workspace
from planner.problem import build_problem
from planner.run.notes.kept_in_name import kept_in_name
from planner.run.scored import score_plan

REACHED = "limits=[{id: reach, measure: customers_reached, min: 100}, {id: earned, measure: units, min: 1}]"


def told(*overrides: str) -> tuple[str, ...]:
    """What is said of a plan of a cut on kettles, and of a coupon for them on the same day."""
    problem = build_problem("template-basic", (*SHORT, *overrides))
    lines = line(problem, 3, "kettle", "equipment-20"), line(problem, 3, "kettle", "kettle-coupon", "regulars", 0.5)
    plan = problem.grid.plan_of(lines)
    nothing = Prices(np.zeros(len(problem.limits.bound)), np.zeros(problem.grid.shape[1:]))
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook, unit=nothing)
    return kept_in_name(space, plan, score_plan(problem, plan).plan)


def test_a_coupon_that_the_shelf_price_makes_worthless_is_told_with_the_floor_and_the_price() -> None:
    """A cut of 20 % leaves a coupon of 8 unused: it stands for the floor on customers reached, and that is why."""
    (said,) = told(REACHED)
    assert said.startswith(
        "kettle-coupon on kettle for regulars (50%) on 2027-03-04 (0 uses by 18,000 customers, as equipment-20 on the "
        "shelf is worth more to everybody on these days) stands only because reach must be kept, and fewer than one "
        "customer in 1,000"
    )


def test_where_no_floor_counts_it_no_floor_is_named() -> None:
    """The same line in a plan whose limits count neither lines nor customers."""
    assert told() == ()

"""The offer of the yardstick "the best single offer everywhere" is named as a person would name it."""

from __future__ import annotations

from plan_folders import basic_problem, line

from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.run.notes.habit_words import uniform_offer


def test_the_offer_of_most_lines_is_named_with_its_coverage():
    """What mends a floor stands beside it, and is counted; a plan without lines has no offer."""
    problem = basic_problem()
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    coupons = tuple(line(problem, period, "kettle", "kettle-coupon", "regulars", 0.5) for period in (2, 5, 9))
    everywhere = problem.grid.plan_of(coupons)
    assert uniform_offer(space, everywhere) == "kettle-coupon 50%"
    mended = problem.grid.plan_of((*coupons, line(problem, 4, "grinder", "home-page")))
    assert uniform_offer(space, mended) == "kettle-coupon 50% on 3 of 4 lines"
    assert uniform_offer(space, problem.grid.empty()) is None


def test_an_offer_at_several_coverages_is_one_offer():
    """Its lines count together, and a coverage is named only where all of them have it."""
    problem = basic_problem()
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    at = ((2, 0.5), (5, 0.5), (9, 1.0))
    coupons = tuple(line(problem, period, "kettle", "kettle-coupon", "regulars", reach) for period, reach in at)
    assert uniform_offer(space, problem.grid.plan_of(coupons)) == "kettle-coupon"
    mended = problem.grid.plan_of((*coupons, line(problem, 4, "grinder", "home-page")))
    assert uniform_offer(space, mended) == "kettle-coupon on 3 of 4 lines"

"""An offer that no limit leaves room for is told with the limit, and no other offer is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.evaluation.evaluator import Evaluator
from planner.evolution.kept import kept_rules
from planner.evolution.workspace import Workspace
from planner.problem import build_problem
from planner.run.notes.never_fits import never_fits


def workspace(*overrides: str) -> Workspace:
    """The small template after some changes."""
    problem = build_problem("template-basic", overrides)
    return Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)


def hold(space: Workspace, plan: NDArray[np.int8], offer: str) -> None:
    """Put the first line of an offer into a plan."""
    slots, choices = np.nonzero(space.rules.base)
    for slot, choice in zip(slots.tolist(), choices.tolist(), strict=True):
        grid = space.grid
        if choice and grid.choices[grid.slot(slot).block][choice - 1].offer == grid.offer_index[offer]:
            plan[slot] = choice
            break


def test_an_offer_of_which_every_line_breaks_a_limit_is_told_with_it() -> None:
    """No set-up of the home page fits into ten euros of fixed costs; the other offers' lines have none."""
    limit = "{id: set-up, measure: spend, max: 10, where: {offers: [home-page]}}"
    space = workspace(f"limits=[{limit}]", "offers.home-page.fixed_cost=25.5")
    (said,) = never_fits(space, [space.grid.empty()]).values()
    assert said.startswith("home-page is in none of the plans: each of its ")
    assert said.endswith(" lines breaks set-up by itself (25.50 at the least, where 10 is allowed)")


def test_an_offer_with_a_line_that_fits_is_not_told_nor_one_that_a_plan_holds() -> None:
    """Twenty-six euros are enough for one line; and whatever a plan holds fits."""
    limit = "{id: set-up, measure: spend, max: 26, where: {offers: [home-page]}}"
    space = workspace(f"limits=[{limit}]", "offers.home-page.fixed_cost=25.5")
    assert never_fits(space, [space.grid.empty()]) == {}
    tight = workspace(
        "limits=[{id: set-up, measure: spend, max: 10, where: {offers: [home-page]}}]",
        "offers.home-page.fixed_cost=25.5",
    )
    held = tight.grid.empty()
    hold(tight, held, "home-page")
    assert held.any() and never_fits(tight, [held]) == {}


def test_a_share_that_other_lines_make_smaller_bars_no_offer() -> None:
    """Alone the home page is all of what is spent, beside coupons a part of it: nobody is told that it never fits."""
    limit = "{id: page-share, measure: spend, max: 30%, where: {offers: [home-page]}, share_of: {measure: spend}}"
    space = workspace(f"limits=[{limit}]", "offers.home-page.fixed_cost=25.5")
    assert never_fits(space, [space.grid.empty()]) == {}


def test_a_limit_that_locked_lines_break_already_is_no_offers_fault() -> None:
    """What nobody's line can keep is told as a conflict, not of every offer."""
    space = workspace("limits=[{id: few, measure: units, max: 1}]")
    assert never_fits(space, [space.grid.empty()]) == {}


@pytest.mark.parametrize("kept", [1.0, 0.5])
def test_lines_that_fit_beside_all_but_kept_lines_are_not_said_to_break_a_limit_by_themselves(kept: float) -> None:
    """One of two uses up what the limit allows: it bars the other offer where it must stay, and not where it may go."""
    limit = "{id: one, measure: lines, max: 1, where: {offers: [home-page, coffee-15]}}"
    space = workspace(f"limits=[{limit}]")
    start = space.grid.empty()
    for offer in ("coffee-15", "equipment-20"):
        hold(space, start, offer)
    rules = kept_rules(space.rules, start, kept)
    assert rules is not None
    space.rules = rules
    said = [one for one in never_fits(space, [start]).values() if one.startswith("home-page ")]
    assert len(said) == (kept == 1.0)
    assert all(" breaks one beside the lines that are kept (2 at the least, where 1 is allowed)" in one for one in said)

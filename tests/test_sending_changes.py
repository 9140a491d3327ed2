"""Whole sendings in finished plans: one comes where it takes the room of lines that seem worth more of a budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from all_plans import plans_of
from sent_once import DOCUMENT, effects
from tiny_problem import problem

from planner.evaluation.evaluator import Evaluator
from planner.evolution.sending_changes import with_sendings
from planner.evolution.shown.topped import WORTH, topped
from planner.evolution.workspace import Candidate, Workspace
from scenarios.language.schema import Scenario


def space_of(**changes: Any) -> Workspace:
    """The tiny shop with a coupon that is sent once and one for a day, of which as many messages as you like may go."""
    channel = {"id": "push", "cost_per_contact": "0.1"}
    asked = problem(Scenario.model_validate(DOCUMENT | {"channels": [channel]} | changes), effects(), None)
    return Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)


def every_plan(space: Workspace) -> list[Candidate]:
    """All plans that keep the rules, truly valued."""
    plans = plans_of(space.rules.base)
    return space.scores(plans[space.rules.keeps(plans)])


def of_days(space: Workspace, plans: list[Candidate]) -> Candidate:
    """The best plan without any sending."""
    day = [n for n, each in enumerate(space.grid.choices[1], 1) if space.grid.scenario.offers[each.offer].id == "day"]
    return max((each for each in plans if np.isin(each.plan, [0, *day]).all()), key=lambda each: each.objective)


@pytest.fixture(scope="module")
def spent() -> Workspace:
    """A budget that coupons for single days use up."""
    return space_of(limits=[{"id": "budget", "measure": "spend", "max": 75}])


def test_a_sending_takes_the_room_of_lines_that_seem_to_be_worth_more(spent: Workspace) -> None:
    """No single change enters it and there is no room for it; the plan that is mended around it is the best of all."""
    kept = [each for each in every_plan(spent) if each.feasible]
    best, start = max(kept, key=lambda each: each.objective), of_days(spent, kept)
    assert best.objective > start.objective + 5.0
    assert topped(spent, start).objective < best.objective - 5.0
    assert with_sendings(spent, start, lambda: False).objective == pytest.approx(best.objective, abs=WORTH)
    assert topped(spent, start, moves=True).objective == pytest.approx(best.objective, abs=WORTH)
    assert with_sendings(spent, start, lambda: True) is start

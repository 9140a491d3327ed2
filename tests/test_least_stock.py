"""Stock that a question is short of is told to the unit, also where the question is too large to be counted out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from none_found_case import Exact, asked_of, ledger_of

from constraints.infeasible.remedies import Known, Remedy, stock_change
from planner.problem import Problem
from planner.run.no_plan.count_plans import count_plans
from planner.run.no_plan.eased_problem import with_scenario
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.least_stock import enough_stock, is_stock, least_stock
from planner.run.no_plan.passed import Nearest, Shortcuts
from scenarios.answer.verdicts import LimitResult


def _judge(eased: Problem, plan: np.ndarray) -> Sequence[LimitResult]:
    return ledger_of(eased).verdict(plan).limits


def _short(stock: int) -> Problem:
    """The two locked lines, of goods that are hardly there."""
    asked = asked_of()
    scenario = asked.grid.scenario
    products = tuple(each.model_copy(update={"stock": stock, "arrivals": {}}) for each in scenario.products)
    return with_scenario(asked, scenario.model_copy(update={"products": products, "limits": ()}))


@pytest.mark.parametrize("guess", [1, 120])
def test_the_least_stock_is_what_counting_says(guess: int) -> None:
    """However far off the first guess is: a unit less is tried, and no plan is found."""
    asked = _short(2)
    counted = count_plans(asked, ledger_of(asked))
    assert counted is not None and counted.feasible is None
    start = asked.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=_judge(asked, start))
    broken = [result.id for result in nearest.limits if not result.ok]
    (exact,) = (way for way in counted.remedies if [change.id for change in way.changes] == broken)
    way = Remedy(changes=tuple(stock_change(each.id, guess, each.when, each.before or 0) for each in exact.changes))
    assert is_stock(way)
    tries = Tries(asked, nearest, Exact(), 40, shortcuts=Shortcuts(judge=_judge))
    enough = enough_stock(asked, nearest, way, _judge)
    assert enough is not None
    found = least_stock(asked, enough, tries)
    assert found is not None
    mine, passed = found.remedy, found.passed
    assert {each.id: each.after for each in mine.changes} == {each.id: each.after for each in exact.changes}
    assert (mine.known, mine.least) == (Known.SHOWN, True)
    assert all(result.ok for result in passed.limits)


def test_without_tries_less_is_not_said_to_be_too_little() -> None:
    """A plan shows that the stock is enough; whether less is was not looked for, and is told so."""
    asked = _short(2)
    start = asked.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=_judge(asked, start))
    names = [result.id for result in nearest.limits if not result.ok]
    way = Remedy(changes=tuple(stock_change(name, 1, "", 2) for name in names))
    enough = enough_stock(asked, nearest, way, _judge)
    assert enough is not None
    found = least_stock(asked, enough, Tries(asked, nearest, Exact(), 0))
    assert not found.remedy.least

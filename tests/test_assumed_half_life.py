"""A half-life of fatigue that nobody gave and no data told is said in days, with the profit at half of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.figures import money_style
from planner.problem import Problem, build_problem, problem_of
from planner.reasons.assumed.assumptions import assumptions
from planner.reasons.assumed.half_life import at_half_of_it
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.language.schemas.response import ResponseTerms
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.loading.load import load_scenario
from scenarios.response.effects import FittedTerm, Learned


def open_problem(name: str = "template-basic", **response: float) -> Problem:
    """Return a shipped scenario that says no more of its response than is given here."""
    loaded = load_scenario(name)
    data = {key: value for key, value in loaded.data.items() if key != "response"}
    data |= {"response": response} if response else {}
    scenario = loaded.scenario.model_copy(update={"response": ResponseTerms(**response)})
    return problem_of(replace(loaded, scenario=scenario, data=data))


def repeated(problem: Problem) -> np.ndarray:
    """Return the plan that fills every public slot with its first offer: what tires customers most."""
    plan = problem.grid.empty()
    here = problem.grid.allowed.public
    plan[: here.shape[0] * here.shape[1]] = here[..., 1].reshape(-1)
    return plan


def test_the_default_is_said_in_days() -> None:
    """Three periods are three days or three weeks; a half-life that somebody gave needs no such sentence."""
    problem = open_problem()
    days = problem.loaded.scenario.horizon.period_days
    (said,) = [one for one in assumptions(problem) if one.startswith("half of fatigue gone after")]
    assert said.startswith(f"half of fatigue gone after {3 * days} days: the default counts 3 periods")
    assert ("3 weeks in a plan by weeks" if days == 1 else "3 days in a plan by days") in said
    for given in ({"fatigue_half_life": 3.0}, {"fatigue": 0.0}):
        assert "half of fatigue gone after" not in "\n".join(assumptions(open_problem(**given)))


@pytest.mark.parametrize("supported", [True, False])
def test_what_the_data_tells_is_no_assumption(supported: bool) -> None:
    """A fitted half-life is the data's; where the data says too little the default is told."""
    problem = open_problem()
    term = FittedTerm(value=0.2, low=0.1, high=0.3, words="from 9 items", supported=supported, periods=2.0)
    learned = Learned(
        effects=problem.effects, segments=(), prices={}, history=(), orders={}, accuracy={}, response={"fatigue": term}
    )
    said = "\n".join(assumptions(replace(problem, learned=learned)))
    assert ("half of fatigue gone after" not in said) == supported


def test_the_profit_at_half_of_it_is_that_of_the_scenario_with_half_of_it() -> None:
    """The figure told is the account of the same plan under the shorter half-life."""
    problem, other = open_problem(), open_problem(fatigue_half_life=1.5)
    plan = repeated(problem)
    (said,) = at_half_of_it(problem, plan)
    gain = [
        measured(account(each.model, one), Measure.PROFIT, Scope())
        for each in (other, problem)
        for one in (plan, problem.grid.empty())
    ]
    then, now = ((one - none) / 100 for one, none in (gain[:2], gain[2:]))
    money = money_style("EUR", [then, now])
    assert f"profit by {money(then, signed=True)}, not {money(now, signed=True)}," in said
    assert "--set response.fatigue_half_life=1.5" in said
    assert at_half_of_it(other, plan) == () and at_half_of_it(problem, problem.grid.empty()) == ()


def test_a_plan_tells_it() -> None:
    """Shipped scenarios that say their half-life are told nothing of it."""
    assert "half of fatigue gone after" not in "\n".join(assumptions(build_problem("template-basic")))

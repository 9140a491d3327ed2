"""No promotion is the answer where every plan that was found is worth less, and nothing asks for lines."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from little_work import little_work

import planner.run.search
from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.shown.choice import Checked, choice, with_nothing
from planner.evolution.workspace import Workspace
from planner.problem import build_problem
from planner.run.deepening import Means, Run
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.futures.draws import draw
from scenarios.language.plan_lines import PlanLine


def found(worth: str, *overrides: str) -> tuple[Checked, Checked]:
    """A plan of one line that the ledger says to be worth so much, and what is answered."""
    problem = build_problem("template-basic", overrides)
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    plan = problem.grid.empty()
    plan[0] = 1
    checked = ((space.score(plan), replace(ledger.audit(plan), objective=Decimal(worth))),)
    return checked, choice(problem.grid, with_nothing(checked, space, ledger))


def test_plans_that_lose_give_way_to_none() -> None:
    """One that loses is no answer beside nothing; one that gains, or that a floor asks for, stays."""
    _, answered = found("-3.00")
    ((candidate, report),) = answered
    assert not candidate.plan.any() and report.objective == 0
    for worth, overrides in (("3.00", ()), ("-3.00", ("limits=[{id: floor, measure: uses, min: 1}]",))):
        checked, answered = found(worth, *overrides)
        assert answered == checked


def test_a_search_never_answers_with_a_plan_that_is_worth_less_than_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when one that follows bad futures ends with a sale that gains 33 on average and loses 100 in these."""
    little_work(monkeypatch)
    problem = build_problem("template-basic", ("objective={risk: {cvar: 1%}}", "offers.coffee-flash.funding.share=40%"))
    sale = PlanLine(date=dt.date(2027, 3, 3), product="espresso-1kg", segment="*", offer="coffee-flash")

    def losing(means: Means, run: Run) -> None:
        run.chosen, run.careful = (means.space.score(problem.grid.plan_of((sale,))),), None

    monkeypatch.setattr(planner.run.search, "deepen", losing)
    found = plan_campaign(problem, SearchParams(effort=Effort.QUICK, plans=1, cross_fit=False)).plan_set
    assert found is not None and found.plans[0].objective == 0 and not found.plans[0].lines

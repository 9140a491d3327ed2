"""What a plan may come to: profit and spend in the futures and the optimism, at any width."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from plan_sets import plan_set
from rich.console import Console

from planner.report.one_plan.risk import show_risk
from scenarios.answer.front import Front
from scenarios.language.schema import Scenario
from scenarios.loading.load import load_scenario

LINES = ((2, "nova-12", "*", "nova-cut-12", 1.0), (3, "nova-12", "students", "nova-coupon-200", 0.3))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return the shipped scenario."""
    return load_scenario("phone-flash-sale").scenario


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    ("optimism", "words"),
    [
        (0.0731, "promise 7.3% more than the other half"),
        (-0.02, "promise 2.0% less than the other half"),
        (0.0001, "promise as much as the other half"),
    ],
)
def test_the_range_and_the_optimism_are_told(scenario, width, optimism, words):
    """Expected, P5, P50 and P95 stand side by side, the optimism below, and everything fits."""
    made = replace(plan_set(scenario, LINES), cross_fit=optimism)
    out = Console(width=width, force_terminal=False)
    with out.capture() as captured:
        out.print(show_risk(made.plans[0], made))
    text = captured.get()
    assert max(len(row) for row in text.splitlines()) <= width
    assert words in " ".join(text.split())
    assert text.count("optimism") == 1  # two figures, one statement: the plan's own, and what it is compared with
    for title in ("expected", "P5", "P50", "P95", "profit gained", "is optimistic by 2.0%"):
        assert title in " ".join(text.split())


def test_without_cross_fitting_nothing_is_claimed(scenario):
    """A run that was limited by time says nothing of halves."""
    made = plan_set(scenario, LINES)
    out = Console(width=100, force_terminal=False)
    with out.capture() as captured:
        out.print(show_risk(made.plans[0], made))
    assert "cross-fitting" not in captured.get()


@pytest.mark.parametrize(
    ("optimism", "words"),
    [(0.039, "optimistic by 3.9%"), (-0.039, "pessimistic by 3.9%"), (-0.0001, "neither optimistic nor pessimistic")],
)
def test_which_way_an_objective_errs_is_said_without_a_sign(scenario, optimism, words):
    """A plan that promises too little is pessimistic, not negatively optimistic."""
    made = plan_set(scenario, LINES)
    notes = " ".join(show_risk(replace(made.plans[0], optimism=optimism), made).notes)
    assert f"objective is {words}" in notes
    assert "is -" not in notes


def test_of_a_front_the_leading_measure_is_said_to_err(scenario):
    """Several measures are no one objective: what is optimistic is the first of them."""
    made = plan_set(scenario, LINES)
    front = Front(measures={"spend": "min", "profit": "max"}, reference={}, hypervolume=0.0, covered=0.0, knee=1)
    notes = " ".join(show_risk(made.plans[0], replace(made, front=front)).notes)
    assert "this plan's spend is optimistic by 2.0%" in notes


def _told(scenario, **changes):
    """What is said below the figures of one plan, in one line."""
    made = plan_set(scenario, LINES)
    plan = replace(made.plans[0], **changes)
    return " ".join(show_risk(plan, made).notes)


def test_optimism_is_told_with_what_chance_makes_of_it(scenario):
    """Figures of 200 futures: 4.5 % with an error of 5.6 % may be nothing, 15.8 % is something."""
    lucky = _told(scenario, optimism=-0.045, optimism_error=0.056)
    assert "is pessimistic by 4.5% ± 9.2%, which cannot be told from 0" in lucky
    sure = _told(scenario, optimism=0.158, optimism_error=0.058)
    assert "is optimistic by 15.8% ± 9.5%" in sure and "cannot be told" not in sure
    assert "how much of it is luck was not kept" in _told(scenario, optimism=0.158, optimism_error=None)  # of before
    assert "neither optimistic nor pessimistic (± 9.2%)" in _told(scenario, optimism=0.0, optimism_error=0.056)
    assert "nor pessimistic" in (certain := _told(scenario, optimism=0.0, optimism_error=0.0)) and "±" not in certain


def test_of_an_objective_that_is_small_beside_spend_optimism_is_an_amount(scenario):
    """212 % of 500 that is left of 1.7 million spent says nothing; 1,060.00 does."""
    told = _told(scenario, objective=Decimal(500), optimism=2.12, optimism_error=0.4)
    assert "is optimistic by 1,060 ± 329" in told and "212" not in told


@pytest.mark.parametrize(
    ("objective", "leads", "told"),
    [
        ("mean profit over the worst 10% of the futures", None, "by 90.00 ± 14.80"),
        ("1 units", None, "by 10.0% ± 1.6%"),
        ("profit and units", "profit", "by 90.00 ± 14.80"),
        ("units and profit", "units", "by 10.0% ± 1.6%"),
    ],
)
def test_only_of_an_objective_in_money_optimism_is_an_amount(scenario, objective, leads, told):
    """900 units are not small beside a spend of 1.7 million, and 10 % of them are no 90.00; of profit they are."""
    made = replace(plan_set(scenario, LINES, scale="0.01"), objective=objective)
    front = Front(measures={leads: "max"}, reference={}, hypervolume=0.0, covered=0.0, knee=1) if leads else None
    plan = replace(made.plans[0], objective=Decimal(900), optimism=0.1, optimism_error=0.01)
    assert f"is optimistic {told}" in " ".join(show_risk(plan, replace(made, front=front)).notes)


def test_cross_fitting_is_told_with_its_range(scenario):
    """Plans of two halves differ by luck, too."""
    made = replace(plan_set(scenario, LINES), cross_fit=0.004, cross_fit_error=0.0044)
    notes = " ".join(show_risk(made.plans[0], made).notes)
    assert "promise 0.4% ± 0.7% more than the other half gives them, which cannot be told from 0" in notes


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.13, "loses money in 13% of the futures"),
        (0.005, "loses money in 0.5% of the futures"),
        (0.0, "loses money in none of the futures"),
    ],
)
def test_how_often_a_plan_loses_money_is_said(scenario, share, words):
    """'profit gained +579.70' and a P5 of -2,241.75 do not say how likely a loss is."""
    outcome = plan_set(scenario, LINES).plans[0].outcome
    assert words in _told(scenario, outcome=replace(outcome, loss_share=share))
    assert "loses money" not in _told(scenario)


def test_where_quantiles_move_by_chance_the_range_is_said(scenario):
    """P5 of 200 futures is the tenth of them: another seed has another tenth."""
    outcome = plan_set(scenario, LINES).plans[0].outcome
    found = outcome.quantiles["profit"]

    def with_ends(by: str) -> str:
        ends = {
            f"{name}_{end}": getattr(found, name) + sign * Decimal(by)
            for name in ("p05", "p95")
            for end, sign in (("low", -1), ("high", 1))
        }
        return _told(scenario, outcome=replace(outcome, quantiles={"profit": replace(found, **ends)}))

    assert "its P5 at" in with_ends("150000") and "(90%)" in with_ends("150000")
    assert "its P5 at" not in with_ends("100")  # next to nothing beside the spread

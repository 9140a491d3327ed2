"""What a plan may come to: profit and spend in the futures and the optimism, at any width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan_sets import plan_set
from rich.console import Console

from planner.report.risk import show_risk
from scenarios.answer.front import Front
from scenarios.language.load import load_scenario
from scenarios.language.schema import Scenario

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

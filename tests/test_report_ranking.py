"""The ranking and what stands beside the best plan: optimism with its range, habits by name and their hindrance."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from plan_sets import PHONE_LINES, plan_set, ranked
from printed import printed

from planner.report.side_by_side.ranking import show_baselines, show_ranking
from scenarios.language.schema import Scenario
from scenarios.loading.load import load_scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return the shipped scenario."""
    return load_scenario("phone-flash-sale").scenario


def test_the_ranking_shows_optimism_only_with_what_chance_makes_of_it(scenario: Scenario) -> None:
    """15.8 % that can be told from 0 stands with its range, 4.5 % that cannot leaves only the range."""
    plans = plan_set(scenario, PHONE_LINES)
    for optimism, error, cell in ((0.158, 0.058, "15.8% ± 9.5%"), (-0.045, 0.056, "within ±9.2%"), (0.0, 0.0, "0.0%")):
        plan = replace(plans.plans[0], optimism=optimism, optimism_error=error)
        rows = printed(show_ranking(replace(plans, plans=(plan,)), scenario), 130)
        assert cell in rows[3] and "4.5%" not in rows[3]
    small = replace(plans.plans[0], objective=Decimal(500), optimism=2.12, optimism_error=0.4)
    text = " ".join(" ".join(printed(show_ranking(replace(plans, plans=(small,)), scenario), 130)).split())
    assert "1,060 ± 329" in text and "an amount where the objective is small beside spend" in text


def test_of_an_objective_in_units_the_ranking_shows_a_share(scenario: Scenario) -> None:
    """Units are not compared with what is spent."""
    plans = replace(plan_set(scenario, PHONE_LINES), objective="1 units")
    small = replace(plans.plans[0], objective=Decimal(900), optimism=0.1, optimism_error=0.01)
    text = " ".join(" ".join(printed(show_ranking(replace(plans, plans=(small,)), scenario), 130)).split())
    assert "10.0% ± 1.6%" in text and "an amount where" not in text


def test_a_plan_that_loses_in_most_futures_is_told_first(scenario: Scenario) -> None:
    """With the plan that has nearly as much for less, and how to plan for the futures; silent where fewer lose."""
    plans = plan_set(scenario, PHONE_LINES, PHONE_LINES)
    first, second = plans.plans
    lean = replace(second.outcome, gross_spend=first.outcome.gross_spend / 2)
    for lost, told in ((0.52, True), (0.2, False)):
        best = replace(first, outcome=replace(first.outcome, loss_share=lost))
        other = replace(second, objective=first.objective * Decimal("0.95"), outcome=lean)
        rows = printed(show_ranking(replace(plans, plans=(best, other)), scenario), 130)
        text = " ".join(" ".join(rows).split())
        assert ("plan 1 loses money in 52% of the futures" in text) is told
        assert ("plan 2 has 95% of that for 50% of the gross spend" in text) is told
        assert ("objective: {risk: mean}" in text) is told


def test_of_a_plan_that_loses_the_gap_stands_as_an_amount_too(scenario: Scenario) -> None:
    """A share of a small loss says nothing of how much is missing."""
    plans = replace(plan_set(scenario, PHONE_LINES), bound=Decimal(-1000))
    for objective, told in ((Decimal(-5000), True), (Decimal(5000), False)):
        plan = replace(plans.plans[0], objective=objective, gap=4.0)
        text = " ".join(" ".join(printed(show_ranking(replace(plans, plans=(plan,)), scenario), 130)).split())
        assert ("-1,000, 4,000 better than plan 1" in text) is told


def test_what_stands_in_a_habits_way_is_named(scenario: Scenario) -> None:
    """A habit begins with no promotion, so what that breaks, and limits at risk, are all that can stop it."""
    missing = {"no_promotion": Decimal(0), "greedy": None, "uniform": None}
    plan = replace(ranked(scenario, 1, PHONE_LINES), baselines=missing, no_promotion_breaks=("a", "b", "c", "d"))
    text = " ".join(" ".join(printed(show_baselines(plan, "CNY"), 120)).split())
    assert "it begins with no promotion, which breaks a, b, c and 1 more" in text
    assert "coupon-budget must hold in enough of the futures" in text
    sure = replace(plan, no_promotion_breaks=(), limits=tuple(replace(each, at_risk=None) for each in plan.limits))
    assert " ".join(printed(show_baselines(sure, "CNY"), 120)).endswith("was found")


def test_the_best_single_offer_is_named(scenario: Scenario) -> None:
    """'The best single offer everywhere' means nothing to whoever does not know which one it is."""
    plan = replace(ranked(scenario, 1, PHONE_LINES), uniform_offer="front-page on 7 of 15 lines")
    text = "\n".join(printed(show_baselines(plan, "CNY"), 120))
    assert "the best single offer everywhere (front-page on 7 of 15 lines)" in text


def test_that_all_rows_rest_on_the_same_effects_is_told(scenario: Scenario) -> None:
    """A lead over greedy is one of choosing: whether the effects are right it does not tell; silent without habits."""
    plan = ranked(scenario, 1, PHONE_LINES)
    for found, told in ((Decimal(5), True), (None, False)):
        beside = replace(plan, baselines={"no_promotion": Decimal(0), "greedy": found, "uniform": None})
        text = " ".join(" ".join(printed(show_baselines(beside, "CNY"), 80)).split())
        assert ("valued by the same effects and response: they compare ways of choosing" in text) is told

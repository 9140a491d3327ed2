"""Shares that somebody wrote are read back as they were written: rounded, they would be others."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from plan_folders import basic_problem
from plan_sets import limit, plan_set
from printed import printed

from constraints.infeasible.shortfall import broken_rows, measure_uses, shortfall_text
from planner.figures import given
from planner.problem import build_problem
from planner.reasons.assumed.assumptions import assumptions
from planner.report.one_plan.limit_prices import price_sentences
from planner.report.one_plan.limits import show_limits
from planner.report.one_plan.outcome import broken_sentences
from planner.report.one_plan.targets import show_targets
from planner.report.question import question_rows
from planner.report.side_by_side.compare import offer_text
from scenarios.answer.verdicts import PriceRange
from scenarios.loading.load import load_scenario


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.125, "12.5%"), (0.999, "99.9%"), (0.07, "7%"), (0.333, "33.3%"), (1.0, "100%"), (0.0, "0%"), (0.0225, "2.25%")],
)
def test_a_given_share_keeps_its_digits(value: float, text: str) -> None:
    """An eighth is 12.5%, and 99.9% of the futures are not all of them."""
    assert given(value) == text


def test_a_given_share_may_have_digits_that_it_does_not_need() -> None:
    """Columns of rates stay aligned; what needs more digits has them."""
    assert given(0.13, least=1) == "13.0%"
    assert given(0.0775, least=1) == "7.75%"


def test_the_reach_of_a_line_is_the_level_that_was_given() -> None:
    """A coverage of 12.5% was read back as 12%, which the scenario does not know."""
    scenario = load_scenario("phone-flash-sale").scenario
    made = plan_set(scenario, ((3, "nova-12", "students", "nova-coupon-200", 0.125),)).plans[0]
    assert offer_text(made.lines[0]) == "nova-coupon-200 12.5%"
    (table,) = show_targets(made, scenario, "CNY")
    assert "12.5%" in " ".join(printed(table, 80))


def test_the_share_of_futures_is_never_rounded_to_all() -> None:
    """``at_risk: 99.9%`` is not a promise for 100% of the futures."""
    broken = replace(limit("coupons", "spend", "100", "90", at_risk="120"), at_risk=0.999)
    assert "in 99.9% of the futures" in " ".join(printed(show_limits([broken], "EUR"), 80))
    assert broken_sentences([broken], [], [], "EUR")[0].endswith("in 99.9% of the futures")


def test_tax_and_bounds_are_said_to_their_last_digit() -> None:
    """A tax of 7.75% is no tax of 7.8%, a margin of 8.25% no margin of 8.2%, and fatigue of 12.5% not 12%."""
    changed = ("money.tax_rate=7.75%", "response.fatigue=12.5%", "limits.margin.min=8.25%")
    problem = build_problem("template-basic", changed)
    rows = dict(question_rows(problem.loaded.scenario))
    assert "tax 7.75%" in rows["money"] and "margin_rate min 8.25%" in rows["limits"]
    said = " ".join(assumptions(problem))
    assert "tax 7.75%" in said and "fatigue 12.5%" in said


def test_weights_count_changes_and_say_so() -> None:
    """Every objective is a change against no promotion, weighted measures too."""
    weighted = "objective={weights: {profit: 1, contacts: -0.005}}"
    rows = dict(question_rows(build_problem("template-basic", (weighted,)).loaded.scenario))
    assert rows["objective"] == "1 x profit - 0.005 x contacts, over the plan without any promotion"
    assert dict(question_rows(basic_problem().loaded.scenario))["objective"].startswith("profit, over")


def test_what_is_left_of_a_floor_is_above_it() -> None:
    """A minimum gives way by being asked for less: 'more of it' said the contrary."""
    floor = replace(
        limit("visible", "uses", "100", "104", sense="min", price=39.75),
        price_holds=PriceRange(low=Decimal(90), high=Decimal(102)),
    )
    said = price_sentences([floor], "EUR")[0]
    assert said.startswith("visible: one unit less is worth about 39.75")
    assert "the plan is 4.0 above it" in said and said.endswith("less of it alone may gain nothing")


def test_a_question_without_a_plan_says_how_sure_it_was_asked_to_be() -> None:
    """'99.5% sure' was told as 100%, which nobody can be."""
    problem = build_problem("template-basic", ("limits.margin.min=99%", "limits.margin.at_risk=99.5%"))
    used = measure_uses(problem.model, problem.limits, problem.grid.empty())
    (row,) = broken_rows(problem.model, problem.limits, used)
    assert shortfall_text(problem.model, problem.limits, row, used).endswith("at least 99% asked for, 99.5% sure")

"""Figures of different objectives never stand side by side, and what a gap is of is said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from plan_sets import PHONE_LINES, plan_set
from printed import printed

from planner.bound.gap.story import GapPart, GapStory
from planner.reasons.standing.explain import counted_in, worth_words
from planner.report.gap import show_gap
from planner.report.side_by_side.compare import one_aim, show_changes, show_compared
from planner.run.notes.why_lines import why_it_stands
from scenarios.answer.front import Front
from scenarios.language.aim import Aim, Objective, aim_words
from scenarios.loading.load import load_scenario

SCENARIO = load_scenario("phone-flash-sale").scenario
STORY = GapStory(bound=-100.0, objective=-250.0, parts=(GapPart(kind="theft", name="", amount=150.0),))


@pytest.mark.parametrize(
    ("objective", "title", "said"),
    [
        ("profit", "What the gap is made of", "no plan gains more than -100.00, the best plan gains -250.00"),
        (
            Aim.model_validate({"risk": {"cvar": "20%"}}),
            "What the gap of expected profit is made of",
            "no plan gains more expected profit than -100.00",
        ),
        (
            Aim.model_validate({"pareto": {"spend": "min", "profit": "max"}}),
            "What the gap of spend is made of",
            "no plan has less spend than 100.00, the best plan has 250.00",
        ),
    ],
)
def test_the_gap_is_said_to_be_of_what_is_bounded(objective: Objective, title: str, said: str) -> None:
    """A careful objective has no gap: what is split is that of expected profit; spend is told as spend."""
    text = printed(show_gap(STORY, "EUR", counted_in(objective)), 100)
    assert text[0] == title
    assert said in " ".join(" ".join(text).split())


def test_a_gap_of_nothing_is_not_split_into_parts_of_all_of_it() -> None:
    """Where only the guard against rounding lies above the plan, no part is 100 % of 0.00."""
    reached = replace(STORY, bound=4.01e-07, objective=0.0)
    text = printed(show_gap(reached, "EUR", counted_in("profit")), 100)
    assert text[1:] == ["nothing to split: the best plan reaches the bound, to less than 0.01"]


def test_what_a_question_does_not_have_is_no_part_of_its_gap() -> None:
    """Without offers on baskets no row tells of them, nor of what adding up left."""
    more = (*STORY.parts, GapPart(kind="baskets", name="", amount=0.0), GapPart(kind="dips", name="", amount=1e-12))
    text = " ".join(printed(show_gap(replace(STORY, parts=more), "EUR", counted_in("profit")), 100))
    assert "rivals" in text and "baskets" not in text and "pull-forward" not in text


def test_printed_parts_add_up_to_the_printed_gap() -> None:
    """Whoever adds up the column, and takes the plan from the bound, gets the gap: no cent is lost by rounding."""
    parts = [("theft", 0.333), ("dips", 0.333), ("fatigue", -0.004), ("lines", 9.3421)]
    story = GapStory(
        bound=110.0051, objective=100.0, parts=tuple(GapPart(kind=kind, name="cup", amount=x) for kind, x in parts)
    )
    rows = [row.rstrip("%").split() for row in printed(show_gap(story, "EUR", counted_in("profit")), 100) if "%" in row]
    amounts = [Decimal(row[-2]) for row in rows]
    assert len(rows) == 5 and sum(amounts[:-1]) == amounts[-1] == Decimal("10.01")  # 110.01 less 100.00


def test_plans_of_other_objectives_are_compared_by_their_money_only() -> None:
    """Profit of one plan less the spend of another one is no figure; nor is what lines are worth in either."""
    made = plan_set(SCENARIO, PHONE_LINES, PHONE_LINES[1:])
    assert one_aim(made, "profit") and not one_aim(made, "mean profit over the futures")
    saving = Front(measures={"spend": "min", "profit": "max"}, reference={}, hypervolume=0.0, covered=0.0, knee=1)
    assert not one_aim(replace(made, front=saving), "profit")
    one, two = made.plans
    names = ("plans", "plans:2")
    assert any(row.startswith("objective") for row in printed(show_compared(one, two, names, "CNY"), 100))
    apart = [
        *printed(show_compared(one, two, names, "CNY", objective=False), 100),
        *printed(show_changes(one, two, (SCENARIO, SCENARIO), objective=False), 100),
    ]
    assert not any(row.startswith("objective") or "worth" in row for row in apart)
    assert any(row.startswith("profit gained") for row in apart)


@pytest.mark.parametrize(
    ("objective", "gains", "loses"),
    [
        ("profit", "earns more than it costs", "costs more than it earns"),
        (Aim.model_validate({"risk": {"cvar": "20%"}}), "earns more than it costs", "costs more than it earns"),
        (Aim.model_validate({"pareto": ["profit", "units"]}), "earns more than it costs", "costs more than it earns"),
        (Aim.model_validate({"pareto": {"spend": "min", "profit": "max"}}), "takes from spend", "adds to spend"),
        (Aim.model_validate({"pareto": ["units", "profit"]}), "adds to units", "takes from units"),
        (
            Aim.model_validate({"weights": {"profit": 1, "units": 2}}),
            "by the weights is worth more than it costs",
            "by the weights costs more than it is worth",
        ),
    ],
)
def test_a_line_is_said_to_do_what_is_counted(objective: Objective, gains: str, loses: str) -> None:
    """A coupon that earns much and spends some does not 'cost more than it earns' because spend leads the front."""
    assert worth_words(objective) == (gains, loses)


@pytest.mark.parametrize(
    ("objective", "needing"),
    [
        ("profit", "other lines, a limit or a rule need it"),
        (Aim.model_validate({"risk": {"cvar": "20%"}}), "other futures, other lines, a limit or a rule need it"),
        (Aim.model_validate({"pareto": ["profit", "units"]}), "another measure, other lines, a limit or a rule"),
    ],
)
def test_a_line_that_loses_in_the_account_may_stand_for_other_futures(objective: Objective, needing: str) -> None:
    """A careful objective keeps what earns where others fail, though it costs more than it earns as expected."""
    said = why_it_stands(objective, -1.0)
    assert f"beside the others: {needing}" in said
    said = why_it_stands(objective, -1.0, run="its run is worth +5")
    assert said.endswith("beside the others; its run is worth +5")


def test_weights_below_nothing_and_one_deviation_are_said_as_people_say_them() -> None:
    """'1 profit + -0.005 contacts' and '1 standard deviations' were neither."""
    assert aim_words(Aim.model_validate({"weights": {"profit": 1, "contacts": -0.005}})) == "1 profit - 0.005 contacts"
    assert aim_words(Aim.model_validate({"weights": {"spend": -1, "units": 2}})) == "- 1 spend + 2 units"
    assert aim_words(Aim.model_validate({"weights": {"customers_reached": 2}})) == "2 customers reached"
    assert aim_words(Aim.model_validate({"risk": {"mean_minus_sd": 1}})).endswith("less 1 standard deviation")


def test_counts_and_their_difference_add_up_as_they_are_printed() -> None:
    """1,046.4 and 1,043.6 read as 1,046, 1,044 and -3: a reader who subtracts would find a mistake."""
    one, two = plan_set(SCENARIO, PHONE_LINES, PHONE_LINES[1:]).plans
    for first, second, shown in (
        ("1046.4", "1043.6", ["1,046.4", "1,043.6", "-2.8"]),
        ("7.2", "5.1", ["7", "5", "-2"]),
    ):
        left = replace(one, outcome=replace(one.outcome, units_change=Decimal(first)))
        right = replace(two, outcome=replace(two.outcome, units_change=Decimal(second)))
        rows = printed(show_compared(left, right, ("plans", "plans:2"), "CNY"), 100)
        assert next(row for row in rows if row.startswith("units gained")).split()[2:] == shown

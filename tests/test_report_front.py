"""How a front is shown: figures of every measure, marks, a picture, and trade-offs in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from plan_folders import basic_problem, good_lines, write_folder
from printed import printed
from rich.console import Console

from constraints.checking.check import check
from planner.problem import build_problem
from planner.report.front import knee_plan, show_front, trade_offs
from scenarios.answer.front import front_of
from scenarios.answer.plan import PlanSet
from scenarios.language.aim import senses_of
from scenarios.language.several import Sense
from scenarios.language.words import Measure


@pytest.fixture(scope="module")
def plan_set(tmp_path_factory: pytest.TempPathFactory) -> PlanSet:
    """Three plans with figures by hand: profit 9, 8, 1 thousand for 0, 20 and 30 thousand customers."""
    asked = basic_problem()
    folder = tmp_path_factory.mktemp("front") / "plans"
    written = write_folder(asked, folder, *(good_lines(asked)[:count] for count in (1, 2, 3)))
    values = [
        {"profit": Decimal(profit), "customers_reached": Decimal(reached)}
        for profit, reached in (("9000.00", "0.000"), ("8000.00", "20000.000"), ("1000.00", "30000.000"))
    ]
    plans = tuple(replace(plan, objectives=each) for plan, each in zip(written.plans, values, strict=True))
    senses = {Measure.PROFIT: Sense.MAX, Measure.CUSTOMERS_REACHED: Sense.MAX}
    return replace(written, plans=plans, front=front_of(senses, values))


def test_trade_offs_are_said_in_words(plan_set: PlanSet) -> None:
    """From plan to plan what is won and what it costs, per one round amount; then how far the knee goes."""
    assert list(trade_offs(plan_set)) == [
        "from plan 1 to plan 2: 20,000 more customers reached cost 1,000.00 of profit (500.00 per 10,000)",
        "from plan 2 to plan 3: 10,000 more customers reached cost 7,000.00 of profit (7,000.00 per 10,000)",
        "plan 2 is the knee, where all together is given up least: it goes 88% of the way to the most profit and 67% "
        "of the way to the most customers reached",
    ]
    assert knee_plan(plan_set).rank == 2


@pytest.mark.parametrize("width", [80, 120])
def test_a_front_fits_the_screen(plan_set: PlanSet, width: int) -> None:
    """Table, marks and picture fit; every plan's number stands in the picture."""
    console = Console(width=width, no_color=True)
    with console.capture() as captured:
        console.print(*show_front(plan_set, basic_problem().loaded.scenario))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    assert "3 plans for Spring sale: more profit and more customers reached" in text
    for mark in ("most profit", "knee", "most customers reached"):
        assert mark in text
    picture = [line.partition("│")[2] for line in lines if "│" in line]
    assert sorted("".join(picture).split()) == ["1", "2", "3"]


def test_check_makes_the_front_again(tmp_path: Path) -> None:
    """A folder of a front passes; without what the plans make together it does not."""
    asked = build_problem("template-basic", ("objective={pareto: {profit: max, spend: min}}",))
    senses = senses_of(asked.loaded.scenario.objective)
    plans = (good_lines(asked), good_lines(asked)[:2])
    bare = write_folder(asked, tmp_path / "bare", *plans)
    assert {each.place for each in check(tmp_path / "bare").differences} == {"front"}
    assert [sorted(plan.objectives) for plan in bare.plans] == [["profit", "spend"]] * 2
    assert front_of(senses, [plan.objectives for plan in bare.plans]).measures == {"profit": "max", "spend": "min"}


def test_what_is_counted_is_fewer_and_has_no_of(plan_set: PlanSet) -> None:
    """Of three measures: fewer contacts, not less; units given up are so many units; the knee lists with a comma."""
    values = [
        {"profit": Decimal(profit), "contacts": Decimal(sent), "units": Decimal(sold)}
        for profit, sent, sold in (("9000.00", "5000", "900"), ("8000.00", "2000", "800"), ("1000.00", "0", "850"))
    ]
    senses = {Measure.PROFIT: Sense.MAX, Measure.CONTACTS: Sense.MIN, Measure.UNITS: Sense.MAX}
    plans = tuple(replace(plan, objectives=each) for plan, each in zip(plan_set.plans, values, strict=True))
    three = replace(plan_set, plans=plans, front=front_of(senses, values))
    said = list(trade_offs(three))
    assert said[0] == "from plan 1 to plan 2: 3,000 fewer contacts cost 1,000.00 of profit and 100 units"
    assert said[1] == "from plan 2 to plan 3: 2,000 fewer contacts and 50 more units cost 7,000.00 of profit"
    assert said[2] == (
        "plan 1 is the knee, where all together is given up least: it goes 100% of the way to the most profit, 0% of "
        "the way to the fewest contacts and 100% of the way to the most units"
    )
    text = " ".join(printed_front(three).split())
    assert "more profit and fewer contacts and more units" in text
    assert "fewest contacts" in text and "What more of one costs of the others" in text


def test_small_counts_read_like_what_they_are(plan_set: PlanSet) -> None:
    """Half a unit more is no "0 more units", one customer is no "customers", a small price is not 0.00."""
    values = [
        {"profit": Decimal(profit), "units": Decimal(sold)}
        for profit, sold in (("0.00", "0.000"), ("-0.01", "0.380"), ("-0.02", "0.760"))
    ]
    senses = {Measure.PROFIT: Sense.MAX, Measure.UNITS: Sense.MAX}
    said = list(trade_offs(_with(plan_set, senses, values)))
    assert said[0] == "from plan 1 to plan 2: 0.4 more units cost 0.01 of profit (0.0263 per 1)"
    text = " ".join(printed_front(_with(plan_set, senses, values)).split())
    assert "+0.4" in text and "+0.8" in text
    senses = {Measure.SPEND: Sense.MIN, Measure.CUSTOMERS_REACHED: Sense.MAX}
    values = [
        {"spend": Decimal(spend), "customers_reached": Decimal(reached)}
        for spend, reached in (("0.00", "0.000"), ("0.01", "1.000"), ("0.03", "3.000"))
    ]
    said = list(trade_offs(_with(plan_set, senses, values)))
    assert said[0] == "from plan 1 to plan 2: 1 more customer reached costs 0.01 more spend (0.0100 per 1)"
    assert said[1] == "from plan 2 to plan 3: 2 more customers reached cost 0.02 more spend (0.0100 per 1)"


def test_a_small_difference_of_large_amounts_is_no_nothing(plan_set: PlanSet) -> None:
    """Amounts from 100,000 on are rounded to whole units, but not where that hides what an exchange costs."""
    senses = {Measure.PROFIT: Sense.MAX, Measure.CUSTOMERS_REACHED: Sense.MAX}
    values = [
        {"profit": Decimal(profit), "customers_reached": Decimal(reached)}
        for profit, reached in (("900000.40", "0.000"), ("900000.00", "20.000"), ("800000.00", "40.000"))
    ]
    assert "20 more customers reached cost 0.40 of profit" in next(iter(trade_offs(_with(plan_set, senses, values))))


def _with(plan_set: PlanSet, senses: dict[Measure, Sense], values: list[dict[str, Decimal]]) -> PlanSet:
    """The plans with other values of other measures."""
    plans = tuple(replace(plan, objectives=each) for plan, each in zip(plan_set.plans, values, strict=True))
    return replace(plan_set, plans=plans, front=front_of(senses, values))


def test_a_front_of_one_plan_has_nothing_to_compare(plan_set: PlanSet) -> None:
    """Neither 'no plan is better than another' nor a hypervolume of 0 is said of the only plan."""
    only = plan_set.plans[:1]
    senses = {Measure.PROFIT: Sense.MAX, Measure.CUSTOMERS_REACHED: Sense.MAX}
    alone = replace(plan_set, plans=only, front=front_of(senses, [only[0].objectives or {}]))
    text = " ".join(printed_front(alone).split())
    assert "Only one plan is shown, so nothing is traded off" in text
    assert "than another" not in text and "hypervolume" not in text


def test_a_measure_that_no_plan_changes_is_named(plan_set: PlanSet) -> None:
    """Orders without baskets are 0 in every plan: a hypervolume of 0 would look like a front that covers nothing."""
    senses = {Measure.PROFIT: Sense.MAX, Measure.ORDERS: Sense.MAX, Measure.SPEND: Sense.MIN}
    values = [
        {"profit": Decimal(profit), "orders": Decimal(0), "spend": Decimal(spend)}
        for profit, spend in (("9000.00", "500.00"), ("8000.00", "200.00"), ("1000.00", "0.00"))
    ]
    plans = tuple(replace(plan, objectives=each) for plan, each in zip(plan_set.plans, values, strict=True))
    text = " ".join(printed_front(replace(plan_set, plans=plans, front=front_of(senses, values))).split())
    assert "the same in every plan, so nothing of it is traded off: orders" in text
    assert "hypervolume" not in text


def printed_front(plan_set: PlanSet) -> str:
    """Return what is shown of a front, 120 columns wide."""
    return "\n".join(
        line for part in show_front(plan_set, basic_problem().loaded.scenario) for line in printed(part, 120)
    )

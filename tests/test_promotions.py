"""Explanations by promotion: lines that people think of as one thing are told once, and valued together."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from plan_folders import line, write_folder
from rich.console import Console
from typer.testing import CliRunner

from planner.cli import app
from planner.evaluation.evaluator import Evaluator
from planner.page.promotions import promotion_table
from planner.problem import Problem, build_problem
from planner.reasons.standing.explain import Alternative, Explanation, explain_plan
from planner.report.explained.explain import show_lines, show_promotions
from planner.run.scored import score_plan
from scenarios.language.plan_lines import PlanLine


@cache
def _problem() -> Problem:
    return build_problem("template-basic")


def _lines() -> tuple[PlanLine, ...]:
    """Three days of a cut, one of them apart; a coupon for two segments on two days, and for one at another level."""
    problem = _problem()
    cut = [line(problem, period, "espresso-1kg", "coffee-15") for period in (1, 2, 5)]
    coupons = [line(problem, period, "kettle", "kettle-coupon", who, 0.5) for period in (8, 9) for who in _segments()]
    return (*cut, *coupons, line(problem, 10, "kettle", "kettle-coupon", _segments()[0], 1.0))


def _segments() -> tuple[str, str]:
    first, second, *_ = (segment.id for segment in _problem().grid.segments)
    return first, second


@cache
def _explained() -> Explanation:
    problem = _problem()
    evaluator = Evaluator(problem.model, problem.limits)
    return explain_plan(evaluator, score_plan(problem, problem.grid.plan_of(_lines())).plan)


def test_consecutive_lines_of_one_offer_on_one_product_are_one_promotion() -> None:
    """Segments lie in one promotion; a gap of days, and another coverage, begin a new one; each line is told once."""
    explained = _explained()
    found = {
        (own[0].offer, own[0].coverage, str(each.first), str(each.last)): len(own)
        for each in explained.promotions
        for own in [[explained.lines[place].line for place in each.places]]
    }
    dates = [str(each.date) for each in _lines()]
    assert found == {
        ("coffee-15", 1.0, dates[0], dates[1]): 2,
        ("coffee-15", 1.0, dates[2], dates[2]): 1,
        ("kettle-coupon", 0.5, dates[3], dates[5]): 4,
        ("kettle-coupon", 1.0, dates[7], dates[7]): 1,
    }
    assert sorted(place for each in explained.promotions for place in each.places) == list(range(len(_lines())))


def test_a_closed_day_is_no_gap() -> None:
    """Saturday and Monday around a closed Sunday are one promotion, as runs pass closed days; an open day between."""
    problem = build_problem("template-basic", ("horizon.closed=[sunday]",))
    cut = tuple(line(problem, period, "espresso-1kg", "coffee-15") for period in (5, 7, 9))
    ranked = score_plan(problem, problem.grid.plan_of(cut)).plan
    found = explain_plan(Evaluator(problem.model, problem.limits), ranked).promotions
    days = [problem.grid.scenario.horizon.date_of(period) for period in (5, 7, 9)]
    assert [(each.first, each.last) for each in found] == [(days[0], days[1]), (days[2], days[2])]


def test_a_page_says_of_how_many_lines_a_sentence_is() -> None:
    """Of four lines three earn: both sentences, each with its count; where all are alike, the sentence alone."""
    explained = _explained()
    words = ("earns more than it costs", "costs more than it earns")
    lines = [
        replace(each, line=replace(each.line, why=words[number == 3])) for number, each in enumerate(explained.lines)
    ]
    table = promotion_table(replace(explained, lines=tuple(lines)), _problem().loaded.scenario)
    told = [row[-1].text for row in table.rows]
    assert any("3 of its 4 lines: earns more" in each and "1 of its 4 lines: costs more" in each for each in told)
    assert any(each.startswith("earns more than it costs") for each in told)


def test_a_promotion_is_worth_what_the_plan_loses_without_all_of_its_lines() -> None:
    """Each contribution is the re-evaluated difference; that of a single line is the line's own."""
    problem, explained = _problem(), _explained()
    evaluator = Evaluator(problem.model, problem.limits)
    full = problem.grid.plan_of(_lines())
    for each in explained.promotions:
        dropped = {explained.lines[place].line.line for place in each.places}
        rest = problem.grid.plan_of(tuple(one for one in _lines() if one not in dropped))
        values = evaluator.value(np.stack([full, rest])).objective
        assert each.contribution == pytest.approx(values[0] - values[1], abs=0.02)
        if len(each.places) == 1:
            assert each.contribution == explained.lines[each.places[0]].contribution


def test_explain_tells_promotions_and_lines_where_asked(tmp_path: Path) -> None:
    """``explain`` has one entry a promotion, which add up with the interaction; ``--lines`` has one a line."""
    folder = str(tmp_path / "plans")
    plan_set = write_folder(_problem(), tmp_path / "plans", _lines())
    shown = CliRunner().invoke(app, ["explain", folder])
    assert shown.exit_code == 0, shown.output
    text = " ".join(shown.stdout.split())
    dates = [each.date for each in _lines()]
    assert f"{dates[0]}..{dates[1]} coffee-15 on espresso-1kg (2 lines)" in text
    assert f"kettle-coupon 50% on kettle for {', '.join(_segments())} (4 lines)" in text
    assert "promotion by promotion" in text and "--lines tells of each line" in text
    by_line = CliRunner().invoke(app, ["explain", folder, "--lines"]).stdout
    assert "line by line" in by_line and by_line.count("kettle-coupon") >= 5 and "(4 lines)" not in by_line
    document = json.loads(CliRunner().invoke(app, ["explain", folder, "--json"]).stdout)
    assert sum(len(each["lines"]) for each in document["promotions"]) == len(document["lines"]) == len(_lines())
    amounts = [line_.split()[0].replace(",", "") for line_ in shown.stdout.splitlines()[3:] if line_[:13].strip()]
    told = [float(amount) for amount in amounts if amount[0] in "+-0" and amount[-1].isdigit()]
    table = told[: len(document["promotions"]) + 1]
    assert sum(table) == pytest.approx(float(plan_set.plans[0].objective), abs=0.01 * len(table))


def _said(explanation: Explanation) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(show_promotions(explanation, "EUR"))
    return " ".join(console.export_text().split())


def test_a_promotion_names_what_any_of_its_lines_has() -> None:
    """Limits and rules of most lines first, lines that lose, and what could stand in the first two lines' places."""
    explained = _explained()
    coupon = next(each for each in explained.promotions if len(each.places) == 4)
    better = Alternative(offer="save-10", coverage=1.0, quantity=1.0, change=7.0, blocked_by=("cap",), why="x")
    bare = [
        replace(
            each, contribution=1.0, held_by=(), needed_by=(), estimated_needs=(), run=None, best=None, possible=None
        )
        for each in explained.lines
    ]
    first, second, third, fourth = coupon.places
    bare[first] = replace(bare[first], held_by=("rare",), best=better)
    bare[second] = replace(bare[second], held_by=("budget",), needed_by=("floor",), contribution=-1.0, best=better)
    bare[third] = replace(bare[third], held_by=("budget",), best=better)
    bare[fourth] = replace(bare[fourth], needed_by=("guess",), estimated_needs=("guess",))

    def told(contribution: float) -> str:
        worth = [replace(each, contribution=contribution) if each is coupon else each for each in explained.promotions]
        return _said(replace(explained, lines=tuple(bare), promotions=tuple(worth)))

    shown = told(5.0)
    assert "held by budget, rare needed by floor 1 of its lines loses beside all others" in shown
    assert "guess" not in shown, "an estimate of use at risk is no certain need"
    day = explained.lines[first].line.period
    assert f"instead on {day} for {_segments()[0]}: save-10: +7.00 but breaks cap" in shown
    assert f"instead on {day} for {_segments()[1]}: save-10: +7.00 but breaks cap" in shown
    assert "instead in 1 more of its slots: --lines names them" in shown
    bare[second] = replace(bare[second], locked="what has run")
    assert "needed by floor" not in told(5.0) and "locked, 1 of its lines: what has run" in told(5.0)
    assert f"for {_segments()[1]}: save-10" not in told(5.0), "nothing else may stand in a locked line's place"
    bare[second] = replace(bare[second], locked=None)
    shown = told(-5.0)
    assert "needed by floor: what the promotion loses is the price of keeping it" in shown
    assert "of its lines loses" not in shown


def test_a_locked_line_is_told_as_one_and_not_with_what_could_stand_there() -> None:
    """What has run cannot be changed: neither a price of keeping it nor an alternative is told of it."""
    ran = "{date: 2027-03-02, product: espresso-1kg, offer: coffee-15}"
    lock = f"rules=[{{id: past, rule: locked, name: what has run, lines: [{ran}]}}]"
    problem = build_problem("template-basic", (lock,))
    plan = problem.grid.plan_of(
        (line(problem, 1, "espresso-1kg", "coffee-15"), line(problem, 5, "kettle", "coffee-15"))
    )
    explained = explain_plan(Evaluator(problem.model, problem.limits), score_plan(problem, plan).plan)
    locked, free = explained.lines
    assert (locked.locked, free.locked) == ("what has run", None) and "past" in locked.needed_by
    first, second = (str(row[1]) for row in show_lines(explained, "EUR").rows[:2])
    assert "locked: what has run" in first + second and "needed by past" not in first + second
    assert [str(row[1]) for row in show_promotions(explained, "EUR").rows[:2]] == [first, second]


def test_amounts_of_promotions_are_whole_minor_units() -> None:
    """People add up the rows: each is rounded once, and the rest is the interaction."""
    worth = [each.contribution for each in _explained().promotions]
    assert [round(amount, 2) for amount in worth] == worth


def test_what_the_plan_breaks_anyway_needs_no_line() -> None:
    """A floor that is missed with the line and without it is not what the line is kept for."""
    floor = "limits=[{id: floor, measure: units, min: 1000000}]"
    problem = build_problem("template-basic", (floor,))
    plan = problem.grid.plan_of([line(problem, 1, "espresso-1kg", "coffee-15")])
    ranked = score_plan(problem, plan).plan
    assert not next(each for each in ranked.limits if each.id == "floor").ok
    (explained,) = explain_plan(Evaluator(problem.model, problem.limits), ranked).lines
    assert "floor" not in explained.needed_by

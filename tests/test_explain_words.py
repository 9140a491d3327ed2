"""Explanations as they are read: only what some line has is said, and what only an estimate says is told as one."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from explain_case import small_explanation, small_problem, swapped
from few_futures import few_futures
from plan_folders import good_lines, write_folder
from rich.console import Console
from typer.testing import CliRunner

from constraints.ledger import Ledger
from planner.cli import app
from planner.evaluation.evaluator import Evaluator
from planner.problem import build_problem
from planner.reasons.breaking import would_break
from planner.reasons.standing.explain import Alternative, Counted, Explanation, counted_in, explain_plan
from planner.report.explained.explain import show_lines
from planner.run.scored import score_plan
from scenarios.futures.draws import draw
from scenarios.language.aim import Aim, Objective

_few_futures = few_futures


def test_explain_prints_lines_and_totals_that_add_up(tmp_path: Path) -> None:
    """``campaign explain`` names every line; its JSON adds up to the objective."""
    problem = small_problem()
    plan_set = write_folder(problem, tmp_path / "plans", good_lines(problem))
    shown = CliRunner().invoke(app, ["explain", str(tmp_path / "plans")])
    assert shown.exit_code == 0, shown.output
    assert "interaction" in shown.stdout
    document = json.loads(CliRunner().invoke(app, ["explain", str(tmp_path / "plans"), "--json"]).stdout)
    total = sum(entry["contribution"] for entry in document["lines"]) + document["interaction"]
    assert total == pytest.approx(float(plan_set.plans[0].objective), abs=1e-6)
    assert len(document["lines"]) == len(good_lines(problem))


def test_a_plan_without_lines_is_explained_too() -> None:
    """Where nothing is promoted there is nothing to explain, and the command says so."""
    problem = small_problem()
    explained = explain_plan(Evaluator(problem.model, problem.limits), score_plan(problem, problem.grid.empty()).plan)
    assert explained.lines == ()
    assert explained.interaction == explained.objective == 0
    assert "nothing is promoted" in str(show_lines(explained, "EUR").rows[0][1])


@pytest.mark.parametrize(
    ("needs", "contribution", "said"),
    [
        (("cap",), -1.0, "needed by cap: what the line loses is the price of keeping it"),
        (("cap", "rest"), -1.0, "needed by cap, rest: what the line loses is the price of keeping them"),
        (("cap",), 1.0, "needed by cap"),
    ],
    ids=["a limit", "several", "a line that gains"],
)
def test_a_line_that_loses_is_said_to_be_the_price_of_what_needs_it(
    needs: tuple[str, ...], contribution: float, said: str
) -> None:
    """A loss with a list of limits beside it leaves people to guess that the one pays for the other."""
    line = replace(small_explanation().lines[0], needed_by=needs, estimated_needs=(), contribution=contribution)
    explanation = Explanation(rank=1, objective=1.0, interaction=0.0, lines=(line,))
    rows = str(show_lines(explanation, "EUR").rows[0][1]).splitlines()
    assert [row.strip() for row in rows if "needed by" in row] == [said]


def test_another_level_of_the_same_offer_is_named_by_its_level() -> None:
    """`save-10` instead of `save-10 50%` would read as itself: the level in which it differs stands beside it."""
    explained = next(each for each in small_explanation().lines if each.line.coverage == 0.5)
    same = Alternative(offer=explained.line.offer, coverage=1.0, quantity=1.0, change=3.0, blocked_by=(), why="")
    explanation = Explanation(rank=1, objective=1.0, interaction=0.0, lines=(replace(explained, best=same),))
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(show_lines(explanation, "EUR"))
    assert f"instead: {same.offer} 100%: +3.00" in console.export_text()


def _said(counted: Counted, *changes: tuple[float, tuple[str, ...]]) -> str:
    """What is printed of one line whose alternatives change the objective so, and break this."""
    options = [
        Alternative(offer=f"offer-{number}", coverage=1.0, quantity=1.0, change=change, blocked_by=over, why="x")
        for number, (change, over) in enumerate(changes, start=1)
    ]
    best, possible = (*options, None, None)[:2]
    line = replace(small_explanation().lines[0], best=best, possible=possible, held_by=(), needed_by=())
    explanation = Explanation(rank=1, objective=1.0, interaction=0.0, lines=(line,), counted=counted)
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(show_lines(explanation, "EUR"))
    return " ".join(console.export_text().split())


def test_offers_that_lose_are_not_told_as_alternatives() -> None:
    """Only what gains, or comes to the same, stands there to be taken; what no line has is told once below."""
    profit, spend = counted_in("profit"), counted_in(Aim.model_validate({"pareto": {"spend": "min", "profit": "max"}}))
    assert "instead: offer-1: +5.00 " in _said(profit, (5.0, ()))
    assert "no instead:" not in _said(profit, (5.0, ()))
    assert "instead: offer-1: +5.00 but breaks cap; or offer-2: +2.00" in _said(profit, (5.0, ("cap",)), (2.0, ()))
    least = "offer-2 is the least bad and would lose 2.00"
    losing = _said(profit, (5.0, ("cap",)), (-2.0, ()))
    assert f"instead: offer-1: +5.00 but breaks cap; of what breaks nothing, {least}" in losing
    assert "instead: offer-1 comes to the same" in _said(profit, (-0.001, ()))
    for counted, gains in ((profit, "gains"), (spend, "saves")):
        for changes in (((-1.0, ("cap",)), (-2.0, ())), ((-3.0, ()),), ()):
            said = _said(counted, *changes)
            assert f"no instead: nothing else that its slot may hold {gains}; --json has what comes closest" in said
            assert "offer-1" not in said and said.count("instead: ") == 1


def test_only_what_some_line_has_is_in_the_legend() -> None:
    """Where no line is held or needed by anything, nothing says what these words mean."""
    line = replace(small_explanation().lines[0], held_by=(), needed_by=())
    bare = Explanation(rank=1, objective=1.0, interaction=0.0, lines=(line,))
    held = replace(bare, lines=(replace(line, held_by=("budget",)), replace(line, needed_by=("floor",))))
    for explanation, said in ((bare, False), (held, True)):
        notes = " ".join(show_lines(explanation, "EUR").notes)
        assert ("held by:" in notes) is said
        assert ("needed by:" in notes) is said


@pytest.mark.parametrize(
    ("objective", "said", "money"),
    [
        ("profit", "objective lost without the line", True),
        (Aim.model_validate({"risk": {"cvar": "20%"}}), "expected profit lost without the line", True),
        (Aim.model_validate({"weights": {"profit": 1, "units": 2}}), "objective lost without the line", False),
        (Aim.model_validate({"pareto": {"units": "max", "spend": "min"}}), "units lost without the line", False),
        (Aim.model_validate({"pareto": {"spend": "min", "profit": "max"}}), "how much less spend there is", True),
    ],
)
def test_the_legend_says_what_lines_are_counted_in(objective: Objective, said: str, money: bool) -> None:
    """Expected profit of a careful plan is not its objective, and units of a front are no money."""
    explanation = replace(small_explanation(), counted=counted_in(objective))
    notes = show_lines(explanation, "EUR").notes
    assert notes[0].startswith(f"contributes: {said}")
    assert any("money in EUR" in note for note in notes) is money


def test_a_careful_plan_is_explained_by_the_profit_that_it_names() -> None:
    """Contributions add up to expected profit, which the explanation says they are counted in."""
    problem = build_problem("template-basic", ("objective={risk: {cvar: 20%}}",))
    ranked = score_plan(problem, problem.grid.plan_of(good_lines(problem))).plan
    explained = explain_plan(Evaluator(problem.model, problem.limits), ranked)
    assert explained.counted.what == "expected profit"
    assert explained.objective == pytest.approx(float(ranked.outcome.profit_change))
    assert explained.objective != pytest.approx(float(ranked.objective))


@pytest.mark.parametrize("name", ["total-budget", "margin"])
def test_what_only_an_estimate_says_is_told_as_such(name: str) -> None:
    """Where expected use stays inside a limit and its use at risk is a guess, a swap or drop 'may' break it."""
    problem = small_problem()
    ranked = score_plan(problem, problem.grid.plan_of(good_lines(problem))).plan
    tight = tuple(replace(each, used_at_risk=each.limit) if each.id == name else each for each in ranked.limits)
    explanation = explain_plan(Evaluator(problem.model, problem.limits), replace(ranked, limits=tight))
    room = next(each for each in tight if each.id == name)
    assert room.used != room.limit and room.ok
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    guessed = 0
    for each in explanation.lines:
        for option in (each.best, each.possible):
            if option is None or name not in option.blocked_by:
                continue
            report = ledger.audit(swapped(problem.grid, each.line, option.offer, option.coverage))
            kept = next(limit.ok for limit in report.limits if limit.id == name)
            assert (name in option.estimated) is kept
            guessed += kept
    assert guessed
    gaining = tuple(
        replace(each, best=None if each.best is None else replace(each.best, change=1.0)) for each in explanation.lines
    )
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(show_lines(replace(explanation, lines=gaining), "EUR"))
    text = console.export_text()
    assert f"may break {name}" in text and "campaign score tells for sure" in text


def test_a_share_that_would_be_broken_is_told_as_it_was_written() -> None:
    """A margin of at least 2.25 % is not 2.2 %, which the plan may well keep."""
    record = SimpleNamespace(at=None, sense="min", measure="margin_rate", bound=0.0225, words="margin_rate")
    assert would_break(record, True, 0.0) == "the margin rate would fall below 2.25%"

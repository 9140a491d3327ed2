"""Explanations: contributions add up, alternatives are what the account and the ledger say of them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from plan_folders import basic_problem, good_lines, line, write_folder
from rich.console import Console
from typer.testing import CliRunner

from constraints.ledger import Ledger
from constraints.rules.registry import check_rules
from planner.cli import app
from planner.evaluation.evaluator import Evaluator
from planner.problem import Problem, build_problem
from planner.reasons.breaking import _over_words
from planner.reasons.explain import Alternative, Counted, Explanation, counted_in, explain_plan
from planner.report.explain import show_explanation
from planner.run.scored import score_plan
from scenarios.answer.plan import LineResult
from scenarios.futures.aim import Aim, Objective
from scenarios.futures.draws import draw
from scenarios.grid import Grid
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate
from scenarios.scope_mask import in_scope


@cache
def _problem() -> Problem:
    return basic_problem()


@cache
def _explained() -> Explanation:
    problem = _problem()
    plan = problem.grid.plan_of(good_lines(problem))
    return explain_plan(Evaluator(problem.model, problem.limits), score_plan(problem, plan).plan)


def _objective(plan: np.ndarray) -> float:
    problem = _problem()
    functional = objective_functional(problem.model)
    empty = evaluate(functional, problem.model, problem.grid.empty(), np)
    return float(evaluate(functional, problem.model, plan, np)) - float(empty)


def _swapped(grid: Grid, old: LineResult, offer: str, coverage: float) -> np.ndarray:
    lines = [each for each in good_lines(_problem()) if each != old.line]
    return grid.plan_of((*lines, old.line.model_copy(update={"offer": offer, "coverage": coverage})))


def test_contributions_and_interaction_add_up_to_the_objective() -> None:
    """The rows of an explanation sum to the plan's objective."""
    explained = _explained()
    total = sum(each.contribution for each in explained.lines) + explained.interaction
    assert total == pytest.approx(explained.objective, abs=1e-6)


def test_a_contribution_is_what_dropping_the_line_loses() -> None:
    """Each contribution equals the re-evaluated difference, to the cent of rounding."""
    problem = _problem()
    full = problem.grid.plan_of(good_lines(problem))
    for each in _explained().lines:
        rest = [other for other in good_lines(problem) if other != each.line.line]
        lost = _objective(full) - _objective(problem.grid.plan_of(tuple(rest)))
        assert each.contribution == pytest.approx(lost, abs=0.02)


def test_the_best_alternative_is_the_best_of_the_slot_and_costs_what_it_says() -> None:
    """No other choice of the slot is worth more, and the change is the re-evaluated one."""
    problem = _problem()
    grid = problem.grid
    full = grid.plan_of(good_lines(problem))
    for each in _explained().lines:
        slot, chosen = grid.locate(each.line.line)
        number = grid.slot_number(slot)
        changes = []
        for choice in range(1, grid.widths[slot.block]):
            if choice != chosen and grid.allowed_flat[number, choice]:
                trial = full.copy()
                trial[number] = choice
                changes.append(_objective(trial) - _objective(full))
        if not changes:
            assert each.best is None
            continue
        assert each.best is not None
        assert each.best.change == pytest.approx(max(changes), abs=0.01)


def test_what_an_alternative_breaks_is_what_the_ledger_says() -> None:
    """A blocked alternative breaks exactly the named limits and rules; a possible one breaks nothing."""
    problem = _problem()
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    blocked = 0
    for each in _explained().lines:
        for option in (each.best, each.possible):
            if option is None:
                continue
            report = ledger.audit(_swapped(problem.grid, each.line, option.offer, option.coverage))
            broken = {limit.id for limit in report.limits if not limit.ok and limit.used_at_risk is None}
            broken |= {rule.id for rule in report.rules if not rule.satisfied}
            assert set(option.blocked_by) >= broken
            assert bool(option.why) == bool(option.blocked_by)
            blocked += bool(option.blocked_by)


def test_the_best_possible_alternative_is_found_behind_any_number_of_blocked_ones() -> None:
    """Four smaller levels would gain but miss a floor of contacts: the next larger one, which loses, is named too."""
    levels = "[10%, 20%, 30%, 40%, 50%, 60%, 70%]"
    floor = (
        "limits.message-budget.measure=contacts",
        "limits.message-budget.max=null",
        "limits.message-budget.min=35000",
    )
    problem = build_problem(
        "template-basic", (f"offers.save-10.coverage={levels}", *floor, "limits.message-budget.at_risk=null")
    )
    scored = score_plan(problem, problem.grid.plan_of(good_lines(problem)))
    assert scored.kept
    lines = explain_plan(Evaluator(problem.model, problem.limits), scored.plan).lines
    last = next(each for each in lines if each.line.offer == "save-10")
    assert last.best is not None and last.best.coverage == 0.1 and last.best.blocked_by == ("message-budget",)
    assert last.best.why.endswith("contacts, at least 35,000 asked for")
    assert last.possible is not None and last.possible.coverage == 0.6 and last.possible.change < 0


def test_a_rule_that_blocks_the_better_offer_is_named() -> None:
    """Where a longer flash sale would be worth more but may not run, the rule that forbids it is named."""
    problem = _problem()
    lines = (
        line(problem, 2, "espresso-1kg", "coffee-flash"),
        line(problem, 3, "espresso-1kg", "coffee-flash"),
        line(problem, 4, "espresso-1kg", "coffee-15"),
    )
    plan = problem.grid.plan_of(lines)
    explained = explain_plan(Evaluator(problem.model, problem.limits), score_plan(problem, plan).plan)
    last = next(each for each in explained.lines if each.line.offer == "coffee-15")
    options = {option.offer: option for option in (last.best, last.possible) if option is not None}
    assert "max_run:coffee-flash" in options["coffee-flash"].blocked_by
    assert "coffee-flash" in options["coffee-flash"].why


def test_a_line_is_held_by_the_dearest_limit_it_uses() -> None:
    """A binding limit with a shadow price is named for lines that use it, and only for those."""
    problem = _problem()
    ranked = score_plan(problem, problem.grid.plan_of(good_lines(problem))).plan
    priced = tuple(
        replace(limit, binding=limit.id == "message-budget", shadow_price=1.5 if limit.id == "message-budget" else None)
        for limit in ranked.limits
    )
    explained = explain_plan(Evaluator(problem.model, problem.limits), replace(ranked, limits=priced))
    for each in explained.lines:
        if each.line.offer in ("kettle-coupon", "save-10"):
            assert each.held_by == ("message-budget",)
        elif each.line.product != "kettle":  # more kettles sold mean more coupons used
            assert each.held_by == ()


@pytest.mark.parametrize("limit", ["each", "window"])
def test_a_line_is_held_by_any_week_that_is_used_up(limit: str) -> None:
    """Two full weeks hold the lines of both, though the report shows one; overlapping windows name the limit once."""
    span = "limits.message-budget.each=week" if limit == "each" else "limits.message-budget.window=2 days"
    weekly = ("limits.message-budget.measure=contacts", "limits.message-budget.max=9000", span)
    problem = build_problem("template-basic", (*weekly, "limits.message-budget.at_risk=null"))
    lines = [line(problem, period, "kettle", "kettle-coupon", "regulars", 0.5) for period in (4, 11)]
    scored = score_plan(problem, problem.grid.plan_of(lines))
    assert scored.kept
    priced = tuple(
        replace(each, shadow_price=0.01) if each.id == "message-budget" else each for each in scored.plan.limits
    )
    assert next(each for each in priced if each.id == "message-budget").binding
    explained = explain_plan(Evaluator(problem.model, problem.limits), replace(scored.plan, limits=priced))
    assert [each.held_by for each in explained.lines] == [("message-budget",)] * 2


def test_without_prices_lines_are_held_by_the_limits_that_they_use() -> None:
    """Only the best plan has shadow prices: of any other one full limits are named by use, and the legend says so."""
    problem = _problem()
    ranked = score_plan(problem, problem.grid.plan_of(good_lines(problem))).plan
    limits = tuple(replace(each, binding=each.id in ("message-budget", "total-budget")) for each in ranked.limits)
    assert all(each.shadow_price is None for each in limits)
    explained = explain_plan(Evaluator(problem.model, problem.limits), replace(ranked, limits=limits))
    held = {each.line.offer: each.held_by for each in explained.lines}
    assert held["save-10"][0] == held["kettle-coupon"][0] == "message-budget" and not held["coffee-15"]
    assert not explained.priced
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(show_explanation(explained, "EUR"))
    assert "most used first: prices are made for the best plan only" in console.export_text()


def test_a_unit_of_expected_use_costs_what_it_takes_of_a_limit_at_risk() -> None:
    """At a price that makes lines dear only where a unit of use takes up a thousand of the limit, it holds them."""
    problem = _problem()
    ranked = score_plan(problem, problem.grid.plan_of(good_lines(problem))).plan

    def held(price: float, factor: int | None) -> set[str]:
        limits = tuple(
            replace(
                limit,
                binding=True,
                shadow_price=price,
                used_at_risk=None if factor is None else factor * limit.used,
            )
            if limit.id == "message-budget"
            else replace(limit, binding=False, shadow_price=None)
            for limit in ranked.limits
        )
        explained = explain_plan(Evaluator(problem.model, problem.limits), replace(ranked, limits=limits))
        return {line.line.offer for line in explained.lines if "message-budget" in line.held_by}

    assert held(1.5, None) == held(0.0015, 1000) != set()
    assert held(0.0015, None) != held(0.0015, 1000)


def test_explain_prints_lines_and_totals_that_add_up(tmp_path: Path) -> None:
    """``campaign explain`` names every line; its JSON adds up to the objective."""
    problem = _problem()
    plan_set = write_folder(problem, tmp_path / "plans", good_lines(problem))
    shown = CliRunner().invoke(app, ["explain", str(tmp_path / "plans")])
    assert shown.exit_code == 0, shown.output
    assert "interaction" in shown.stdout
    document = json.loads(CliRunner().invoke(app, ["explain", str(tmp_path / "plans"), "--json"]).stdout)
    total = sum(entry["contribution"] for entry in document["lines"]) + document["interaction"]
    assert total == pytest.approx(float(plan_set.plans[0].objective), abs=1e-6)
    assert len(document["lines"]) == len(good_lines(problem))


def test_limits_on_other_offers_hold_no_line_and_needed_lines_say_so() -> None:
    """Only limits whose scope admits the offer hold a line; where dropping a line breaks a rule, the rule needs it."""
    problem = _problem()
    scopes = {limit.id: limit.where for limit in problem.grid.scenario.limits}
    offers = {offer.id: offer for offer in problem.grid.scenario.offers}
    for each in _explained().lines:
        assert all(in_scope(scopes[id_], offers[each.line.offer]) for id_ in each.held_by if id_ in scopes)
        rest = [other for other in good_lines(problem) if other != each.line.line]
        broken = {rule.id for rule in check_rules(problem.grid, tuple(rest)) if not rule.satisfied}
        assert broken <= set(each.needed_by)


def test_a_plan_without_lines_is_explained_too() -> None:
    """Where nothing is promoted there is nothing to explain, and the command says so."""
    problem = _problem()
    explained = explain_plan(Evaluator(problem.model, problem.limits), score_plan(problem, problem.grid.empty()).plan)
    assert explained.lines == ()
    assert explained.interaction == explained.objective == 0
    assert "nothing is promoted" in str(show_explanation(explained, "EUR").rows[0][1])


def test_another_level_of_the_same_offer_is_named_by_its_level() -> None:
    """`save-10` instead of `save-10 50%` would read as itself: the level in which it differs stands beside it."""
    explained = next(each for each in _explained().lines if each.line.coverage == 0.5)
    same = Alternative(offer=explained.line.offer, coverage=1.0, quantity=1.0, change=-3.0, blocked_by=(), why="")
    explanation = Explanation(rank=1, objective=1.0, interaction=0.0, lines=(replace(explained, best=same),))
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(show_explanation(explanation, "EUR"))
    text = console.export_text()
    assert f"instead: nothing else gains; {same.offer} 100% is the least bad and would lose 3.00" in text


def _said(counted: Counted, *changes: tuple[float, tuple[str, ...]]) -> str:
    """What is printed of one line whose alternatives change the objective so, and break this."""
    options = [
        Alternative(offer=f"offer-{number}", coverage=1.0, quantity=1.0, change=change, blocked_by=over, why="x")
        for number, (change, over) in enumerate(changes, start=1)
    ]
    best, possible = (*options, None, None)[:2]
    line = replace(_explained().lines[0], best=best, possible=possible, held_by=(), needed_by=())
    explanation = Explanation(rank=1, objective=1.0, interaction=0.0, lines=(line,), counted=counted)
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(show_explanation(explanation, "EUR"))
    return " ".join(console.export_text().split())


def test_offers_that_lose_are_not_told_as_alternatives() -> None:
    """Only what gains stands there to be taken; else it is said that nothing does, and what the least bad loses."""
    profit, spend = counted_in("profit"), counted_in(Aim.model_validate({"pareto": {"spend": "min", "profit": "max"}}))
    assert "instead: offer-1: +5.00 " in _said(profit, (5.0, ()))
    assert "instead: offer-1: +5.00 but breaks cap; or offer-2: +2.00" in _said(profit, (5.0, ("cap",)), (2.0, ()))
    least = "offer-2 is the least bad and would lose 2.00"
    losing = _said(profit, (5.0, ("cap",)), (-2.0, ()))
    assert f"instead: offer-1: +5.00 but breaks cap; of what breaks nothing, {least}" in losing
    assert f"instead: nothing else gains; {least}" in _said(profit, (-1.0, ("cap",)), (-2.0, ()))
    blocked = _said(profit, (-1.0, ("cap",)))
    assert "nothing else gains; offer-1 is the least bad and would lose 1.00, and breaks cap" in blocked
    assert "nothing else gains; offer-1 comes to the same" in _said(profit, (-0.001, ()))
    assert "nothing else saves; offer-1 is the least bad and would add 3.00" in _said(spend, (-3.0, ()))
    assert "instead: nothing else may be chosen here" in _said(profit)


def test_only_what_some_line_has_is_in_the_legend() -> None:
    """Where no line is held or needed by anything, nothing says what these words mean."""
    line = replace(_explained().lines[0], held_by=(), needed_by=())
    bare = Explanation(rank=1, objective=1.0, interaction=0.0, lines=(line,))
    held = replace(bare, lines=(replace(line, held_by=("budget",)), replace(line, needed_by=("floor",))))
    for explanation, said in ((bare, False), (held, True)):
        notes = " ".join(show_explanation(explanation, "EUR").notes)
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
    explanation = replace(_explained(), counted=counted_in(objective))
    notes = show_explanation(explanation, "EUR").notes
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
    problem = _problem()
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
            report = ledger.audit(_swapped(problem.grid, each.line, option.offer, option.coverage))
            kept = next(limit.ok for limit in report.limits if limit.id == name)
            assert (name in option.estimated) is kept
            guessed += kept
    assert guessed
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(show_explanation(explanation, "EUR"))
    text = console.export_text()
    assert f"may break {name}" in text and "campaign score tells for sure" in text


def test_a_share_that_would_be_broken_is_told_as_it_was_written() -> None:
    """A margin of at least 2.25 % is not 2.2 %, which the plan may well keep."""
    record = SimpleNamespace(at=None, sense="min", measure="margin_rate", bound=0.0225, words="margin_rate")
    assert _over_words(record, True, 0.0) == "the margin rate would fall below 2.25%"

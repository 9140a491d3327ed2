"""Explanations: contributions add up, alternatives are what the account and the ledger say of them."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from explain_case import small_explanation, small_problem, swapped
from few_futures import few_futures
from plan_folders import good_lines, line
from rich.console import Console

from constraints.ledger import Ledger
from constraints.rules.registry import check_rules
from planner.evaluation.evaluator import Evaluator
from planner.problem import build_problem
from planner.reasons.standing.explain import explain_plan
from planner.report.explained.explain import show_lines
from planner.run.scored import score_plan
from scenarios.futures.draws import draw
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate
from scenarios.scope_mask import in_scope

_few_futures = few_futures

SIX_DAYS = ("horizon.start=2027-03-04", "horizon.periods=6")
"""Until the grinders arrive, and few enough to be compiled plainly."""


def _objective(plan: np.ndarray) -> float:
    problem = small_problem()
    functional = objective_functional(problem.model)
    empty = evaluate(functional, problem.model, problem.grid.empty(), np)
    return float(evaluate(functional, problem.model, plan, np)) - float(empty)


def test_contributions_and_interaction_add_up_to_the_objective() -> None:
    """The rows of an explanation sum to the plan's objective."""
    explained = small_explanation()
    total = sum(each.contribution for each in explained.lines) + explained.interaction
    assert total == pytest.approx(explained.objective, abs=1e-6)


def test_a_contribution_is_what_dropping_the_line_loses() -> None:
    """Each contribution equals the re-evaluated difference, to the cent of rounding."""
    problem = small_problem()
    full = problem.grid.plan_of(good_lines(problem))
    for each in small_explanation().lines:
        rest = [other for other in good_lines(problem) if other != each.line.line]
        lost = _objective(full) - _objective(problem.grid.plan_of(tuple(rest)))
        assert each.contribution == pytest.approx(lost, abs=0.02)


def test_a_run_tells_what_it_earns_together() -> None:
    """Each day of a display loses beside the others, and dropping all three loses what they earn: both are told."""
    stay = "rules=[{id: stay, rule: min_run, periods: 3, where: {mechanics: [feature]}}]"
    problem = build_problem("template-basic", (stay, "offers.home-page.fixed_cost=25"))
    lines = tuple(line(problem, period, "espresso-1kg", "home-page") for period in (4, 5, 6))
    plan = problem.grid.plan_of((*lines, line(problem, 9, "kettle", "kettle-coupon", "regulars", 0.5)))
    evaluator = Evaluator(problem.model, problem.limits)
    explained = explain_plan(evaluator, score_plan(problem, plan).plan)
    rest = plan.copy()
    rest[[problem.grid.slot_number(problem.grid.locate(each)[0]) for each in lines]] = 0
    values = evaluator.value(np.stack([plan, rest])).objective
    of_run = [each for each in explained.lines if each.line.offer == "home-page"]
    assert all(each.contribution < 0 and each.needed_by == ("stay",) for each in of_run)
    for each in of_run:
        assert each.run is not None and each.run.worth == pytest.approx(values[0] - values[1]) and each.run.worth > 0
        assert (each.run.rule, len(each.run.slots)) == ("stay", 3)
        assert (each.run.first, each.run.last) == (lines[0].date, lines[-1].date)
    assert all(each.run is None for each in explained.lines if each.line.offer != "home-page")
    entries = [str(row[1]) for row in show_lines(explained, "EUR").rows]
    told = [entry for entry in entries if f"in a run of 3 lines (stay, {lines[0].date}..{lines[-1].date})" in entry]
    assert len(told) == 3 and all("together +" in entry for entry in told)
    assert not any("price of keeping" in entry for entry in told)


def test_the_best_alternative_is_the_best_of_the_slot_and_costs_what_it_says() -> None:
    """No other choice of the slot is worth more, and the change is the re-evaluated one."""
    problem = small_problem()
    grid = problem.grid
    full = grid.plan_of(good_lines(problem))
    for each in small_explanation().lines:
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
    problem = small_problem()
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    blocked = 0
    for each in small_explanation().lines:
        for option in (each.best, each.possible):
            if option is None:
                continue
            report = ledger.audit(swapped(problem.grid, each.line, option.offer, option.coverage))
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
        "template-basic", (f"offers.save-10.coverage={levels}", *floor, "limits.message-budget.at_risk=null", *SIX_DAYS)
    )
    sent = (
        line(problem, 4, "kettle", "kettle-coupon", "regulars", 0.5),
        line(problem, 5, "basket", "save-10", "occasional", 0.5),
    )
    scored = score_plan(problem, problem.grid.plan_of(sent))
    assert scored.kept
    lines = explain_plan(Evaluator(problem.model, problem.limits), scored.plan).lines
    last = next(each for each in lines if each.line.offer == "save-10")
    assert last.best is not None and last.best.coverage == 0.1 and last.best.blocked_by == ("message-budget",)
    assert last.best.why.endswith("contacts, at least 35,000 asked for")
    assert last.possible is not None and last.possible.coverage == 0.6 and last.possible.change < 0


def test_a_rule_that_blocks_the_better_offer_is_named() -> None:
    """Where a longer flash sale would be worth more but may not run, the rule that forbids it is named."""
    problem = small_problem()
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
    problem = small_problem()
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


@pytest.mark.parametrize(
    ("span", "most", "periods"), [("each=week", 9000, (4, 11)), ("window=13 days", 18_000, (0, 4, 13))]
)
def test_a_line_is_held_by_any_week_that_is_used_up(span: str, most: int, periods: tuple[int, ...]) -> None:
    """Two full weeks hold the lines of both, though the report shows one; overlapping windows name the limit once."""
    weekly = ("measure=contacts", f"max={most}", span, "at_risk=null")
    problem = build_problem("template-basic", tuple(f"limits.message-budget.{each}" for each in weekly))
    lines = [line(problem, period, "kettle", "kettle-coupon", "regulars", 0.5) for period in periods]
    scored = score_plan(problem, problem.grid.plan_of(lines))
    assert scored.kept
    priced = tuple(
        replace(each, shadow_price=0.01) if each.id == "message-budget" else each for each in scored.plan.limits
    )
    assert next(each for each in priced if each.id == "message-budget").binding
    explained = explain_plan(Evaluator(problem.model, problem.limits), replace(scored.plan, limits=priced))
    assert [each.held_by for each in explained.lines] == [("message-budget",)] * len(lines)


def test_without_prices_lines_are_held_by_the_limits_that_they_use() -> None:
    """Only the best plan has shadow prices: of any other one full limits are named by use, and the legend says so."""
    problem = small_problem()
    ranked = score_plan(problem, problem.grid.plan_of(good_lines(problem))).plan
    limits = tuple(replace(each, binding=each.id in ("message-budget", "total-budget")) for each in ranked.limits)
    assert all(each.shadow_price is None for each in limits)
    explained = explain_plan(Evaluator(problem.model, problem.limits), replace(ranked, limits=limits))
    held = {each.line.offer: each.held_by for each in explained.lines}
    assert held["save-10"][0] == held["kettle-coupon"][0] == "message-budget" and not held["coffee-15"]
    assert not explained.priced
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(show_lines(explained, "EUR"))
    assert "most used first: prices are made for the best plan only" in console.export_text()


def test_a_unit_of_expected_use_costs_what_it_takes_of_a_limit_at_risk() -> None:
    """At a price that makes lines dear only where a unit of use takes up a thousand of the limit, it holds them."""
    problem = small_problem()
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


def test_limits_on_other_offers_hold_no_line_and_needed_lines_say_so() -> None:
    """Only limits whose scope admits the offer hold a line; where dropping a line breaks a rule, the rule needs it."""
    problem = small_problem()
    scopes = {limit.id: limit.where for limit in problem.grid.scenario.limits}
    offers = {offer.id: offer for offer in problem.grid.scenario.offers}
    for each in small_explanation().lines:
        assert all(in_scope(scopes[id_], offers[each.line.offer], None) for id_ in each.held_by if id_ in scopes)
        rest = [other for other in good_lines(problem) if other != each.line.line]
        broken = {rule.id for rule in check_rules(problem.grid, tuple(rest)) if not rule.satisfied}
        assert broken <= set(each.needed_by)

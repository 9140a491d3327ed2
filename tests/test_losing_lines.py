"""Lines that lose by themselves: which stand for which limit or rule, and what that costs, by the ledger."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import numpy as np
from few_futures import few_futures
from left_out_case import SHORT, Question, question
from plan_folders import line
from printed import printed

from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Prices, Workspace
from planner.problem import build_problem
from planner.reasons.standing.explain import Explanation, explain_plan
from planner.report.explained.explain import explanation_json
from planner.report.explained.losing import show_losing
from planner.report.names import names_of
from planner.run.notes.lines_for_limits import lines_for_limits
from planner.run.scored import score_plan

_few_futures = few_futures

LINES = (
    (0, "espresso-1kg", "coffee-flash"),
    (1, "filter-1kg", "coffee-flash"),
    (2, "espresso-1kg", "coffee-15"),
    (6, "filter-1kg", "coffee-15"),
    (3, "kettle", "equipment-20"),
    (4, "kettle", "equipment-20"),
)
"""The last three lose by themselves: the kettles sell 72.9 units under their line, and customers tire."""
FLOORS = (
    "limits=[{id: kettles, name: Kettles to sell, measure: units, min: 72, where: {offers: [equipment-20]}},"
    " {id: coffee, measure: units, min: 290, where: {offers: [coffee-15]}}]"
)


@cache
def _asked() -> Question:
    return question((*SHORT, FLOORS), *LINES)


@cache
def _explained() -> Explanation:
    problem = _asked().problem
    return explain_plan(Evaluator(problem.model, problem.limits), score_plan(problem, _asked().plan).plan)


def _cost(*offers: tuple[str, str]) -> Decimal:
    """How much more the ledger gives the plan without the lines of some offers on products."""
    asked = _asked()
    grid, rest = asked.problem.grid, asked.plan.copy()
    for slot in np.flatnonzero(asked.plan).tolist():
        held = grid.line(slot, int(asked.plan[slot]))
        if (held.offer, held.product) in offers:
            rest[slot] = 0
    return asked.objective(rest) - asked.objective(asked.plan)


def test_losing_lines_are_grouped_by_what_needs_them_with_the_ledger_s_cost() -> None:
    """Two lines hold one floor and one holds another: what each group costs is the ledger's, to the cent."""
    found = _explained().losing
    assert [(each.needed_by, len(each.lines)) for each in found] == [(("kettles",), 2), (("coffee",), 1)]
    assert [each.cost for each in found] == [_cost(("equipment-20", "kettle")), _cost(("coffee-15", "filter-1kg"))]
    assert all(one.contribution is not None and one.contribution < 0 for each in found for one in each.lines)
    assert found[0].lines[0].contribution < found[0].lines[1].contribution  # type: ignore[operator]


def test_a_plan_s_notes_name_the_lines_that_a_floor_costs() -> None:
    """One sentence a floor, with the exact amount and every line; nothing where no line loses for one."""
    problem, plan = _asked().problem, _asked().plan
    nothing = Prices(np.zeros(len(problem.limits.bound)), np.zeros(problem.grid.shape[1:]))
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook, unit=nothing)
    ranked = score_plan(problem, plan).plan
    kettles, coffee = lines_for_limits(space, plan, ranked)
    cost = _cost(("equipment-20", "kettle"))
    assert kettles.startswith("2 lines of plan 1 lose by themselves and stand only because of kettles: without them")
    assert f"would earn {cost} EUR more and break that (equipment-20 on kettle for everybody on 2027-03-05, " in kettles
    assert "1 line of plan 1 loses by itself and stands only because of coffee: without it the plan would" in coffee
    good = problem.grid.plan_of([one.line for one in ranked.lines if one.contribution > 0])
    assert lines_for_limits(space, good, score_plan(problem, good).plan) == ()


def test_a_line_that_stands_for_the_stock_of_a_rival_is_named() -> None:
    """A cut on grinders takes buyers from the kettles, of which there are too few: no other sentence tells of it."""
    lines = ((3, "kettle", "home-page"), (3, "grinder", "equipment-20"))
    free = question((*SHORT, "products.kettle.stock=100000"), *lines)
    units = free.problem.model.grid.product_index["kettle"]
    space = Workspace(Evaluator(free.problem.model, free.problem.limits), free.problem.rulebook)
    sold = space.score(free.plan).stock[units, -1]
    asked = question((*SHORT, f"products.kettle.stock={int(sold) + 1}"), *lines)
    space = Workspace(Evaluator(asked.problem.model, asked.problem.limits), asked.problem.rulebook)
    (told,) = lines_for_limits(space, asked.plan, score_plan(asked.problem, asked.plan).plan)
    assert told.startswith("1 line of plan 1 loses by itself and stands only because of stock:kettle: without it the")
    assert "equipment-20 on grinder for everybody on 2027-03-04" in told
    slot, _ = asked.problem.grid.locate(line(asked.problem, 3, "grinder", "equipment-20"))
    but = {asked.problem.grid.slot_number(slot)}
    assert lines_for_limits(space, asked.plan, score_plan(asked.problem, asked.plan).plan, but) == ()


def test_explain_lists_them_with_the_floor_s_name() -> None:
    """The table has what each group costs and each of its lines; --json the places of the lines."""
    (table,) = show_losing(_explained(), "EUR", names_of(_asked().problem.grid.scenario))
    text = "\n".join(printed(table, 120))
    assert f"-{_cost(('equipment-20', 'kettle'))}" in text and "Kettles to sell (kettles)" in text
    assert "2027-03-05  equipment-20 on kettle: -" in text
    document = explanation_json(_explained(), "EUR")
    for each, told in zip(_explained().losing, document["losing"], strict=True):
        rows = [document["lines"][place] for place in told["lines"]]
        assert told["needed_by"] == list(each.needed_by) and told["cost"] == each.cost
        assert [row["product"] for row in rows] == [one.product for one in each.lines]
        assert all(row["contribution"] < 0 for row in rows)


def test_a_run_that_pays_and_lines_that_are_locked_are_no_such_lines() -> None:
    """Each day of a display loses beside the others, the run gains: it stands for itself, not for its rule."""
    stay = "rules=[{id: stay, rule: min_run, periods: 3, where: {mechanics: [feature]}}]"
    problem = build_problem("template-basic", (stay, "offers.home-page.fixed_cost=25"))
    lines = tuple(line(problem, period, "espresso-1kg", "home-page") for period in (4, 5, 6))
    plan = problem.grid.plan_of((*lines, line(problem, 9, "kettle", "kettle-coupon", "regulars", 0.5)))
    explained = explain_plan(Evaluator(problem.model, problem.limits), score_plan(problem, plan).plan)
    assert sum(each.run is not None for each in explained.lines) == 3
    assert not [each for each in explained.losing if "stay" in each.needed_by]

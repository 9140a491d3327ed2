"""Shifts in time: lines that belong together move together; rules and locked lines stay; a descent follows gains."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scenario_factory import rng_of

from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.shifts import descended, shifted, worth
from planner.evolution.workspace import Plan, Workspace
from planner.problem import Problem, build_problem
from scenarios.language.plan_lines import PlanLine

PERIODS = 6
QUESTION = """
scenario: teaser
title: A teaser before the sale
currency: EUR
horizon: {start: 2027-03-01, periods: 6, unit: week}
objective: profit
segments: [{id: all, customers: 1000}]
products: [{id: lamp, category: light, price: 50.00, unit_cost: 20.00}]
offers:
  - {id: window, mechanic: feature}
  - {id: sale, mechanic: flash_sale, depth: 20%}
limits: [{id: budget, measure: spend, max: 100000}]
rules:
  - {id: teaser, rule: only_after, after: {mechanics: [feature]}, within: 1, where: {mechanics: [flash_sale]}}
  - {id: one-window, rule: max_frequency, max: 1, periods: 6, where: {mechanics: [feature]}}
  - {id: one-sale, rule: max_frequency, max: 1, periods: 6, where: {mechanics: [flash_sale]}}
RULE
baseline: {table: base.csv}
effects: {table: effects.csv}
response: {fatigue: 0, cannibalisation: 0, pull_forward: {share: 0%, periods: 1}}
"""
LOCK = "  - {id: kept, rule: locked, lines: [{date: 2027-03-01, product: lamp, offer: window}]}"


def question(folder: Path, rule: str = "") -> Problem:
    """Return a campaign whose quiet sales grow from week to week: late is best."""
    (folder / "base.csv").write_text(
        "segment,product,period,units\n"
        + "".join(f"all,lamp,2027-03-{1 + 7 * week:02d},{100 + 50 * week}\n" for week in range(5))
        + "all,lamp,2027-04-05,350\n"
    )
    (folder / "effects.csv").write_text(
        "segment,product,offer,lift,lift_low,lift_high,take_up\nall,lamp,window,0.1,0.1,0.1,\nall,lamp,sale,1.5,1.5,1.5,\n"
    )
    path = folder / "teaser.yaml"
    path.write_text(QUESTION.replace("RULE\n", f"{rule}\n" if rule else ""))
    return build_problem(path)


def early(problem: Problem) -> Plan:
    """Return the plan with the teaser in the first week and the sale in the second."""
    lines = (
        PlanLine(date=problem.grid.scenario.horizon.date_of(0), product="lamp", offer="window"),
        PlanLine(date=problem.grid.scenario.horizon.date_of(1), product="lamp", offer="sale"),
    )
    return problem.grid.plan_of(lines)


def workspace(problem: Problem) -> Workspace:
    """Return the search's view of a problem."""
    return Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)


def test_teaser_and_sale_move_to_the_best_week_together(tmp_path: Path) -> None:
    """No single change leads there: the sale needs its teaser, and there may be one of each."""
    problem = question(tmp_path)
    space = workspace(problem)
    start = early(problem)
    single = space.gains_everywhere(start, space.no_prices())
    allowed = space.rules.allowed(start)
    assert single[allowed & np.isfinite(single)].max() <= 1e-3
    found = descended(space, Finish(space), space.score(start), space.no_prices(), rng_of(0))
    held = [(line.date, line.offer) for line in problem.grid.lines(found.plan)]
    horizon = problem.grid.scenario.horizon
    assert held == [(horizon.date_of(PERIODS - 2), "window"), (horizon.date_of(PERIODS - 1), "sale")]
    assert space.rules.violations(found.plan) == 0
    assert found.objective > space.score(start).objective


def test_locked_lines_stay(tmp_path: Path) -> None:
    """The teaser is locked, so the sale cannot leave it behind."""
    problem = question(tmp_path, LOCK)
    space = workspace(problem)
    start = early(problem)
    found = descended(space, Finish(space), space.score(start), space.no_prices(), rng_of(0))
    assert np.array_equal(found.plan, start)
    assert np.array_equal(shifted(space, start, space.no_prices(), rng_of(1)), start)


@pytest.mark.parametrize("seed", range(5))
def test_a_shift_changes_when_and_nothing_else(tmp_path: Path, seed: int) -> None:
    """What runs is the same as before, where no line comes to lie on another."""
    problem = question(tmp_path)
    space = workspace(problem)
    start = early(problem)
    child = shifted(space, start, space.no_prices(), rng_of(seed))
    assert space.rules.violations(child) == 0
    assert Counter(child[child > 0].tolist()) == Counter(start[start > 0].tolist())


def test_overuse_is_priced(tmp_path: Path) -> None:
    """What a plan uses beyond a bound counts at the price; what is left of it counts nothing."""
    problem = question(tmp_path)
    space = workspace(problem)
    scored, prices = space.score(early(problem)), space.no_prices()
    prices.scalar[:] = 2.0
    assert worth(space, scored, prices) == pytest.approx(scored.objective)
    space.bound[0] = scored.uses[0] - 10.0
    assert worth(space, scored, prices) == pytest.approx(scored.objective - 20.0)

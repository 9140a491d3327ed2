"""Moves of several lines: what belongs together moves together; rules and locked lines stay; descents follow gains."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sale_shelf import days_of, on_days, shelf, workspace
from scenario_factory import rng_of

from planner.evolution.evolve import EvolveParams, evolve
from planner.evolution.finish import Finish
from planner.evolution.operators.children import mutate_segment
from planner.evolution.operators.moves import best_move, best_of_few, children_of, moves_of
from planner.evolution.operators.shifts import some_shifts
from planner.evolution.state import State, begin
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem
from scenarios.arrays import Float, Plan
from scenarios.language.plan_lines import PlanLine

PERIODS = 8
"""Of both questions of this file, which have two products: one compilation serves them."""
QUESTION = """
scenario: teaser
title: A teaser before the sale
currency: EUR
horizon: {start: 2027-03-01, periods: 8, unit: week}
objective: profit
segments: [{id: all, customers: 1000}]
products:
  - {id: lamp, category: light, price: 50.00, unit_cost: 20.00}
  - {id: vase, category: home, price: 50.00, unit_cost: 20.00}
offers:
  - {id: window, mechanic: feature, applies_to: {products: [lamp]}}
  - {id: sale, mechanic: flash_sale, depth: 20%, applies_to: {products: [lamp]}}
limits: [{id: budget, measure: spend, max: 100000}]
rules:
  - {id: teaser, rule: only_after, after: {mechanics: [feature]}, within: 1, where: {mechanics: [flash_sale]}}
  - {id: one-window, rule: max_frequency, max: 1, periods: 8, where: {mechanics: [feature]}}
  - {id: one-sale, rule: max_frequency, max: 1, periods: 8, where: {mechanics: [flash_sale]}}
RULE
baseline: {table: base.csv}
effects: {table: effects.csv}
response: {fatigue: 0, cannibalisation: 0, pull_forward: {share: 0%, periods: 1}}
"""
MONDAY = dt.date(2027, 3, 1)
LOCK = "  - {id: kept, rule: locked, lines: [{date: 2027-03-01, product: lamp, offer: window}]}"


def question(folder: Path, rule: str = "") -> Problem:
    """Return a campaign whose quiet sales grow from week to week: late is best."""
    (folder / "base.csv").write_text(
        "segment,product,period,units\nall,vase,,0\n"
        + "".join(f"all,lamp,{MONDAY + dt.timedelta(weeks=week)},{100 + 50 * week}\n" for week in range(PERIODS))
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


def late(problem: Problem) -> list[tuple[object, str]]:
    """Return the best plan: the sale in the last week, its teaser in the one before."""
    day = problem.grid.scenario.horizon.date_of
    return [(day(PERIODS - 2), "window"), (day(PERIODS - 1), "sale")]


def states(space: Workspace, start: Plan, work: float, **params: object) -> list[State]:
    """Evolve by an operator that has nothing to do here; what is found, is found by descents."""
    first = begin(space.score(start), space.no_prices())
    settings = EvolveParams(
        work=work,
        mutations=(mutate_segment,),
        crossovers=(),
        restarts=False,
        **params,  # type: ignore[arg-type]
    )
    found = []
    for state in evolve(space, Finish(space), first, settings, rng_of(0)):
        found.append(state)
        if np.isinf(work) and len(found) == 60:  # unlimited work never ends; it stalls in its second generation
            break
    return found


def test_teaser_and_sale_move_to_the_best_week_together(tmp_path: Path) -> None:
    """No single change leads there: the sale needs its teaser, and there may be one of each."""
    problem = question(tmp_path)
    space = workspace(problem)
    start = early(problem)
    single = space.gains_everywhere(start, space.no_prices())
    allowed = space.rules.allowed(start)
    assert single[allowed & np.isfinite(single)].max() <= 1e-3
    found = best_move(space, Finish(space), space.score(start), space.no_prices(), rng_of(0))
    assert found is not None
    assert [(line.date, line.offer) for line in problem.grid.lines(found.plan)] == late(problem)
    assert space.rules.violations(found.plan) == 0
    assert best_move(space, Finish(space), found, space.no_prices(), rng_of(1)) is None


@pytest.mark.parametrize("work", [100.0, float("inf")])
def test_the_evolution_descends_from_its_best_plans(tmp_path: Path, work: float) -> None:
    """At the end of its work, or where that is unlimited when it stalls; every step is a state that Ctrl-C can take."""
    problem = question(tmp_path)
    space = workspace(problem)
    found = states(space, early(problem), work, descents=0.9)
    assert [(line.date, line.offer) for line in problem.grid.lines(found[-1].best.plan)] == late(problem)
    begun = next(place for place, state in enumerate(found) if state.descending is not None)
    assert found[begun].best.objective > found[0].best.objective
    assert found[-1].descending is None
    assert found[begun].population.tobytes() == found[begun].best.plan.tobytes()


def test_without_descents_nothing_moves(tmp_path: Path) -> None:
    """The share of the work for descents may be none, and is never all of it."""
    problem = question(tmp_path)
    space = workspace(problem)
    start = early(problem)
    assert all(np.array_equal(state.best.plan, start) for state in states(space, start, 20.0, descents=0.0))
    with pytest.raises(ValueError, match="share of the work for descents"):
        EvolveParams(work=60.0, descents=1.0)


def test_the_population_holds_no_plan_twice(tmp_path: Path) -> None:
    """Two plans that moves lead to the same one are not both replaced by it."""
    problem = question(tmp_path)
    space = workspace(problem)
    second = problem.grid.plan_of(
        (
            PlanLine(date=problem.grid.scenario.horizon.date_of(1), product="lamp", offer="window"),
            PlanLine(date=problem.grid.scenario.horizon.date_of(2), product="lamp", offer="sale"),
        )
    )
    first = begin(space.score(early(problem)), space.no_prices(), (space.score(second),))
    settings = EvolveParams(work=80.0, mutations=(mutate_segment,), crossovers=(), restarts=False, descents=0.9)
    *_, last = evolve(space, Finish(space), first, settings, rng_of(0))
    assert len(last.population) == 2
    assert not np.array_equal(last.population[0], last.population[1])


def test_of_many_moves_those_are_looked_at_that_seem_to_lose_least(tmp_path: Path) -> None:
    """Teaser and sale in the last weeks are among the first few plans of all, and few questions leave any plan out."""
    problem = question(tmp_path)
    space = workspace(problem)
    start = early(problem)
    gains = space.gains_everywhere(start, space.no_prices())

    def children(together: int, gains: Float | None = None) -> list[Plan]:
        return list(children_of(space, start, moves_of(space, start, rng_of(0)), together, gains))

    (every,) = children(1_000)
    best = every[np.argmax([each.objective for each in space.scores(every)])]
    assert [(line.date, line.offer) for line in problem.grid.lines(best)] == late(problem)
    few = np.concatenate(children(4, gains))
    assert len(few) < len(every) and (few == best).all(axis=1).any()
    (ordered,) = children(1_000, gains)
    assert sorted(map(bytes, ordered)) == sorted(map(bytes, every))


def test_locked_lines_stay(tmp_path: Path) -> None:
    """The teaser is locked, so the sale cannot leave it behind."""
    problem = question(tmp_path, LOCK)
    space = workspace(problem)
    start = early(problem)
    assert best_move(space, Finish(space), space.score(start), space.no_prices(), rng_of(0)) is None
    shifts = some_shifts(space, start, rng_of(1))
    assert np.array_equal(best_of_few(space, start, space.no_prices(), shifts), start)


def test_a_step_ends_with_the_search(tmp_path: Path) -> None:
    """Where the work is done, no move is looked at any more."""
    problem = question(tmp_path)
    space = workspace(problem)
    start = space.score(early(problem))
    space.end = space.work
    assert best_move(space, Finish(space), start, space.no_prices(), rng_of(0)) is None
    assert space.work == space.end


@pytest.mark.parametrize("seed", range(5))
def test_a_shift_changes_when_and_nothing_else(tmp_path: Path, seed: int) -> None:
    """What runs is the same as before, where no line comes to lie on another."""
    problem = question(tmp_path)
    space = workspace(problem)
    start = early(problem)
    child = best_of_few(space, start, space.no_prices(), some_shifts(space, start, rng_of(seed)))
    assert space.rules.violations(child) == 0
    assert Counter(child[child > 0].tolist()) == Counter(start[start > 0].tolist())


def test_overuse_is_priced(tmp_path: Path) -> None:
    """What a plan uses beyond a bound counts at the price; what is left of it counts nothing."""
    problem = question(tmp_path)
    space = workspace(problem)
    scored, prices = space.score(early(problem)), space.no_prices()
    prices.scalar[:] = 2.0
    assert space.worth(scored, prices) == pytest.approx(scored.objective)
    space.bound[0] = scored.uses[0] - 10.0
    assert space.worth(scored, prices) == pytest.approx(scored.objective - 20.0)


def test_a_run_grows_over_days_that_lose(tmp_path: Path) -> None:
    """Its next two days lose, those behind them gain more, and there may be no rest: no single change leads there."""
    problem = shelf(tmp_path, (100, 100, 10, 10, 100, 100, 100, 100), "{id: once, rule: min_gap, periods: 8}")
    space = workspace(problem)
    start = on_days(problem, 1, 2)
    single = space.gains_everywhere(start, space.no_prices())
    allowed = space.rules.allowed(start)
    assert single[allowed & np.isfinite(single)].max() <= 1e-3
    found = best_move(space, Finish(space), space.score(start), space.no_prices(), rng_of(0))
    assert found is not None
    assert [day for day, _ in days_of(problem, found.plan)] == [*range(1, 9)]
    assert [day for day, offer in days_of(problem, found.plan) if offer == "sale"][-4:] == [5, 6, 7, 8]
    assert best_move(space, Finish(space), found, space.no_prices(), rng_of(1)) is None

"""Moves of several lines: what belongs together moves together; rules and locked lines stay; descents follow gains."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scenario_factory import rng_of

import planner.evolution.moves
from planner.evaluation.evaluator import Evaluator
from planner.evolution.evolve import EvolveParams, evolve
from planner.evolution.exchanges import Exchange, Exchanges
from planner.evolution.finish import Finish
from planner.evolution.moves import best_move, best_of_few, moves_of, some_of
from planner.evolution.operators import mutate_segment
from planner.evolution.shifts import Shifts, some_shifts
from planner.evolution.state import State, begin
from planner.evolution.stretches import Stretches
from planner.evolution.workspace import Candidate, Plan, Workspace
from planner.problem import Problem, build_problem
from scenarios.language.plan_lines import PlanLine

PERIODS = 8
"""Of both questions of this file: one compilation serves them."""
QUESTION = """
scenario: teaser
title: A teaser before the sale
currency: EUR
horizon: {start: 2027-03-01, periods: 8, unit: week}
objective: profit
segments: [{id: all, customers: 1000}]
products: [{id: lamp, category: light, price: 50.00, unit_cost: 20.00}]
offers:
  - {id: window, mechanic: feature}
  - {id: sale, mechanic: flash_sale, depth: 20%}
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
        "segment,product,period,units\n"
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


def workspace(problem: Problem) -> Workspace:
    """Return the search's view of a problem."""
    return Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)


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


SHELF = """
scenario: quiet
title: A sale that quiet days do not pay for
currency: EUR
horizon: {start: 2027-03-01, periods: 8, unit: day}
objective: profit
segments: [{id: all, customers: 1000}]
products: [{id: lamp, category: light, price: 50.00, unit_cost: 20.00}]
offers:
  - {id: sale, mechanic: price_discount, depth: 20%, fixed_cost: 500}
  - {id: half, mechanic: price_discount, depth: 50%}
limits: [{id: budget, measure: spend, max: 100000}]
baseline: {table: base.csv}
effects: {table: effects.csv}
response: {fatigue: 0, cannibalisation: 0, pull_forward: {share: 0%, periods: 1}}
"""


def shelf(folder: Path, units: tuple[int, ...], rule: str = "") -> Problem:
    """Return a question in which a sale gains on busy days only."""
    rows = "".join(f"all,lamp,2027-03-{day:02d},{each}\n" for day, each in enumerate(units, start=1))
    (folder / "base.csv").write_text("segment,product,period,units\n" + rows)
    (folder / "effects.csv").write_text(
        "segment,product,offer,lift,lift_low,lift_high,take_up\nall,lamp,sale,1,1,1,\nall,lamp,half,0.1,0.1,0.1,\n"
    )
    path = folder / "quiet.yaml"
    path.write_text(SHELF.replace("baseline:", f"rules:\n  - {rule}\nbaseline:") if rule else SHELF)
    return build_problem(path)


def days_of(problem: Problem, plan: Plan) -> list[tuple[int, str]]:
    """Return day of the month and offer of each line."""
    return [(line.date.day, line.offer) for line in problem.grid.lines(plan)]


def on_days(problem: Problem, *days: int, offer: str = "sale") -> Plan:
    """Return a plan with an offer on some days of the month."""
    day = problem.grid.scenario.horizon.date_of
    return problem.grid.plan_of(tuple(PlanLine(date=day(each - 1), product="lamp", offer=offer) for each in days))


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


def test_stretches_lengthen_shorten_end_and_change_every_run(tmp_path: Path) -> None:
    """All of them, once each, and nothing else; drawn ones are among them."""
    problem = shelf(tmp_path, (100,) * 8)
    space = workspace(problem)
    start = on_days(problem, 4, 5)
    series = start.reshape(-1, 8)
    every = Stretches(space, start)
    moves = [every.at(number) for number in range(len(every))]
    assert len(set(moves)) == len(moves)
    plans = {move.on(series).tobytes() for move in moves}
    runs = {(first, last) for first in range(1, 9) for last in range(first, 9) if (first == 4) ^ (last == 5)}
    longer = {on_days(problem, *range(first, last + 1)).tobytes() for first, last in runs if first <= 5 and last >= 4}
    others = {on_days(problem).tobytes(), on_days(problem, 4, 5, offer="half").tobytes()}
    assert plans == longer | others
    drawn = some_of(every, rng_of(0))
    assert {next(drawn).on(series).tobytes() for _ in range(50)} <= plans
    assert next(some_of(Stretches(space, problem.grid.empty()), rng_of(0)), None) is None


def test_shifts_are_all_there_once_each(tmp_path: Path) -> None:
    """Every stretch of lines of a plan, by every distance that stays inside the horizon."""
    problem = shelf(tmp_path, (100,) * 8)
    every = Shifts(workspace(problem), on_days(problem, 2, 3, 7))
    found = [(shift.first, shift.last, shift.by) for shift in (every.at(number) for number in range(len(every)))]
    wanted = {
        (first, last, by)
        for first in (1, 2, 6)
        for last in (1, 2, 6)
        if first <= last
        for by in range(-first, 8 - last)
        if by
    }
    assert set(found) == wanted and len(found) == len(wanted)
    assert len(Shifts(workspace(problem), problem.grid.empty())) == 0


WINDOW = SHELF.replace("baseline:", "rules:\n  - {id: one, rule: max_concurrent, max: 1}\nbaseline:").replace(
    "products: [", "products: [{id: vase, category: home, price: 50.00, unit_cost: 20.00}, "
)


def test_two_products_exchange_their_days(tmp_path: Path) -> None:
    """One line a day: each product stands on the other's better day, and no single change, pair or shift mends that."""
    days = [f"2027-03-{day:02d}" for day in range(1, 9)]
    busy = {"lamp": (600, 2000), "vase": (2000, 600)}
    rows = [
        f"all,{product},{day},{units[number] if number < 2 else 1}\n"
        for product, units in busy.items()
        for number, day in enumerate(days)
    ]
    (tmp_path / "base.csv").write_text("segment,product,period,units\n" + "".join(rows))
    (tmp_path / "effects.csv").write_text(
        "segment,product,offer,lift,lift_low,lift_high,take_up\n,,sale,1,1,1,\n,,half,0.1,0.1,0.1,\n"
    )
    path = tmp_path / "window.yaml"
    path.write_text(WINDOW)
    problem = build_problem(path)
    space, day = workspace(problem), problem.grid.scenario.horizon.date_of

    def standing(first: str, second: str) -> Plan:
        pairs = enumerate((first, second))
        return problem.grid.plan_of(tuple(PlanLine(date=day(t), product=name, offer="sale") for t, name in pairs))

    wrong, right = space.score(standing("lamp", "vase")), standing("vase", "lamp")
    found = best_move(space, Finish(space), wrong, space.no_prices(), rng_of(0))
    assert found is not None and found.objective >= space.score(right).objective
    assert any(np.array_equal(move.on(wrong.plan.reshape(-1, 8)).ravel(), right) for move in _exchanges(space, wrong))
    every = Exchanges(space, wrong.plan)
    assert len(every) == 2 * (1 + 6 + 6), "the two days with each other, and each with the six that are empty"


def _exchanges(space: Workspace, start: Candidate) -> list[Exchange]:
    every = Exchanges(space, start.plan)
    return [every.at(number) for number in range(len(every))]


def test_of_very_many_moves_some_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more than a step looks at, so many different ones are drawn."""
    problem = shelf(tmp_path, (100,) * 8)
    space, start = workspace(problem), on_days(problem, 2, 3, 7)
    whole = list(moves_of(space, start, rng_of(0)))
    monkeypatch.setattr(planner.evolution.moves, "_MOST", 20)
    assert len(whole) > 20 == len(list(moves_of(space, start, rng_of(0))))
    assert not list(moves_of(space, problem.grid.empty(), rng_of(0)))

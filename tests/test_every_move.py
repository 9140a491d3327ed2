"""All moves of a plan: each is there once, drawn ones are among them, and what two products hold is exchanged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sale_shelf import SHELF, on_days, shelf, workspace
from scenario_factory import rng_of

import planner.evolution.operators.moves
from planner.evolution.finish import Finish
from planner.evolution.operators.exchanges import Exchange, Exchanges
from planner.evolution.operators.moves import best_move, moves_of, some_of
from planner.evolution.operators.shifts import Shifts
from planner.evolution.operators.stretches import Stretches
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import build_problem
from scenarios.arrays import Plan
from scenarios.language.plan_lines import PlanLine


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
    ", applies_to: {products: [lamp]}", ""
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
    monkeypatch.setattr(planner.evolution.operators.moves, "_MOST", 20)
    assert len(whole) > 20 == len(list(moves_of(space, start, rng_of(0))))
    assert not list(moves_of(space, problem.grid.empty(), rng_of(0)))

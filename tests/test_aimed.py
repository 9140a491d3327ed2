"""A floor that profit leads away from: aiming at it alone finds plans that mending does not come to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from little_work import little_work
from shop import load_shop

import planner.run.no_plan.aimed
import planner.run.no_plan.eased_search
from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator, Excess
from planner.evolution.interrupt import Interrupt
from planner.problem import Problem, problem_of
from planner.run.effort import Effort
from planner.run.no_plan.aimed import aim_of, aimed_plan
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.futures.draws import draw

PARAMS = SearchParams(seed=0, effort=Effort.QUICK, plans=1, cross_fit=False)


def _asked(folder: Path, least: float, **bounds: str) -> Problem:
    """The shop with a quarter of its budget, and units that it must sell all the same."""
    margin = "  - {id: margin, measure: margin_rate, min: 8%}\n"
    volume = f"{margin}  - {{id: volume, measure: units, min: {least}}}\n"
    return problem_of(load_shop(folder, shop={"max: 80000": "max: 20000", margin: volume, **bounds}))


def _units(ledger: Ledger, plan: object) -> float:
    return float(next(each.used for each in ledger.verdict(plan).limits if each.id == "volume"))  # type: ignore[arg-type]


def test_a_limit_is_relieved_as_far_as_the_others_allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can sell so much: the plan sells more than without any offer, inside the budget and the margin."""
    little_work(monkeypatch, work=20.0)
    problem = _asked(tmp_path, 9_999)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    locked = problem.rulebook.locked_plan()
    aim = aim_of(problem, ledger, locked)
    assert aim is not None and aim.id == "volume"
    plan = aimed_plan(problem, ledger, aim, PARAMS, Interrupt(), lambda: False)
    assert plan is not None
    assert not problem.rulebook.violations(plan)
    assert [each.id for each in ledger.verdict(plan).limits if not each.ok] == ["volume"]
    assert _units(ledger, plan) > _units(ledger, locked) + 100


def test_aiming_finds_the_plan_that_a_search_for_profit_misses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a thousandth of the most that anybody knows to sell: the search goes on from what aiming comes to."""
    little_work(monkeypatch, work=20.0)
    aimed: list[np.ndarray | None] = []

    def told(*given: Any, **more: Any) -> np.ndarray | None:
        aimed.append(aimed_plan(*given, **more))
        return aimed[-1]

    monkeypatch.setattr(planner.run.no_plan.eased_search, "aimed_plan", told)
    for begins in (
        "planner.run.begun.first_state",
        "planner.run.no_plan.eased_search.first_state",
    ):  # nor one of other luck
        monkeypatch.setattr(begins, lambda *_, **__: None)
    problem = _asked(tmp_path, 1695.2)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    result = plan_campaign(problem, PARAMS)
    assert result.plan_set is not None
    (plan,) = result.plan_set.plans
    assert all(limit.ok for limit in plan.limits)
    assert float(plan.objective) < 0, "it costs money, and nobody would come to it for money"
    (found,) = (each for each in aimed if each is not None)
    assert ledger.verdict(found).ok


def test_what_the_ledger_passes_is_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the search's own sums are a hair beyond a limit, as where a floor and a ceiling meet."""
    little_work(monkeypatch)
    kept = Evaluator.excess

    def beyond(self: Evaluator, *about: np.ndarray) -> Excess:
        found = kept(self, *about)
        return replace(found, scalar=np.maximum(found.scalar, 1e-12))

    monkeypatch.setattr(Evaluator, "excess", beyond)
    monkeypatch.setattr("planner.run.begun.first_state", lambda *_, **__: None)
    result = plan_campaign(_asked(tmp_path, 0), PARAMS)
    assert result.plan_set is not None
    assert all(limit.ok for limit in result.plan_set.plans[0].limits)


def test_an_aim_that_gains_nothing_goes_over_to_its_last_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With little effort a quarter of the work without a gain is enough to know; with much effort all of it is done."""
    little_work(monkeypatch, work=20.0)
    problem = _asked(tmp_path, 9_999)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    aim = aim_of(problem, ledger, problem.rulebook.locked_plan())
    assert aim is not None
    done: dict[Effort, float] = {}

    def stalled(space: Any, finish: Any, state: Any, params: Any, rng: Any) -> Any:
        for _ in range(40):
            space.work += params.work / 40
            done[effort] += 1 / 40 * params.work
            yield state

    monkeypatch.setattr(planner.run.no_plan.aimed, "evolve", stalled)
    for effort in (Effort.QUICK, Effort.THOROUGH):
        done[effort] = 0.0
        aimed_plan(problem, ledger, aim, replace(PARAMS, effort=effort), Interrupt(), lambda: False)
    assert done[Effort.QUICK] < 0.6 * done[Effort.THOROUGH]

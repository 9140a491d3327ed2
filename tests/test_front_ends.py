"""The ends of a front: the best of every measure is searched for as a run for that measure alone searches."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from front_case import front_case, front_problem
from little_work import little_work
from scenario_factory import rng_of

from constraints.ledger import Ledger
from planner.evolution.finish import Finish
from planner.evolution.state import begin
from planner.pareto.ends import EndsParams, climb_ends
from planner.pareto.first import first_ends
from planner.pareto.space import AimedSpace
from planner.run.effort import Effort, work_of
from planner.run.notes.run_notes import run_notes
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.futures.draws import draw
from scenarios.language.aim import senses_of

SPARING = {"pareto": {"profit": "max", "spend": "min"}}


def _never() -> bool:
    return False


@pytest.mark.parametrize(("seed", "objective"), [(2, SPARING), (4, {"pareto": ["profit", "units", "revenue"]})])
def test_the_ends_are_the_best_of_every_measure(seed: int, objective: object) -> None:
    """From a poor first front, on tiny scenarios: each end comes to what enumeration knows to be the best.

    A sixth of quick effort's work is enough for that.
    """
    case = front_case(seed, 3000, objective)
    most, space = case.front().max(axis=0), case.space
    slots, choices = np.nonzero(~case.allowed & space.rules.base)
    grid = case.problem.grid
    ledger = Ledger(case.problem.model, case.problem.effects, draw(grid, case.problem.effects, 1))
    with space.banned(slots, choices.astype(np.int8)):
        aimed = AimedSpace(space, case.problem.limits, senses_of(grid.scenario.objective))
        mend = Finish(aimed)
        trimmed = Finish(space).trim(space.rules.locked_plan())
        *_, first = first_ends(aimed, mend, begin(trimmed, space.no_prices()), rng_of(1))
        work = work_of(Effort.QUICK, grid.slots, coupled=space.rules.coupled) / 6
        params = EndsParams(work=work, passed=lambda: 0.0, over=_never)
        steps = list(climb_ends(aimed, mend, ledger, first, params, rng_of(2)))
    assert [step.measure for step in steps if step.done] == list(range(len(most)))
    found = steps[-1].state.population.high
    assert found == pytest.approx(most, rel=1e-6, abs=0.02)


def test_ends_stop_with_the_time() -> None:
    """Once the time is over no other end begins, and what has been found stays."""
    case = front_case(4, 3000, SPARING)
    grid = case.problem.grid
    ledger = Ledger(case.problem.model, case.problem.effects, draw(grid, case.problem.effects, 1))
    aimed = AimedSpace(case.space, case.problem.limits, senses_of(grid.scenario.objective))
    mend = Finish(aimed)
    trimmed = Finish(case.space).trim(case.space.rules.locked_plan())
    *_, first = first_ends(aimed, mend, begin(trimmed, case.space.no_prices()), rng_of(1))
    params = EndsParams(work=float("inf"), passed=lambda: 0.0, over=lambda: True, share=0.1)
    assert not list(climb_ends(aimed, mend, ledger, first, params, rng_of(2)))


def test_a_front_by_time_says_that_a_run_for_one_measure_may_find_a_better_end(monkeypatch) -> None:
    """Its ends share the time; by work each has what such a run has, and nothing is said."""
    asked = front_problem(4, SPARING)
    front = SimpleNamespace(whole=True, plans=3, covered=1.0, ends=0)
    findings = SimpleNamespace(
        front=front,
        checked=(1, 2),
        allowed=None,
        asked=SearchParams(plans=2),
        baselines=None,
        interrupted=False,
        ledger=SimpleNamespace(grid=asked.grid),
    )
    (said,) = (note for note in run_notes(findings) if "searched for less" in note)
    assert said.startswith("most profit and least spend: ")
    assert "--set 'objective={weights: {spend: -1}}'" in said
    little_work(monkeypatch)
    plan_set = plan_campaign(asked, SearchParams(seed=3, effort=Effort.QUICK, plans=3)).plan_set
    assert plan_set is not None and not any("searched for less" in note for note in plan_set.note_texts)

"""Ends of a front beside the rest of it: who their parents are, what is made apart for them, and that none is lost."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
from front_case import FrontCase, front_case
from scenario_factory import rng_of

import planner.pareto.ends
import planner.pareto.run
from constraints.ledger import Ledger
from planner.evolution.apart import ApartParams
from planner.evolution.finish import Finish
from planner.evolution.state import State, begin
from planner.pareto.ends import EndsParams, climb_ends
from planner.pareto.evolve import FrontState
from planner.pareto.first import first_ends
from planner.pareto.run import FrontFound, check_front
from planner.pareto.space import AimedSpace
from scenarios.futures.draws import draw
from scenarios.language.aim import senses_of

SPARING = {"pareto": {"profit": "max", "spend": "min"}}


class Begun:
    """A first front of a tiny question, with everything that its ends are climbed with."""

    def __init__(self, case: FrontCase) -> None:
        grid = case.problem.grid
        self.ledger = Ledger(case.problem.model, case.problem.effects, draw(grid, case.problem.effects, 1))
        self.space = AimedSpace(case.space, case.problem.limits, senses_of(grid.scenario.objective))
        self.mend = Finish(self.space)
        trimmed = Finish(case.space).trim(case.space.rules.locked_plan())
        self.leading: State = begin(trimmed, case.space.no_prices())
        self.state: FrontState
        *_, self.state = first_ends(self.space, self.mend, self.leading, rng_of(1))


def _params(work: float = 20.0, apart: int = 0) -> EndsParams:
    clock = count()
    return EndsParams(work=work, passed=lambda: 0.05 * next(clock), over=lambda: False, apart=ApartParams(plans=apart))


def test_what_serves_another_end_is_no_parent_of_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """An end begins from the plans of the front that are near it in its measure, not from those of the other end."""
    begun, started = Begun(front_case(4, 3000, SPARING)), []
    *_, known = climb_ends(begun.space, begun.mend, begun.ledger, begun.state, _params(100.0), rng_of(2))
    points = known.state.population.points
    assert len(points) >= 2 and np.ptp(points, axis=0).min() > 0
    climbed = planner.pareto.ends._climbed

    def watched(space, finish, state, *rest):
        started.append([space.point(space.score(plan)) for plan in state.population])
        yield from climbed(space, finish, state, *rest)

    monkeypatch.setattr(planner.pareto.ends, "_climbed", watched)
    for _ in climb_ends(begun.space, begun.mend, begun.ledger, known.state, _params(1.0), rng_of(2)):
        pass
    assert len(started) == 2
    for measure, parents in enumerate(started):
        reached = np.stack(parents)[:, measure]
        assert reached.max() == pytest.approx(points[:, measure].max())
        assert reached.min() >= reached.max() - 0.1 * np.ptp(points[:, measure]) - 1e-9


@pytest.mark.parametrize(("work", "made"), [(20.0, 2), (float("inf"), 0)], ids=["by work", "by time"])
def test_each_end_is_joined_with_plans_made_apart(monkeypatch: pytest.MonkeyPatch, work: float, made: int) -> None:
    """As in a run for one measure: once for every end, and where time is limited for none."""
    begun, asked = Begun(front_case(4, 3000, SPARING)), []
    apart = planner.pareto.ends.evolved_apart
    monkeypatch.setattr(planner.pareto.ends, "evolved_apart", lambda *a, **k: asked.append(1) or apart(*a, **k))
    for _ in climb_ends(begun.space, begun.mend, begun.ledger, begun.state, _params(work, apart=1), rng_of(2)):
        pass
    assert len(asked) == made


def _request() -> SimpleNamespace:
    return SimpleNamespace(plans=6, work=20.0)


def test_an_end_that_the_front_has_lost_is_in_the_answer() -> None:
    """Bounds at risk follow the knee: a plan that breaks a limit in the end may have taken the place of a good one."""
    begun = Begun(front_case(4, 3000, SPARING))
    *_, end = (
        step.best
        for step in climb_ends(begun.space, begun.mend, begun.ledger, begun.state, _params(100.0), rng_of(2))
        if step.measure == 0
    )
    assert end is not None
    most = begun.space.point(end)[0]
    assert most > begun.state.population.points[:, 0].max() + 1.0
    lost, kept = FrontFound(state=begun.state), FrontFound(state=begun.state, climbed={0: end})
    for found in (lost, kept):
        check_front(begun.space, begun.mend, begun.ledger, begun.leading, _request(), found)
    profits = [max(float(report.objectives["profit"]) for _, report in found.checked) for found in (lost, kept)]
    assert profits[0] < most - 1.0
    assert profits[1] == pytest.approx(most, abs=0.1)


def test_the_check_mends_an_end_in_its_own_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """What mending costs is taken from the other measures there; a plan in between is mended for all alike."""
    begun, turned = Begun(front_case(4, 3000, SPARING)), []
    *_, last = climb_ends(begun.space, begun.mend, begun.ledger, begun.state, _params(100.0), rng_of(2))
    tighten = planner.pareto.run.tighten

    def watched(space, finish, ledger, candidate):
        turned.append((space.point(candidate), space.aims.weights * space.span / space.span[0]))
        return tighten(space, finish, ledger, candidate)

    monkeypatch.setattr(planner.pareto.run, "tighten", watched)
    found = FrontFound(state=last.state)
    check_front(begun.space, begun.mend, begun.ledger, begun.leading, _request(), found)
    most = np.stack([point for point, _ in turned]).max(axis=0)
    sides = {tuple(np.flatnonzero(point >= most - 1e-9)): shares for point, shares in turned}
    assert sides[(0,)] == pytest.approx([1.0, 0.0], abs=1e-4)
    assert sides[(1,)] == pytest.approx([0.0, 1.0], abs=1e-4)
    assert all(shares == pytest.approx([0.5, 0.5]) for ends, shares in sides.items() if not ends)

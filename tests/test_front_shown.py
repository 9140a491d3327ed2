"""Plans of a front but the best of its leading measure: each that will be shown climbs by itself, none is lost."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from front_case import FrontCase, front_case
from scenario_factory import rng_of

from constraints.ledger import Ledger, LedgerReport
from planner.evolution.finish import Finish
from planner.evolution.state import begin
from planner.evolution.workspace import Candidate
from planner.pareto.evolve import FrontState
from planner.pareto.population import Member
from planner.pareto.population import begin as population_of
from planner.pareto.run import FrontFound, check_front
from planner.pareto.shown import climb_shown
from planner.pareto.space import AimedSpace
from scenarios.answer.front import dominated
from scenarios.futures.draws import draw
from scenarios.language.aim import senses_of

SPARING = {"pareto": {"profit": "max", "spend": "min"}}
THREE = {"pareto": ["profit", "units", "revenue"]}


class Poor:
    """A front of its true ends and of plans in between that lie well below the true front, by enumeration."""

    def __init__(self, case: FrontCase) -> None:
        model, effects = case.problem.model, case.problem.effects
        self.ledger = Ledger(model, effects, draw(model.grid, effects, 1))
        self.space = AimedSpace(case.space, case.problem.limits, senses_of(model.grid.scenario.objective))
        self.mend = Finish(self.space)
        self.points, plans = case.everything()
        ends = self.points.argmax(axis=0)
        scaled = (self.points - self.points.min(axis=0)) / np.ptp(self.points, axis=0)
        # What few plans are better than in everything, though some are: a front of these alone is a poor one.
        better = (scaled[:, None] <= scaled[None]).all(axis=-1).sum(axis=1) - 1
        middle = np.flatnonzero((better >= 2) & (better <= 8) & ~(scaled[ends][:, None] >= scaled[None]).all(-1).any(0))
        middle = middle[~dominated(self.points[middle])]
        scored = self.space.scores(plans[[*ends, *middle[:6]]])
        members = [Member(candidate=each, point=self.space.point(each)) for each in scored]
        atlas = SimpleNamespace()
        self.state = FrontState(population=population_of(members, 200), atlas=atlas, earned={})

    def most(self, least: np.ndarray) -> float:
        """The most of the leading measure that any plan has with at least so much of all others."""
        enough = (self.points[:, 1:] >= least[1:] - 1e-6).all(axis=1)
        return float(self.points[enough, 0].max())


@pytest.mark.parametrize("objective", [SPARING, THREE], ids=["two measures", "three"])
def test_a_shown_plan_is_the_best_with_its_other_figures(objective: object) -> None:
    """Plans in between come to what enumeration knows to be the most of the leading measure, and give up nothing."""
    case = front_case(2, 3000, objective)
    slots, choices = np.nonzero(~case.allowed & case.space.rules.base)
    with case.space.banned(slots, choices.astype(np.int8)):
        poor = Poor(case)
        before = poor.state.population.points
        *found, (_, last) = climb_shown(poor.space, poor.mend, poor.ledger, poor.state, 12, lambda: False, rng_of(2))
    between = [point for point in before if point[0] < before[:, 0].max()]
    assert between and len(found) + 1 == len(between)
    after = last.population.points
    gained = []
    for point in between:
        held = after[(after[:, 1:] >= point[1:] - 1e-6).all(axis=1), 0]
        assert held.max() == pytest.approx(poor.most(point), rel=1e-6, abs=0.02)
        gained.append(held.max() - point[0])
    assert sum(gain > 0.01 for gain in gained) >= len(gained) / 2


def test_no_plan_climbs_when_the_time_is_over() -> None:
    """What the front has stays."""
    poor = Poor(front_case(2, 3000, SPARING))
    assert not list(climb_shown(poor.space, poor.mend, poor.ledger, poor.state, 12, lambda: True, rng_of(2)))


def test_a_climbed_plan_that_the_front_has_lost_is_in_the_answer() -> None:
    """Bounds at risk follow the knee: a plan that breaks a limit in the end may have taken the place of a good one."""
    poor = Poor(front_case(2, 3000, SPARING))

    def answered(*climbed: Candidate) -> list[tuple[str, ...]]:
        found = FrontFound(state=poor.state, shown=list(climbed))
        leading = begin(poor.state.population.members[0].candidate, poor.space.no_prices())
        check_front(poor.space, poor.mend, poor.ledger, leading, SimpleNamespace(plans=12, work=20.0), found)
        return [_exactly(report) for _, report in found.checked]

    found = climb_shown(poor.space, poor.mend, poor.ledger, poor.state, 12, lambda: False, rng_of(2))
    climbed = [plan for plan, _ in found if plan is not None]
    known = answered()
    lost = [plan for plan in climbed if _exactly(poor.ledger.audit(plan.plan)) not in known]
    assert lost
    assert all(_exactly(poor.ledger.audit(plan.plan)) in answered(plan) for plan in lost)


def _exactly(report: LedgerReport) -> tuple[str, ...]:
    """What the ledger says of a plan's measures."""
    return tuple(str(value) for value in report.objectives.values())

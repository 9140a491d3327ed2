"""Fronts of plans: exact gains in every direction, the search for them, and brute force."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from front_case import aimed_space, front_case, front_problem, search_front_case
from hypothesis import given, settings
from hypothesis import strategies as st
from little_work import little_work
from scenario_factory import rng_of

from constraints.checking.front import front_differences
from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.state import begin as opening
from planner.evolution.workspace import Workspace
from planner.pareto.choose import choose, covered
from planner.pareto.first import directions, first_front
from planner.pareto.idle import without_idle
from planner.pareto.space import AimedSpace
from planner.run.effort import FRONT_WORK, Effort, work_of
from planner.run.opening import first_state
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.answer.front import dominated, front_of, hypervolume, knee
from scenarios.answer.plan import PlanSet
from scenarios.futures.draws import draw
from scenarios.language.aim import Aim, aim_words, senses_of, weights_of
from scenarios.language.words import Measure

SPARING = {"pareto": {"profit": "max", "spend": "min"}}
THREE = {"pareto": ["profit", "units", "revenue"]}
POINTS = st.lists(st.tuples(*[st.integers(0, 6)] * 3), min_size=1, max_size=8)


def _by_cells(points: np.ndarray) -> float:
    """Volume of whole points above 0 by counting unit cells."""
    shape = (6,) * points.shape[1]
    filled = np.zeros(shape, dtype=bool)
    for point in points:
        filled[tuple(slice(0, int(size)) for size in point)] = True
    return float(filled.sum())


@settings(derandomize=True, deadline=None, max_examples=40)
@given(POINTS, st.integers(1, 3))
def test_hypervolume_counts_cells(whole, measures):
    """The volume above the origin is the number of unit cells that some point covers."""
    points = np.array(whole, dtype=float)[:, :measures]
    assert hypervolume(points, np.zeros(measures)) == pytest.approx(_by_cells(points))


def test_dominated_by_hand():
    """What is no better anywhere and worse somewhere is dominated; of two equal points the first stays."""
    points = np.array([[3.0, 1.0], [1.0, 3.0], [1.0, 1.0], [3.0, 1.0], [2.0, 2.0]])
    assert dominated(points).tolist() == [False, False, True, True, False]


def test_knee_and_choice_by_hand():
    """The knee gives up least of everything together; the ends are chosen first, then what covers most."""
    points = np.array([[10.0, 0.0], [9.0, 8.0], [5.0, 9.0], [0.0, 10.0]])
    assert knee(points) == 1
    assert sorted(choose(points, 2)) == [0, 3]
    assert sorted(choose(points, 3)) == [0, 1, 3]
    assert covered(points, points) == 1.0
    assert covered(points[[0, 3]], points) < covered(points[[0, 1, 3]], points) < 1.0


def test_directions_are_an_even_lattice():
    """Directions add up to 1 and leave the corners out."""
    assert directions(2, 4).tolist() == [[0.25, 0.75], [0.5, 0.5], [0.75, 0.25]]
    assert len(directions(3, 4)) == 12
    assert np.allclose(directions(3, 4).sum(axis=1), 1.0)


def test_a_front_is_described_by_exact_changes():
    """Reference, volume, share and knee by hand; less is better of spend, and a loss moves the reference."""
    senses = senses_of(Aim.model_validate(SPARING))
    front = front_of(senses, [{"profit": 9, "spend": 10}, {"profit": 8, "spend": 2}, {"profit": -1, "spend": 0}])
    assert front.measures == {"profit": "max", "spend": "min"}
    assert front.reference == {"profit": -1, "spend": 10}
    assert front.hypervolume == 9 * 8  # plan 2 alone: the others lie on the edges of the box
    assert front.covered == pytest.approx(0.72)
    assert front.knee == 2


def test_words_and_the_leading_measure():
    """A front is said in words; its first measure leads, turned where less is better."""
    aim = Aim.model_validate({"pareto": {"spend": "min", "profit": "max"}})
    assert aim_words(aim) == "less spend against more profit"
    reach = Aim.model_validate({"pareto": ["profit", "customers_reached"]})
    assert aim_words(reach) == "more profit against more customers reached"
    assert weights_of(aim) == {Measure.SPEND: -1.0}


@pytest.mark.parametrize(
    ("pareto", "words"),
    [
        (["profit"], "two or three different measures"),
        (["profit", "profit"], "two or three different measures"),
        (["profit", "spend"], "whether more or less of spend is better"),
        (["profit", "units", "revenue", "margin"], "two or three different measures"),
        ({"profit": "max"}, "two or three different measures"),
    ],
)
def test_what_is_no_front_is_refused(pareto, words):
    """Too few or many measures, one twice, and a cost in a list are refused."""
    with pytest.raises(ValueError, match=words):
        Aim.model_validate({"pareto": pareto})


def test_gains_are_exact_in_every_direction():
    """The gain of a single change in a direction is what evaluation says; customers reached count as well."""
    space, rng = aimed_space(4, {"pareto": {"profit": "max", "spend": "min", "customers_reached": "max"}}), rng_of(3)
    base = space.rules.base
    for _ in range(3):
        space.set_span(rng.uniform(1.0, 100.0, size=3))
        space.turn(rng.dirichlet(np.ones(3)))
        plan = np.array([rng.choice(np.flatnonzero(row)) for row in base], dtype=np.int8)
        gain = space.gains_everywhere(plan, space.no_prices())
        before = space.score(plan)
        size = np.abs(gain[np.isfinite(gain)]).max() + 1.0
        for slot in rng.choice(len(plan), size=6, replace=False):
            changed = plan.copy()
            changed[slot] = rng.choice(np.flatnonzero(base[slot]))
            worth = space.score(changed).objective - before.objective
            assert gain[slot, changed[slot]] == pytest.approx(worth, abs=2e-5 * size)


def test_lines_that_change_no_measure_are_dropped():
    """Every line that is left is needed by a measure or a limit, and no measure is worse than before."""
    space, rng = aimed_space(4, {"pareto": {"profit": "max", "spend": "min"}}), rng_of(5)
    space.turn(np.array([0.5, 0.5]))
    start = space.score(space.rules.locked_plan())
    for slot in rng.permutation(len(start.plan)):
        plan = start.plan.copy()
        plan[slot] = rng.choice(np.flatnonzero(space.rules.allowed(plan)[slot]))
        grown = space.score(plan)
        start = grown if grown.feasible else start
    assert start.feasible and (start.plan > 0).any()
    found = without_idle(space, start)
    assert (space.point(found) >= space.point(start) - 1e-6).all()
    assert found.feasible and not space.rules.violations(found.plan)
    for line in np.flatnonzero((found.plan > 0) & space.rules.allowed(found.plan)[:, 0]):
        shorter = found.plan.copy()
        shorter[line] = 0
        trial = space.score(shorter)
        assert not trial.feasible or (space.point(trial) < space.point(found)).any()


@pytest.mark.parametrize(("seed", "objective"), [(2, SPARING), (4, THREE)])
def test_the_search_finds_the_front_that_enumeration_finds(seed, objective):
    """On tiny scenarios with every interaction a fifth of quick effort's work covers what the best of all plans do."""
    case = front_case(seed, 3000, objective)
    front = case.front()
    quick = FRONT_WORK * work_of(Effort.QUICK, case.space.grid.slots, coupled=case.space.rules.coupled)
    state, space = search_front_case(case, seed, quick / 5)
    found = state.population.points[state.population.best]
    assert all(space.keeps(member.candidate) for member in state.population.members)
    span = np.where(np.ptp(front, axis=0) > 0, np.ptp(front, axis=0), 1.0)
    volume = [
        hypervolume((points - front.min(axis=0)) / span, np.full(found.shape[1], -0.1)) for points in (found, front)
    ]
    assert 0.99 * volume[1] <= volume[0] <= (1 + 1e-9) * volume[1]


def test_the_same_seed_finds_the_same_front():
    """Two searches from one seed end with the same plans."""
    case = front_case(4, 8000, SPARING)
    one, other = (search_front_case(case, 5, 50.0)[0].population.points for _ in range(2))
    assert np.array_equal(one, other)


def test_a_run_returns_a_front_that_check_makes_again(monkeypatch):
    """Plans pass the ledger, none dominates another, the leading measure is bounded, and a forged front is found."""
    little_work(monkeypatch, work=20.0)
    asked = front_problem(4, SPARING)
    params = SearchParams(seed=3, effort=Effort.QUICK, plans=6)
    plan_set = plan_campaign(asked, params).plan_set
    assert plan_set is not None
    assert PlanSet.from_json(plan_set.to_json()) == plan_set
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 3))
    reports = [ledger.audit(asked.grid.plan_of(plan.plan_lines)) for plan in plan_set.plans]
    assert all(report.ok for report in reports)
    assert [report.objectives for report in reports] == [plan.objectives for plan in plan_set.plans]
    points = np.array([[float(p.objectives["profit"]), -float(p.objectives["spend"])] for p in plan_set.plans])
    assert len(points) > 1
    assert not dominated(points).any()
    assert (np.diff(points[:, 0]) < 0).all()
    assert plan_set.plans[0].gap is not None
    assert plan_set.plans[0].objective <= plan_set.bound
    assert all(plan.gap is None for plan in plan_set.plans[1:])
    frozen = type("Frozen", (), {"scenario": asked.grid.scenario})()
    assert not list(front_differences(plan_set, reports, frozen))
    forged = replace(plan_set, front=replace(plan_set.front, knee=len(points), hypervolume=1.0))
    assert {each.place for each in front_differences(forged, reports, frozen)} <= {"front.knee", "front.hypervolume"}
    assert list(front_differences(forged, reports, frozen))


def test_the_first_front_is_there_before_any_other_measure_was_looked_for(monkeypatch):
    """The leading measure's plans are a front already: the search for the best of the next one may take long."""

    def forbidden(*_):
        raise AssertionError("another measure was looked for")

    monkeypatch.setattr("planner.pareto.first.guided", forbidden)
    case = front_case(4, 3000, SPARING)
    space, senses = case.space, senses_of(case.problem.grid.scenario.objective)
    aimed = AimedSpace(space, case.problem.limits, senses)
    first = opening(space.score(space.rules.locked_plan()), space.no_prices())
    state = next(first_front(aimed, Finish(aimed), first, rng_of(1)))
    assert len(state.population.best) == 1


@pytest.mark.parametrize("pressed", [True, False])
def test_a_front_that_ended_before_its_other_measures_is_the_answer_and_says_so(monkeypatch, pressed):
    """Ctrl-C, or the time, in the search for the best of the second measure: the leading one's plans are shown."""
    little_work(monkeypatch, work=20.0)
    told = []

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.pareto.first.guided", interrupted)
    if not pressed:
        monkeypatch.setattr("planner.run.watch.Watch.over", property(lambda watch: "front" in told[-1]))
    result = plan_campaign(
        front_problem(4, SPARING),
        SearchParams(seed=3, effort=Effort.QUICK, plans=6),
        lambda progress: told.append(progress.stage),
    )
    assert result.plan_set is not None and len(result.plan_set.plans) >= 1
    assert result.interrupted is pressed
    assert "first plans of the front: 1 so far" in told and "evolving the front" not in told
    early = "the search ended before it had looked for the best of every measure"
    assert any(note.startswith(early) for note in result.plan_set.note_texts)


def test_starts_of_a_front_leave_time_for_its_other_measures(monkeypatch):
    """After a start that took a quarter of the time, a single objective starts again, a front of two does not."""
    asked = front_problem(4, SPARING)
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    watch = SimpleNamespace(started=lambda: 0.25, seconds=4.0, say=lambda *_: None)
    params = SearchParams(seconds=10.0)

    class AskedError(Exception):
        """Ends the first plans once it is known what they were told."""

    def asking(*given, **_):
        *_, ended, late = given
        raise AskedError(ended(space.score(space.rules.locked_plan()), space.no_prices()), late())

    monkeypatch.setattr("planner.run.opening.first_plans", asking)
    for ends, enough in ((1, False), (2, True)):
        with pytest.raises(AskedError) as told:
            first_state(space, Finish(space), None, params, watch, ends=ends)
        assert told.value.args == (enough, enough)

"""The whole search for a front on one page: ends, plans in between, evolution, those shown, choice, ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from constraints.ledger import Ledger, LedgerReport
from planner.bound.lowering.beside import BoundBeside
from planner.bound.lowering.bound import Bound
from planner.bound.lowering.params import BoundParams
from planner.evolution.apart import ApartParams
from planner.evolution.finish import Finish
from planner.evolution.risk import set_bounds, tighten
from planner.evolution.shown.baselines import Baselines, baselines
from planner.evolution.shown.choice import kept_baselines
from planner.evolution.state import State
from planner.evolution.workspace import Candidate, Workspace
from planner.pareto.choose import choose, covered
from planner.pareto.ends import EndsParams, climb_ends
from planner.pareto.evolve import FrontParams, FrontState, evolve_front
from planner.pareto.first import TIE, first_ends, in_between
from planner.pareto.idle import without_idle
from planner.pareto.shown import climb_shown
from planner.pareto.space import AimedSpace
from planner.problem import Problem
from scenarios.answer.front import dominated, knee
from scenarios.arrays import Float
from scenarios.language.aim import senses_of
from scenarios.streams import stream

SPARE = 4
"""Plans that are checked beyond those asked for, unless time is limited: mending may put one behind another."""
RETUNED = (0.0, 0.3, 0.7)
"""Shares of the evolution's work after which the bounds of limits at risk are set anew by the knee's futures."""
EVOLVED = 0.85
"""Share of a limited time after which the plans that will be shown climb by themselves."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FrontRequest:
    """What a search for a front may do and must return."""

    seed: int
    plans: int
    work: float
    """Passes over all columns; infinite where time decides."""
    bound: BoundParams
    say: Callable[[str, float], None]
    """Told the stage, and the share of the run that is done."""
    over: Callable[[], bool]
    """Whether the time is used up."""
    passed: Callable[[], float]
    """Share of the time of the search that is used up; 0 where work decides."""
    step: Callable[[], None]
    """Told after every step, so that it is known how long steps take."""
    left: Callable[[], float]
    """Seconds that are left before checking must begin; infinite where work decides."""
    end_work: float
    """What each end may spend: passes over all columns, infinite where time decides ..."""
    end_time: float
    """... and then this share of the time of the search."""
    apart: ApartParams
    """Plans that are evolved apart for each end, where work decides."""
    yardsticks: bool
    """Whether there is time to compare with habits."""
    interrupted: bool = False
    """Whether Ctrl-C was pressed before: only the first plans are checked then."""


@dataclass(kw_only=True, eq=False)
class FrontFound:
    """What a search for a front has so far; grows step by step, so that Ctrl-C at any moment leaves an answer."""

    checked: tuple[tuple[Candidate, LedgerReport], ...] = ()
    """Plans that pass the ledger, none better than another in everything; by the leading measure, best first."""
    state: FrontState | None = None
    bound: Bound | None = None
    """Of the leading measure."""
    baselines: Baselines | None = None
    found: int = 0
    """Plans of the front before the choice."""
    covered: float = 1.0
    """Share of its hypervolume that the chosen plans cover."""
    interrupted: bool = False
    uncounted: float = 0.0
    """Work of the ends beyond their share: plans apart, joining and last changes are counted in no run."""
    whole: bool = False
    """Whether a first best of every measure was looked for."""
    climbed: dict[int, Candidate] = field(default_factory=dict)
    """By measure, the end that climbed by itself: the bounds at risk that its own futures leave are not the knee's."""
    shown: list[Candidate] = field(default_factory=list)
    """Plans that climbed in the leading measure by themselves, under the bounds that their own futures leave."""
    ends: int = 0
    """Of how many measures the best was searched for by itself, with all that was meant for it."""


def search_front(
    problem: Problem, space: Workspace, finish: Finish, ledger: Ledger, leading: State, request: FrontRequest
) -> FrontFound:
    """Search for a front, check its plans by the ledger, and bound the leading measure.

    Parameters
    ----------
    space, finish
        The problem's own workspace, whose objective is the leading measure.
    leading
        Its first plans: feasible ones.

    Raises
    ------
    ValueError
        For an objective that has one measure.
    """
    senses = senses_of(problem.grid.scenario.objective)
    if senses is None:
        raise ValueError("a front needs an objective of several measures")
    aimed = AimedSpace(space, problem.limits, senses)
    mend = Finish(aimed)
    run = FrontFound(interrupted=request.interrupted)
    try:
        if not run.interrupted:
            _deepen(problem, aimed, mend, ledger, leading, request, run)
        if request.yardsticks and not run.interrupted:
            request.say("comparing with habits", 0.9)
            run.baselines = baselines(space, finish, over=lambda: request.left() < 0)
    except KeyboardInterrupt:
        run.interrupted = True
    space.interrupt.shield()
    request.say("checking by the ledger", 0.94)
    check_front(aimed, mend, ledger, leading, request, run)
    run.checked = tuple((space.score(candidate.plan), report) for candidate, report in run.checked)
    if run.baselines is not None:
        run.baselines = kept_baselines(space, finish, ledger, run.baselines, mend=bool(np.isfinite(request.work)))
    return run


def _deepen(
    problem: Problem,
    space: AimedSpace,
    finish: Finish,
    ledger: Ledger,
    leading: State,
    request: FrontRequest,
    run: FrontFound,
) -> None:
    """Make the first front and evolve it, while the leading measure's bound is lowered beside it."""
    begun, rng = space.work, stream(request.seed, "front")
    with BoundBeside(problem, request.bound) as beside:
        beside.go_on(leading.best.objective)
        try:
            for stage, state in _first(space, finish, ledger, leading, request, run, rng):
                run.state = state
                request.say(stage, 0.05 + 0.75 * min(_share(space, begun, request), 1.0))
                request.step()
                if request.over():
                    break
            begun += run.uncounted
            due = list(RETUNED) if np.isfinite(problem.limits.at_risk).any() else []
            left = FrontParams(work=max(request.work - (space.work - begun), 1.0))
            evolved = () if request.over() else evolve_front(space, finish, _state(run), left, rng)
            for state in evolved:
                run.state = state
                share = _share(space, begun, request)
                request.say("evolving the front", 0.05 + 0.75 * min(share, 1.0))
                request.step()
                beside.hurry_within(request.left())
                if request.over() or (not np.isfinite(request.work) and share >= EVOLVED):
                    break
                if due and share >= due[0]:
                    due.pop(0)
                    set_bounds(space, ledger.verdict(_knee(state).plan))
            for number, (found, state) in enumerate(
                climb_shown(space, finish, ledger, _state(run), request.plans, request.over, rng), start=1
            ):
                run.state = state
                run.shown += [found] if found is not None else []
                request.say(f"bettering the plans to be shown, one by one: {number} so far", 0.8)
                request.step()
            request.say("bounding what is possible", 0.82)
            run.bound = beside.wait() if np.isfinite(request.work) else beside.stop_within(request.left())
        except KeyboardInterrupt:
            run.bound = beside.stop()
            raise


def _first(
    space: AimedSpace,
    finish: Finish,
    ledger: Ledger,
    leading: State,
    request: FrontRequest,
    run: FrontFound,
    rng: np.random.Generator,
) -> Iterator[tuple[str, FrontState]]:
    """Yield stage and front: a first best of every measure, these ends climbing by themselves, plans in between."""
    state: FrontState | None = None
    for number, first in enumerate(first_ends(space, finish, leading, rng), start=1):
        state, run.whole = first, number >= space.count
        yield _so_far(state), state
    if state is None:
        return
    names = [measure.words for measure in senses_of(space.grid.scenario.objective) or ()]
    params = EndsParams(
        work=request.end_work, share=request.end_time, passed=request.passed, over=request.over, apart=request.apart
    )
    before = space.work
    for step in climb_ends(space, finish, ledger, state, params, rng):
        state, run.ends = step.state, step.measure + step.done
        if step.best is not None:
            run.climbed[step.measure] = step.best
        yield f"looking for the best of {names[step.measure]}", state
    run.uncounted = max(space.work - before - space.count * request.end_work, 0.0)
    for between in in_between(space, finish, state, rng):
        yield _so_far(between), between


def _so_far(state: FrontState) -> str:
    return f"first plans of the front: {len(state.population.best)} so far"


def _share(space: AimedSpace, begun: float, request: FrontRequest) -> float:
    """Share of the work, or of the time, that is done."""
    return (space.work - begun) / request.work if np.isfinite(request.work) else request.passed()


def _state(run: FrontFound) -> FrontState:
    if run.state is None:
        raise ValueError("no first plan of the front")
    return run.state


def _knee(state: FrontState) -> Candidate:
    population = state.population
    place = int(population.best[knee(population.points[population.best])])
    return population.members[place].candidate


def check_front(
    space: AimedSpace, finish: Finish, ledger: Ledger, leading: State, request: FrontRequest, run: FrontFound
) -> None:
    """Choose plans that stand for the front, mend them by the ledger, and keep what is still a front there."""
    candidates = [space.score(plan) for plan in leading.population]
    if run.state is not None:
        members = [run.state.population.members[place] for place in run.state.population.best]
        candidates = [member.candidate for member in members]
    points = np.stack([space.point(candidate) for candidate in candidates])
    run.found = len(candidates)
    passed: list[tuple[Candidate, LedgerReport]] = []
    places = choose(points, request.plans + (SPARE if np.isfinite(request.work) else 0))
    for place in places:
        space.turn(_side(points, place))
        passed += _passing(space, finish, ledger, candidates[place])
    alone = [(_own(space.count, measure), end) for measure, end in run.climbed.items()]
    if np.isfinite(request.work):  # else there is no time to judge more than the front itself
        alone += [(np.full(space.count, 1.0 / space.count), plan) for plan in run.shown]
    for side, climbed in alone:
        space.turn(side)
        if not any(np.array_equal(climbed.plan, candidate.plan) for candidate, _ in passed):
            passed += _passing(space, finish, ledger, climbed)
    if not passed:
        return
    exact = np.stack([_exact(space, report) for _, report in passed])
    kept = np.flatnonzero(~dominated(exact))
    order = sorted((int(kept[place]) for place in choose(exact[kept], request.plans)), key=lambda at: tuple(-exact[at]))
    # Plans that were judged count as the ledger has them, mended or not at all; others as the search has them.
    run.covered = covered(exact[order], np.concatenate([exact, np.delete(points, places, axis=0)]))
    run.checked = tuple(passed[place] for place in order)


def _passing(
    space: AimedSpace, finish: Finish, ledger: Ledger, candidate: Candidate
) -> list[tuple[Candidate, LedgerReport]]:
    """A plan as the ledger passes it, mended in the direction in force where need be; nothing where it does not."""
    with space.own_bounds():
        mended = tighten(space, finish, ledger, without_idle(space, candidate))
    report = ledger.audit(mended.plan)
    return [(mended, report)] if report.ok else []


def _side(points: Float, place: int) -> Float:
    """[M] the direction in which a plan of the front is mended: an end in its own measure, others in all alike."""
    count = points.shape[1]
    best = np.flatnonzero(points[place] >= points.max(axis=0))
    return _own(count, int(best[0])) if len(best) == 1 else np.full(count, 1.0 / count)


def _own(count: int, measure: int) -> Float:
    """[M] the direction of one measure, in which the others decide between equals."""
    return np.asarray(np.eye(count)[measure] + TIE)


def _exact(space: AimedSpace, report: LedgerReport) -> Float:
    """[M] changes by the ledger, turned so that more is better."""
    if report.objectives is None:
        raise ValueError("the ledger knows of a single objective only")
    return np.array([float(value) for value in report.objectives.values()]) * space.aims.signs

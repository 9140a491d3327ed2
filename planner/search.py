"""The whole run on one page: first plan, evolution beside the bound, distinct plans, ledger (docs/search.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from constraints.infeasible.clash import Conflict
from constraints.ledger import Ledger
from planner.answer import Findings, FoundFront, answer
from planner.bound.beside import BoundBeside
from planner.bound.tight import Bound
from planner.closing import Closing, ending_of
from planner.count_plans import count_plans
from planner.cross_fit import cross_fit
from planner.effort import BOUND, FRONT_WORK, work_of
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.tilted import TiltedEvaluator
from planner.evolution.baselines import Baselines, baselines
from planner.evolution.careful import TILTED, Careful
from planner.evolution.choice import checked_plans, choice, with_baselines
from planner.evolution.distinct import distinct_plans
from planner.evolution.evolve import EvolveParams, State, begin, evolve
from planner.evolution.finish import Finish
from planner.evolution.interrupt import Interrupt, listening
from planner.evolution.kept import Kept, least_kept
from planner.evolution.workspace import Candidate, Plan, Workspace
from planner.none_found import why_none
from planner.opening import first_state
from planner.pareto.run import FrontRequest, search_front
from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.risk import set_bounds
from planner.search_params import SearchParams
from planner.watch import Watch
from scenarios.answer.cells import Account
from scenarios.answer.plan import PlanSet
from scenarios.futures.aim import caution_of, senses_of
from scenarios.futures.draws import draw
from scenarios.futures.optimism import HalfPlan
from scenarios.streams import stream

RETUNED = (0.1, 0.4, 0.75)
"""Shares of the work after which the bounds of limits at risk are set anew by the best plan's own futures."""
SPARE = 2
"""Distinct plans that are made beyond those asked for: mending by the ledger may bring two closer."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchResult:
    """What a run found: a plan set, or why there is none."""

    plan_set: PlanSet | None
    plans: tuple[Plan, ...]
    accounts: tuple[Account, ...]
    """The plans' accounts, in rank order."""
    conflict: Conflict | None
    """Where no feasible plan was found: what conflicts, proven or not."""
    interrupted: bool
    """Whether Ctrl-C ended the search early."""
    bound: Bound | None = None
    """The bound, with the prices that it was reached at."""


def plan_campaign(
    problem: Problem, params: SearchParams, progress: Callable[[Progress], None] = ignore
) -> SearchResult:
    """Search for the best plans of a problem, check them by the ledger, and bound what is possible.

    Ctrl-C ends the search early and returns the best plans so far, checked like any others.

    Parameters
    ----------
    problem
        The question with its tables, from `planner.problem.build_problem`.
    params
        Seed, effort and what to return.
    progress
        Called with one record per step.
    """
    with listening() as interrupt:
        return _planned(problem, params, Watch(params, progress), interrupt)


def _planned(problem: Problem, params: SearchParams, watch: Watch, interrupt: Interrupt) -> SearchResult:
    """Run from the first plan to the answer; Ctrl-C before the first plan ends in `KeyboardInterrupt`."""
    watch.say("preparing", 0.0)
    careful = caution_of(problem.grid.scenario.objective) is not None
    evaluator = (TiltedEvaluator if careful else Evaluator)(problem.model, problem.limits)
    space = Workspace(evaluator, problem.rulebook, interrupt)
    if params.start is not None and params.keep is not None:
        start = space.rules.repair(params.start)
        space.rules = Kept(space.rules, start, min(least_kept(params.start, params.keep), int((start > 0).sum())))
    finish = Finish(space)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, params.seed))
    first = first_state(space, finish, ledger, params, watch)
    if first is None and params.keep is not None:
        return _without_plan(None)
    counted = None if first is not None else count_plans(problem, ledger)
    if counted is not None and counted.feasible is not None:
        first = begin(space.score(counted.feasible), space.no_prices())
    if first is None:
        return _without_plan(why_none(problem, space, finish, ledger, counted, params, watch))
    ending = ending_of(ledger, first.best.plan, params, watch)
    if senses_of(problem.grid.scenario.objective) is not None:
        return _front(problem, space, finish, ledger, first, params, watch, ending)
    run = _Run(state=first)
    if isinstance(evaluator, TiltedEvaluator):
        run.careful = Careful(problem, evaluator, ledger)
    try:
        _deepen(problem, space, finish, ledger, params, watch, run, ending)
    except KeyboardInterrupt:
        run.interrupted = True
    interrupt.shield()
    watch.say("checking by the ledger", 0.96, run.state, run.bound)
    chosen = (run.chosen or (run.state.best,))[: ending.plans + SPARE if params.seconds is None else ending.plans]
    if run.careful is not None:
        chosen = (*run.careful.best(space, params.plans), *chosen)
    if params.start is not None and not space.rules.violations(params.start):
        chosen = (*chosen, space.score(params.start))  # whoever gives a good plan gets none that is worse
    checked = checked_plans(space, finish, ledger, chosen)
    if run.baselines is not None and params.keep is None:
        checked = with_baselines(checked, run.baselines, ledger)
    checked = choice(checked)[: params.plans]
    if not checked:
        counted = count_plans(problem, ledger) if counted is None else counted
        if counted is None or counted.feasible is None:
            return _without_plan(why_none(problem, space, finish, ledger, counted, params, watch))
        checked = ((space.score(counted.feasible), ledger.audit(counted.feasible)),)
    findings = Findings(
        checked=checked,
        bound=run.bound,
        baselines=run.baselines,
        halves=run.halves,
        ledger=ledger,
        prices=run.state.prices,
        seed=params.seed,
        effort=params.spent,
        wanted=params.plans,
        interrupted=run.interrupted,
        allowed=ending.plans,
    )
    return _answered(problem, space, findings)


def _without_plan(conflict: Conflict | None) -> SearchResult:
    return SearchResult(plan_set=None, plans=(), accounts=(), conflict=conflict, interrupted=False)


def _answered(problem: Problem, space: Workspace, findings: Findings) -> SearchResult:
    return SearchResult(
        plan_set=answer(problem, space, findings),
        plans=tuple(candidate.plan for candidate, _ in findings.checked),
        accounts=tuple(report.account for _, report in findings.checked),
        conflict=None,
        interrupted=findings.interrupted,
        bound=findings.bound,
    )


def _front(
    problem: Problem,
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    first: State,
    params: SearchParams,
    watch: Watch,
    ending: Closing,
) -> SearchResult:
    """Search for a front of plans, where the objective names several measures."""
    timed, begun = params.seconds is not None, watch.seconds
    request = FrontRequest(
        seed=params.seed,
        plans=ending.plans,
        work=float("inf") if timed else FRONT_WORK * work_of(params.effort, space.grid.slots),
        bound=BOUND[params.effort],
        say=watch.say,
        over=lambda: watch.over,
        step=watch.step,
        left=lambda: watch.left - ending.seconds,
        yardsticks=not timed or ending.yardsticks > 0,
        passed=lambda: (watch.seconds - begun) / max((params.seconds or 0.0) - ending.reserve - begun, 1e-9),
    )
    found = search_front(problem, space, finish, ledger, first, request)
    checked = found.checked or checked_plans(space, finish, ledger, (first.best,))
    if not checked:
        return _without_plan(why_none(problem, space, finish, ledger, None, params, watch))
    findings = Findings(
        checked=checked,
        bound=found.bound,
        baselines=found.baselines,
        halves=(),
        ledger=ledger,
        prices=first.prices,
        seed=params.seed,
        effort=params.spent,
        wanted=params.plans,
        interrupted=found.interrupted,
        front=FoundFront(plans=found.found, covered=found.covered),
        allowed=ending.plans,
    )
    return _answered(problem, space, findings)


@dataclass(kw_only=True, eq=False)
class _Run:
    """What a run has so far; grows step by step, so that Ctrl-C at any moment leaves an answer."""

    state: State
    bound: Bound | None = None
    chosen: tuple[Candidate, ...] = ()
    careful: Careful | None = None
    """Where the objective is careful: the tilt in force, and the best plan over the futures."""
    baselines: Baselines | None = None
    halves: tuple[HalfPlan, ...] = ()
    interrupted: bool = False


def _deepen(
    problem: Problem,
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    params: SearchParams,
    watch: Watch,
    run: _Run,
    ending: Closing,
) -> None:
    """Evolve while the bound is lowered beside it, choose distinct plans, and make the yardsticks."""
    with BoundBeside(problem, run.state.best.objective, BOUND[params.effort], run.state.prices) as beside:
        try:
            _evolve(problem, space, finish, ledger, params, watch, run, beside)
            if params.cross_fit and params.seconds is None:
                watch.say("planning on half of the futures", 0.82, run.state, beside.now)
                run.halves = cross_fit(problem, space, ledger, params.seed)
            if params.seconds is not None:
                watch.say("bounding what is possible", 0.84, run.state, beside.now)
                run.bound = beside.stop_within(watch.left - ending.seconds)
            _choose(space, finish, params, watch, run, beside, ending)
            if params.seconds is None:  # as late as may be: the last steps of the bound cost no waiting
                watch.say("bounding what is possible", 0.95, run.state, beside.now)
                run.bound = beside.stop() if _proven(params, run.state, beside) else beside.wait()
        except KeyboardInterrupt:
            run.bound = beside.stop()
            raise


def _choose(
    space: Workspace,
    finish: Finish,
    params: SearchParams,
    watch: Watch,
    run: _Run,
    beside: BoundBeside,
    ending: Closing,
) -> None:
    """Choose distinct plans, and make the yardsticks where there is time."""
    watch.say("choosing distinct plans", 0.85, run.state, beside.now)
    spare = SPARE if params.plans > 1 else 0
    wanted = params.plans + spare if params.seconds is None else ending.plans
    rng = stream(params.seed, "distinct")
    run.chosen = distinct_plans(space, finish, run.state, wanted, rng, over=lambda: watch.over)
    if params.seconds is None or watch.left - ending.seconds > 0.5 * ending.yardsticks > 0:
        watch.say("comparing with habits", 0.9, run.state, beside.now)
        run.baselines = baselines(space, finish)


def _proven(params: SearchParams, state: State, beside: BoundBeside) -> bool:
    """Whether the best plan is proven to be as near the best possible one as was asked for."""
    return params.gap is not None and beside.proves(state.best.objective, params.gap)


def _evolve(
    problem: Problem,
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    params: SearchParams,
    watch: Watch,
    run: _Run,
    beside: BoundBeside,
) -> None:
    """Evolve, setting the bounds of limits at risk and the tilt of a careful objective anew now and then."""
    work = work_of(params.effort, space.grid.slots) if params.seconds is None else float("inf")
    begun, started = space.work, watch.seconds
    due = list(RETUNED) if np.isfinite(problem.limits.at_risk).any() else []
    tilts = list(TILTED) if run.careful is not None else []
    rng, ended = stream(params.seed, "evolve"), False
    while not ended:
        if run.careful is not None and tilts:
            tilts.pop(0)
            run.state = run.careful.moved(space, run.state)
        left, ended = EvolveParams(work=max(work - (space.work - begun), 1.0)), True
        for state in evolve(space, finish, run.state, left, rng):
            run.state = state
            share = (space.work - begun) / work
            if params.seconds is not None:
                share = (watch.seconds - started) / max(params.seconds - watch.reserve - started, 1e-9)
                beside.hurry_within(watch.left - watch.reserve)
            watch.say("evolving plans", 0.08 + 0.76 * min(share, 1.0), state, beside.now)
            watch.step()
            if watch.over or _proven(params, state, beside):
                break
            if due and share >= due[0]:
                due.pop(0)
                set_bounds(space, ledger.audit(state.best.plan))
            if tilts and share >= tilts[0]:
                ended = False
                break
    if run.careful is not None:
        run.careful.consider(run.state)

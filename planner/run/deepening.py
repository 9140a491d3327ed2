"""From the first plan to plans to choose from: evolution beside the bound, distinct plans, yardsticks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.ledger import Ledger
from planner.bound.beside import BoundBeside
from planner.bound.tight import Bound
from planner.evolution.baselines import Baselines, baselines
from planner.evolution.careful import TILTED, Careful
from planner.evolution.distinct import distinct_plans
from planner.evolution.evolve import EvolveParams, evolve
from planner.evolution.finish import Finish
from planner.evolution.risk import set_bounds
from planner.evolution.state import State
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import Problem
from planner.run.closing import Closing
from planner.run.cross_fit import cross_fit
from planner.run.effort import work_of
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.futures.optimism import HalfPlan
from scenarios.streams import stream

RETUNED = (0.1, 0.4, 0.75)
"""Shares of the work after which the bounds of limits at risk are set anew by the best plan's own futures."""
SPARE = 2
"""Distinct plans that are made beyond those asked for: mending by the ledger may bring two closer."""


@dataclass(kw_only=True, eq=False)
class Run:
    """What a run has so far; grows step by step, so that Ctrl-C at any moment leaves an answer."""

    state: State
    bound: Bound | None = None
    chosen: tuple[Candidate, ...] = ()
    careful: Careful | None = None
    """Where the objective is careful: the tilt in force, and the best plan over the futures."""
    baselines: Baselines | None = None
    halves: tuple[HalfPlan, ...] = ()
    interrupted: bool = False


def deepen(
    problem: Problem,
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    params: SearchParams,
    watch: Watch,
    run: Run,
    ending: Closing,
    beside: BoundBeside,
) -> None:
    """Evolve while the bound is lowered beside it, choose distinct plans, and make the yardsticks."""
    beside.go_on(run.state.best.objective, run.state.prices)
    try:
        _evolve(problem, space, finish, ledger, params, watch, run, beside)
        if params.cross_fit and params.seconds is None:
            watch.say("planning on half of the futures", 0.82, run.state, beside.now)
            run.halves = cross_fit(problem, space, ledger, run.state.prices, params.seed)
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
    run: Run,
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
    run: Run,
    beside: BoundBeside,
) -> None:
    """Evolve, setting the bounds of limits at risk and the tilt of a careful objective anew now and then."""
    work = (
        work_of(params.effort, space.grid.slots, coupled=problem.rulebook.coupled)
        if params.seconds is None
        else float("inf")
    )
    begun, started = space.work, watch.seconds
    due = list(RETUNED) if np.isfinite(problem.limits.at_risk).any() else []
    tilts = list(TILTED) if run.careful is not None else []
    rng, ended = stream(params.seed, "evolve"), False
    watch.say("evolving plans", 0.08, run.state, beside.now)
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

"""Aiming at a limit that no plan was found to keep: as much of it as the others allow, whatever that earns.

A search for profit comes to a floor, or under a ceiling, by prices and mending alone. Where money pulls the other way
it ends close by, in places from which no few changes help. Here the limit itself is the objective and its bound is
out of force, so that the whole search works on it: the first phase of the simplex method, for plans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.infeasible.easing import released
from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.evolve import EvolveParams, evolve, left_of
from planner.evolution.finish import Finish
from planner.evolution.interrupt import Interrupt
from planner.evolution.state import State
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.run.effort import Effort, work_of
from planner.run.no_plan.eased_problem import with_scenario
from planner.run.opening import first_state
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.arrays import Plan
from scenarios.response.functional import Functional, combine
from scenarios.streams import stream

UNBOUND = 1e15
"""A bound that no plan comes to."""
PATIENCE = {Effort.QUICK: 0.25, Effort.NORMAL: 0.5, Effort.THOROUGH: 1.0}
"""Share of its work, by effort, after which the evolution goes over to its last part where none of it has gained."""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A limit's row, and how a plan is worth more the more it relieves it."""

    row: int
    id: str
    objective: Functional


def aim_of(problem: Problem, ledger: Ledger, plan: Plan) -> Aim | None:
    """The row that a plan breaks most, in shares of its bound; None where it breaks none of one scope."""
    limits = problem.limits
    broken = {result.id for result in ledger.verdict(plan).limits if not result.ok}
    uses = Evaluator(problem.model, limits).value(plan[None]).uses[0]
    over = limits.excess(uses) / limits.scale
    rows = [row for row, name in enumerate(limits.ids) if name in broken]
    for row in sorted(rows, key=lambda row: -over[row]):
        functional = limits.functionals[row]
        if isinstance(functional, Functional):
            return _aim(problem, row, functional)
    return None


def aim_at(problem: Problem, name: str) -> Aim | None:
    """Aim at one limit; None for one with many rows, and for sums of several scopes."""
    rows = problem.limits.rows_of.get(name, np.zeros(0, dtype=np.int64))
    functional = problem.limits.functionals[rows[0]] if len(rows) == 1 else None
    if not isinstance(functional, Functional):
        return None
    return _aim(problem, int(rows[0]), functional)


def _aim(problem: Problem, row: int, functional: Functional) -> Aim:
    worth = combine([(-float(problem.limits.sign[row]), functional)])
    return Aim(row=row, id=problem.limits.ids[row], objective=worth)


def aimed_plan(
    problem: Problem,
    ledger: Ledger,
    aim: Aim,
    params: SearchParams,
    interrupt: Interrupt,
    over: Callable[[], bool],
    start: Plan | None = None,
) -> Plan | None:
    """The plan that relieves a row most of those that keep all others; None where none is found.

    The search ends as soon as a plan keeps everything.

    Parameters
    ----------
    over
        Whether the time is over.
    start
        A plan to begin from, where one is known.
    """
    eased = with_scenario(problem, released(problem.grid.scenario, aim.id))
    bound = problem.limits.bound.copy()
    bound[aim.row] = float(problem.limits.sign[aim.row]) * UNBOUND
    limits = replace(problem.limits, bound=bound)
    space = Workspace(Evaluator(problem.model, limits, aim.objective), problem.rulebook, interrupt)
    finish, judge = Finish(space), Ledger(eased.model, eased.effects, ledger.draws)
    quiet = Watch(params, lambda progress: None)
    state = first_state(space, finish, judge, replace(params, start=start), quiet)
    if state is None:
        return None
    work = work_of(Effort.QUICK, space.grid.slots, coupled=problem.coupled)
    best, rng = state.best, stream(params.seed, "aimed")
    steps = _steps(space, finish, state, work, PATIENCE[params.effort], rng)
    while not (_reached(problem, aim, best.uses) and ledger.verdict(best.plan).ok) and not over():
        after = next(steps, None)
        if after is None:
            break
        best = after.best
    return best.plan


def _steps(
    space: Workspace, finish: Finish, state: State, work: float, patience: float, rng: np.random.Generator
) -> Iterator[State]:
    """Evolve; once a share of the work has gained nothing, what is left is the last part, where plans descend."""
    begun = gained = space.work
    best, plain = state.best.objective, EvolveParams(work=work)
    last = plain.descents * work
    for after in evolve(space, finish, state, plain, rng):
        yield after
        if after.best.objective > best:
            best, gained = after.best.objective, space.work
        if space.work - gained > patience * work and begun + work - space.work > last:
            yield from evolve(space, finish, after, left_of(work, last), rng)
            return


def _reached(problem: Problem, aim: Aim, uses: NDArray[np.float64]) -> bool:
    return bool(problem.limits.excess(uses)[aim.row] <= 0)

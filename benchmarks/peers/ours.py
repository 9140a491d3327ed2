"""The product's own search, and its guided step alone, beside the peers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from peers.plans import Clock, Found
from planner.evolution.evolve import MUTATIONS, EvolveParams, evolve
from planner.evolution.finish import Finish
from planner.evolution.joining.joined import joined
from planner.evolution.start.first import FirstParams, first_plans
from planner.evolution.state import begin
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.run.deepening import joins_of
from planner.run.effort import Effort
from planner.run.opening import STARTING, first_params
from scenarios.streams import stream

GUIDED = tuple(each for each in MUTATIONS if each.__name__.startswith("mutate"))
"""The guided step on every kind of neighbourhood."""


def first_plan(space: Workspace, finish: Finish, rng: np.random.Generator) -> tuple[Candidate, Prices]:
    """One guided plan from the empty plan, mended as the search does."""
    found, prices = begun(space, finish, FirstParams(starts=1), rng)
    return found[0], prices


def begun(
    space: Workspace,
    finish: Finish,
    params: FirstParams,
    rng: np.random.Generator,
    ended: Callable[[Candidate, Prices], bool] = lambda candidate, prices: False,
) -> tuple[tuple[Candidate, ...], Prices]:
    """Guided plans from the empty plan that keep every limit; the locked lines alone where none does."""
    locked = space.rules.locked_plan()
    plans, prices = first_plans(space, finish, locked, params, rng, ended)
    return tuple(plan for plan in plans if plan.feasible) or (space.score(locked),), prices


def evolution(space: Workspace, clock: Clock, seed: int, *, tuned: bool = False) -> Found:
    """The product's search; it has one setting."""
    del tuned
    finish, rng = Finish(space), stream(seed, "bench")
    many = first_params(Effort.NORMAL, clock.seconds)

    def ended(candidate: Candidate, prices: Prices) -> bool:
        return clock.used > STARTING * clock.seconds

    (best, *others), prices = begun(space, finish, many, rng, ended)
    state = begin(best, prices, tuple(others))
    joins = list(joins_of(Effort.NORMAL, clock.seconds))
    while not clock.over:
        for generation in evolve(space, finish, state, EvolveParams(work=float("inf")), rng):
            if clock.over:
                break
            state = generation
            if joins and clock.used >= joins[0] * clock.seconds:
                joins.pop(0)
                state = joined(space, finish, state, (), rng, over=lambda: clock.over)
                break
    return Found(best=state.best, evaluated=0)


def multi_start(space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
    """The guided step alone: again and again from the empty plan; tuned, one plan with its neighbourhoods."""
    finish, rng = Finish(space), stream(seed, "bench")
    best, prices = first_plan(space, finish, rng)
    if tuned:
        params = EvolveParams(work=float("inf"), mutations=GUIDED, crossovers=(), restarts=False)
        for state in evolve(space, finish, begin(best, prices), params, rng):
            if clock.over:
                break
            best = state.best
        return Found(best=best, evaluated=0)
    while not clock.over:
        found, _ = first_plan(space, finish, rng)
        if not clock.over:
            best = max(best, found, key=lambda candidate: candidate.objective)
    return Found(best=best, evaluated=0)

"""A way out where repair is stuck: pairs of changes, then CP-SAT's many at once; repair goes on from there.

Repair makes changes that help by themselves. Where limits pull against each other (an ROI floor, a share of coupons in
the spend, a least number of uses in every week), no single change helps, and only several together do: two by true
evaluation, or many on the linear model.
"""

from __future__ import annotations

import numpy as np

from constraints.repairing.change_pairs import best_pair
from constraints.solver.polish import PolishParams, polish
from planner.evolution.finish import FULL, Finish
from planner.evolution.linearise import linearise
from planner.evolution.neighbourhood import over_columns
from planner.evolution.view import trials
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Plan

ROUNDS = 6
"""Most attempts; each begins from where the last one ended, because the linear model holds near one plan only."""
FREE = 400
"""Slots without a line that may take one, the most promising first."""
PAIRED = 60
"""Single changes that pairs are made of."""
PROGRESS = 0.01
"""Share of the excess that a pair must take away to be worth another."""
WORK = PolishParams(deterministic_seconds=1.0)


def rescue(space: Workspace, finish: Finish, candidate: Candidate, prices: Prices, *, anew: bool = True) -> Candidate:
    """Mend a plan that repair left broken; the last attempt where none keeps every limit.

    Parameters
    ----------
    candidate
        A plan that keeps the rules.
    prices
        What use of the limits is worth.
    anew
        Whether the bounds in force begin anew from the scenario's: attempts that led nowhere may have tightened them.
    """
    if anew:
        space.bound[:], space.available[:] = space.real_bound(), space.limits.available
    for number in range(ROUNDS):
        if candidate.feasible:
            break
        paired = _paired(space, candidate.plan) if number % 2 == 0 else None
        if paired is not None:
            candidate = finish(paired, prices, FULL)
            continue
        gain = np.where(space.rules.base, space.gains_everywhere(candidate.plan, prices), -np.inf).max(axis=1)
        wanted = candidate.plan > 0
        wanted[np.argsort(-gain, kind="stable")[:FREE]] = True
        hood = over_columns(space.grid, np.arange(space.grid.shape[1] * space.grid.shape[2]), wanted)
        moved = polish(linearise(space, candidate, hood), space.rules, candidate.plan, WORK)
        if np.array_equal(moved.plan, candidate.plan):
            break
        candidate = finish(moved.plan, prices, FULL)
    return candidate


def _paired(space: Workspace, plan: Plan) -> Plan | None:
    """The best plan that pairs of changes lead to, those that relieve what is broken first; None where none helps."""
    judge, begun = trials(space, PAIRED), plan
    state = judge.states(plan[None])[0]
    while state.broken > 0:
        over, count = state.excess.clip(min=0.0) / judge.scale, len(space.bound)
        broken = Prices(over[:count], over[count:].reshape(state.stock.shape))
        relief = space.gains_everywhere(state.plan, broken, objective_weight=0.0)
        possible = space.rules.base & np.isfinite(relief)
        possible[np.arange(len(relief)), state.plan] = False
        slots, choices = np.nonzero(possible)
        taken = np.argsort(-relief[slots, choices], kind="stable")[:PAIRED]
        better = best_pair(judge, space.rules, state, slots[taken], choices[taken])
        if better is None or better.broken > (1 - PROGRESS) * state.broken:
            break
        state = better
    return None if state.plan is begun else state.plan

"""The peer: rounding by the duals of a linear programme (SciPy's HiGHS), with exact gains around the current plan.

Default: the programme at the empty plan, its duals as prices, every slot its best choice at these prices, mended by
dropping. Tuned: the same again at the plan that was found, with duals that are stirred a little for every rounding.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from constraints.solver.linear import LinearModel
from peers.plans import Clock, Found, Plan, Plans
from planner.evolution.linearise import linearise
from planner.evolution.workspace import Candidate, Workspace

STIRRED = 0.1
"""Standard deviation of the log of what duals are multiplied by."""
ROUNDINGS = 10
"""Roundings of one programme."""


def run(space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
    """Linearise, price, round, mend; again until the time is over where tuned."""
    plans, rng = Plans(space, clock), np.random.Generator(np.random.Philox(seed))
    current = space.score(plans.start)
    while not clock.over:
        linear = linearise(space, current, space.whole)
        options = linear.options(current.plan, space.rules.base)
        duals = _duals(linear, options)
        if not tuned:
            plans.dropped(_rounded(space, linear, options, current.plan, duals))
            break
        tried: list[Candidate] = []
        for _ in range(ROUNDINGS):
            if clock.over:
                break
            stirred = duals * np.exp(rng.normal(0.0, STIRRED, len(duals)))
            tried.append(plans.dropped(_rounded(space, linear, options, current.plan, stirred)))
        current = max(tried, key=lambda each: each.objective, default=current)
    return plans.found


def _duals(linear: LinearModel, options: np.ndarray) -> np.ndarray:
    """[L + R] duals of the limits' rows."""
    at, choice = np.nonzero(options)
    column = np.full(options.shape, -1)
    column[at, choice] = np.arange(len(at))
    row, slot, taken, value, headroom = linear.rows(options)
    limits = csr_matrix((value, (row, column[slot, taken])), shape=(len(headroom), len(at)))
    scale = np.maximum(np.abs(limits).max(axis=1).toarray().ravel(), 1e-9)
    limits = csr_matrix(limits.multiply(1.0 / scale[:, None]))
    one = csr_matrix((np.ones(len(at)), (at, np.arange(len(at)))), shape=(len(linear.slots), len(at)))
    room = np.concatenate([np.maximum(headroom, 0.0) / scale, np.ones(len(linear.slots))])
    found = linprog(-linear.gain[at, choice], A_ub=vstack([limits, one]), b_ub=room, bounds=(0, 1), method="highs")
    if found.status != 0:
        return np.zeros(len(headroom))
    return np.asarray(np.maximum(-found.ineqlin.marginals[: len(headroom)], 0.0) / scale)


def _rounded(space: Workspace, linear: LinearModel, options: np.ndarray, plan: Plan, duals: np.ndarray) -> Plan:
    """Every slot's best choice at the prices, as far as rules let choices be made together."""
    row, slot, taken, value, _ = linear.rows(options)
    worth = np.where(options, linear.gain, 0.0)
    np.subtract.at(worth, (slot, taken), duals[row] * value)
    worth[~options] = -np.inf
    best = worth.argmax(axis=1)
    gain = worth[np.arange(len(best)), best]
    moving = np.flatnonzero(gain > 1e-9)
    changed = plan.copy()
    changed[linear.slots[moving]] = best[moving].astype(np.int8)
    loss = np.full((len(plan), space.grid.width), 1e18)
    loss[linear.slots] = np.where(np.isfinite(worth), gain.clip(min=0.0)[:, None] - worth, 1e18)
    return space.rules.repair(changed, loss)

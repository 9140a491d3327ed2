"""A way out where repair is stuck: CP-SAT moves many lines at once on the linear model, then repair goes on from there.

Repair makes changes that help by themselves. Where limits pull against each other (an ROI floor, a share of coupons in
the spend, a least number of uses in every week), no single change helps, and only several together do.
"""

from __future__ import annotations

import numpy as np

from constraints.polish import PolishParams, polish
from planner.evolution.finish import FULL, Finish
from planner.evolution.linearise import linearise
from planner.evolution.neighbourhood import over_columns
from planner.evolution.workspace import Candidate, Prices, Workspace

ROUNDS = 6
"""Most attempts; each begins from where the last one ended, because the linear model holds near one plan only."""
FREE = 400
"""Slots without a line that may take one, the most promising first."""
WORK = PolishParams(deterministic_seconds=1.0)


def rescue(space: Workspace, finish: Finish, candidate: Candidate, prices: Prices) -> Candidate:
    """Mend a plan that repair left broken; the last attempt where none keeps every limit.

    The bounds in force begin anew from the scenario's: attempts that led nowhere may have tightened them.

    Parameters
    ----------
    candidate
        A plan that keeps the rules.
    prices
        What use of the limits is worth.
    """
    space.bound[:], space.available[:] = space.limits.bound, space.limits.available
    for _ in range(ROUNDS):
        if candidate.feasible:
            break
        gain = np.where(space.rules.base, space.gains_everywhere(candidate.plan, prices), -np.inf).max(axis=1)
        wanted = candidate.plan > 0
        wanted[np.argsort(-gain, kind="stable")[:FREE]] = True
        hood = over_columns(space.grid, np.arange(space.grid.shape[1] * space.grid.shape[2]), wanted)
        moved = polish(linearise(space, candidate, hood), space.rules, candidate.plan, WORK)
        if np.array_equal(moved.plan, candidate.plan):
            break
        candidate = finish(moved.plan, prices, FULL)
    return candidate

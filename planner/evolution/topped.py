"""The last single changes: no plan is shown that one line more, or another offer in one slot, would plainly improve.

The evolution follows prices of limits, and a line that does not pay for what it uses at these prices stays out. Where
the plan leaves some of a limit in the end, that is too strict: what is left is worth nothing to anybody else.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.evolution.workspace import Candidate, Workspace

TRIED = 64
"""Single changes that are evaluated at a time, the most promising first."""
STEPS = 40
"""Changes that are made at most."""
WORTH = 0.01
"""A change that brings less than this much money or measure is left."""


def topped(space: Workspace, candidate: Candidate, over: Callable[[], bool] = lambda: False) -> Candidate:
    """Make the best single change that keeps every limit in force and every rule, until none gains."""
    if not candidate.feasible:
        return candidate
    for _ in range(STEPS):
        better = None if over() else _best_single(space, candidate)
        if better is None:
            break
        candidate = better
    return candidate


def _best_single(space: Workspace, candidate: Candidate) -> Candidate | None:
    """The plan after the best single change; None where none gains."""
    plan = candidate.plan
    gain = np.where(space.rules.allowed(plan), space.gains_everywhere(plan, space.no_prices()), -np.inf)
    gain[np.arange(len(plan)), plan] = -np.inf
    promising = np.argsort(-gain, axis=None, kind="stable")[:TRIED]
    promising = promising[gain.ravel()[promising] > WORTH]
    if not len(promising):
        return None
    changed = np.repeat(plan[None], len(promising), axis=0)
    changed[np.arange(len(promising)), promising // gain.shape[1]] = promising % gain.shape[1]
    better = (
        each
        for each in space.scores(changed)
        if each.feasible and each.objective > candidate.objective + WORTH and not space.rules.violations(each.plan)
    )
    return max(better, key=lambda each: each.objective, default=None)

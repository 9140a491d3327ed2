"""Lines of a front's plan that change no measure: they would be printed, sent and owed for nothing."""

from __future__ import annotations

import numpy as np

from planner.evolution.workspace import Candidate
from planner.pareto.space import AimedSpace

_SAME = 1e-9
"""Relative change of a measure that is rounding."""


def without_idle(space: AimedSpace, candidate: Candidate) -> Candidate:
    """Drop lines without which every measure is as good as before, and that no limit or rule needs.

    Parameters
    ----------
    candidate
        A plan that keeps every limit and rule.
    """
    while True:
        plan = candidate.plan
        lines = np.flatnonzero((plan > 0) & space.rules.allowed(plan)[:, 0] & ~space.rules.fixed)
        if not lines.size:
            return candidate
        alone = np.repeat(plan[None], len(lines), axis=0)
        alone[np.arange(len(lines)), lines] = 0
        idle = lines[[_as_good(space, each, candidate) for each in space.scores(alone)]]
        if not idle.size:
            return candidate
        nothing = np.zeros(len(idle), dtype=np.int64)
        together = idle[space.rules.compatible(plan, idle, nothing, np.zeros(len(idle)))]
        # What is idle alone need not be idle together: of two lines that reach the same customers one is needed.
        shorter = np.stack([plan, plan])
        shorter[0, together] = 0
        shorter[1, idle[0]] = 0
        all_gone, one_gone = space.scores(shorter)
        candidate = all_gone if together.size and _as_good(space, all_gone, candidate) else one_gone


def _as_good(space: AimedSpace, trial: Candidate, candidate: Candidate) -> bool:
    before = space.point(candidate)
    return bool(trial.feasible and (space.point(trial) >= before - _SAME * (1.0 + np.abs(before))).all())

"""Lines that a shown plan can do without: those that bring nothing, or lose, and that no limit or rule needs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.evolution.shown.topped import TOPPED_SLOTS
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Int

IDLE = 0.005
"""A line that brings less than this much money or measure brings nothing."""


def without_idle(
    space: Workspace, candidate: Candidate, passes: Callable[[Candidate], bool] = lambda shorter: True
) -> Candidate:
    """Drop lines that bring nothing and that no limit or rule needs, first of all those that lose most.

    Parameters
    ----------
    candidate
        A plan that keeps every limit and rule.
    passes
        What a plan without some lines must pass beside the bounds in force.
    """
    few = space.grid.slots <= TOPPED_SLOTS
    while True:
        plan = candidate.plan
        lines = np.flatnonzero(plan)
        brings = space.contributions(plan)
        droppable = space.rules.allowed(plan)[lines, 0] & ~space.rules.fixed[lines] & (brings < IDLE)
        idle = lines[droppable][np.argsort(brings[droppable], kind="stable")]
        gone = _without(space, candidate, idle, passes)
        if gone is None and few and len(idle) > 1:
            # A limit needs some of them. Where many slots make a plan dear to value, it is not looked at which.
            gone = _without_most(space, candidate, _missed_by_none(space, candidate, idle), passes)
        if gone is None:
            return candidate
        candidate = gone


def _missed_by_none(space: Workspace, candidate: Candidate, idle: Int) -> Int:
    """Those of some lines that the plan can do without one by one, in their order."""
    alone = np.repeat(candidate.plan[None], len(idle), axis=0)
    alone[np.arange(len(idle)), idle] = 0
    return idle[[_as_good(shorter, candidate) for shorter in space.scores(alone)]]


def _without_most(
    space: Workspace, candidate: Candidate, idle: Int, passes: Callable[[Candidate], bool]
) -> Candidate | None:
    """The plan without all of some lines or, where a limit needs some of them, without as many as halves of them show.

    The first half is looked at first.
    """
    gone = _without(space, candidate, idle, passes)
    if gone is not None or len(idle) < 2:
        return gone
    first = _without_most(space, candidate, idle[: len(idle) // 2], passes)
    return _without_most(space, first or candidate, idle[len(idle) // 2 :], passes) or first


def _without(
    space: Workspace, candidate: Candidate, idle: Int, passes: Callable[[Candidate], bool]
) -> Candidate | None:
    """The plan without as many of some lines as rules let go together; None where that is none, or worse."""
    nothing, first = np.zeros(len(idle), dtype=np.int64), np.arange(len(idle), 0.0, -1.0)
    together = idle[space.rules.compatible(candidate.plan, idle, nothing, first)]
    if not together.size:
        return None
    shorter = candidate.plan.copy()
    shorter[together] = 0
    trial = space.score(shorter)
    return trial if _as_good(trial, candidate, len(together)) and passes(trial) else None


def _as_good(trial: Candidate, candidate: Candidate, lines: int = 1) -> bool:
    """Whether a plan without some lines keeps every limit and brings as much as with them."""
    return trial.feasible and trial.objective >= candidate.objective - IDLE * lines

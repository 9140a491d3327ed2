"""Elites: the best plans so far that differ from each other enough to be a choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.evolution.workspace import Candidate
from scenarios.arrays import Plan

MIN_DIFFERENCE = 0.10
"""Two plans are a choice when they differ in at least this share of their lines."""


def difference(one: Plan, other: Plan) -> float:
    """Share of the lines of the larger plan that the other plan does not hold."""
    larger = max(int((one > 0).sum()), int((other > 0).sum()))
    common = int(((one == other) & (one > 0)).sum())
    return 1.0 - common / larger if larger else 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Elites:
    """Feasible plans, best first, pairwise at least `MIN_DIFFERENCE` apart."""

    members: tuple[Candidate, ...] = ()
    capacity: int = 12

    def led_by(self, scored: Candidate) -> Elites:
        """Put a plan in the place of the best, whatever it is worth."""
        return Elites(members=(scored, *self.members[1:]), capacity=self.capacity)

    def with_plan(self, scored: Candidate) -> Elites:
        """Add a plan: it replaces every close plan that it beats, and stays out where a close plan beats it."""
        if not scored.feasible or not np.isfinite(scored.objective):
            return self
        close = [m for m in self.members if difference(m.plan, scored.plan) < MIN_DIFFERENCE]
        if any(member.objective >= scored.objective for member in close):
            return self
        kept = [member for member in self.members if all(member is not other for other in close)]
        ranked = sorted([*kept, scored], key=lambda member: -member.objective)
        return Elites(members=tuple(ranked[: self.capacity]), capacity=self.capacity)

"""Finish a proposed plan: mend what breaks limits on true use, fill the slack, value it truly."""

from __future__ import annotations

from constraints.repairing.repair import Repair, RepairOutcome, RepairParams
from planner.evolution.view import View, in_force
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Plan

CHILD = RepairParams(passes=20, rows_per_pass=2, probes=4, fill_passes=2)
"""A child of the evolution is near its limits already: few passes mend it."""
FULL = RepairParams(refusals=16)
"""A first plan breaks several limits at once: the last grains take some tries."""


class Finish:
    """Repair and fill under the bounds in force.

    Parameters
    ----------
    space
        The run's workspace; its bounds may be tightened between calls.
    child
        How children of the evolution are mended and filled.
    mends
        Whether children are mended at all; without it, those that break a limit come to nothing.
    """

    def __init__(self, space: Workspace, child: RepairParams = CHILD, *, mends: bool = True) -> None:
        self._space, self._child, self._mends = space, child, mends

    def __call__(self, plan: Plan, prices: Prices, params: RepairParams | None = None) -> Candidate:
        """Mend a plan that keeps the rules, then fill what is left of the limits; as a child without ``params``."""
        if params is None and not self._mends:
            scored = self._space.score(plan)
            if not scored.feasible:
                return scored
        work = self._repair(self._child if params is None else params)
        mended = work.repair(plan, prices.scalar, prices.stock)
        if not mended.feasible:
            return self._candidate(mended)
        return self._candidate(work.fill(mended.plan, prices.scalar, prices.stock))

    def trim(self, plan: Plan) -> Candidate:
        """Only mend: drop or swap lines until every limit holds."""
        free = self._space.no_prices()
        return self._candidate(self._repair(FULL).repair(plan, free.scalar, free.stock))

    def _repair(self, params: RepairParams) -> Repair:
        space = self._space
        return Repair(View(space), space.rules, in_force(space), space.bound, params)

    def _candidate(self, outcome: RepairOutcome) -> Candidate:
        return Candidate(
            plan=outcome.plan,
            objective=outcome.objective,
            uses=outcome.uses,
            stock=outcome.stock,
            feasible=outcome.feasible and not self._space.rules.violations(outcome.plan),
        )

"""The last single changes: no plan is shown that one line more, or another offer in one slot, would plainly improve.

The evolution follows prices of limits, and a line that does not pay for what it uses at these prices stays out. Where
the plan leaves some of a limit in the end, that is too strict: what is left is worth nothing to anybody else. Bounds
that were tightened because limits must hold at risk are too strict as well, by what another plan's futures spread less:
here the ledger itself is asked whether a change keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from constraints.ledger import Ledger
from planner.evolution.risk import set_bounds
from planner.evolution.workspace import Candidate, Plan, Workspace

TRIED = 64
"""Single changes that are evaluated at a time, the most promising first ..."""
LOOKED_AT = 256
"""... up to so many: of the others each gains less, and most of them break a limit."""
STEPS = 40
"""Changes that are made at most."""
ASKED = 30
"""Changes of one plan that the ledger is asked about at most: each is judged in all futures."""
WORTH = 0.01
"""A change that brings less than this much money or measure is left."""

Bools = NDArray[np.bool_]


def topped(space: Workspace, candidate: Candidate, over: Callable[[], bool] = lambda: False) -> Candidate:
    """Make the best single change that keeps every limit in force and every rule, until none gains."""
    return _climbed(space, candidate, lambda plan: True, STEPS, over) if candidate.feasible else candidate


def topped_at_risk(
    space: Workspace, ledger: Ledger, candidate: Candidate, over: Callable[[], bool] = lambda: False
) -> Candidate:
    """Do so within the bounds that the plan's own futures leave, and only as the ledger passes the changed plan.

    A plan that does not pass the ledger is returned as it is, and so are the bounds in force.
    """
    kept = space.bound, space.available
    space.bound, space.available = space.limits.bound.copy(), space.limits.available.copy()

    def passes(plan: Plan) -> bool:
        report = ledger.verdict(plan)
        if report.ok:
            set_bounds(space, report)
        return report.ok

    try:
        if over() or not passes(candidate.plan):
            return candidate
        return _climbed(space, candidate, passes, ASKED, over)
    finally:
        space.bound, space.available = kept


def _climbed(
    space: Workspace, candidate: Candidate, passes: Callable[[Plan], bool], asked: int, over: Callable[[], bool]
) -> Candidate:
    """Change one slot after the other for the best that ``passes``, which is asked so many times at most."""
    refused = np.zeros(space.rules.base.shape, dtype=bool)
    for _ in range(STEPS):
        better = None
        for changed, slot, choice in _single_changes(space, candidate, refused):
            if over() or asked <= 0:
                return candidate
            asked -= 1
            if passes(changed.plan):
                better = changed
                break
            refused[slot, choice] = True
        if better is None:
            break
        candidate = better
    return candidate


def _single_changes(space: Workspace, candidate: Candidate, refused: Bools) -> Iterator[tuple[Candidate, int, int]]:
    """Plans after single changes that gain within the bounds in force, the best first of every so many."""
    plan = candidate.plan
    allowed = space.rules.allowed(plan) & ~refused
    gain = np.where(allowed, space.gains_everywhere(plan, space.no_prices()), -np.inf)
    gain[np.arange(len(plan)), plan] = -np.inf
    promising = np.argsort(-gain, axis=None, kind="stable")[:LOOKED_AT]
    promising = promising[gain.ravel()[promising] > WORTH]
    for start in range(0, len(promising), TRIED):
        slots, choices = np.divmod(promising[start : start + TRIED], gain.shape[1])
        changed = np.repeat(plan[None], len(slots), axis=0)
        changed[np.arange(len(slots)), slots] = choices
        scored = space.scores(changed)
        for place in sorted(range(len(scored)), key=lambda place: -scored[place].objective):
            here = scored[place]
            gains = here.feasible and here.objective > candidate.objective + WORTH
            if gains and not space.rules.violations(here.plan):
                yield here, int(slots[place]), int(choices[place])

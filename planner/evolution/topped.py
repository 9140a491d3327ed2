"""The last changes: no plan is shown that one line more, another offer or another day of a line would plainly improve.

The evolution follows prices of limits, and a line that does not pay for what it uses at these prices stays out. Where
the plan leaves some of a limit in the end, that is too strict: what is left is worth nothing to anybody else. Bounds
that were tightened because limits must hold at risk are too strict as well, by what another plan's futures spread less:
here the ledger itself is asked whether a change keeps them.

Of the best plan lines move, too: the same line on a better day is two changes, each of them wrong alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from constraints.ledger import Ledger
from planner.evolution.risk import set_bounds
from planner.evolution.workspace import Candidate, Plan, Workspace

TRIED = 64
"""Single changes that are evaluated at a time, the most promising first ..."""
LOOKED_AT = 256
"""... up to so many: of the others each gains less, and most of them break a limit."""
MOVES = 1_024
"""Moves of a line to another day that are evaluated at most, the most promising first: mostly all there are."""
STEPS = 40
"""Changes that are made at most."""
ASKED = 30
"""Changes of one plan that the ledger is asked about at most: each is judged in all futures."""
WORTH = 0.01
"""A change that brings less than this much money or measure is left."""

Bools = NDArray[np.bool_]
_Changed = tuple[Candidate, int, int]
"""A changed plan, and the slot and its new choice, which are not tried again where the plan does not pass."""


def topped(
    space: Workspace, candidate: Candidate, over: Callable[[], bool] = lambda: False, *, moves: bool = False
) -> Candidate:
    """Make the best single change that keeps every limit in force and every rule, until none gains.

    Parameters
    ----------
    moves
        Whether lines move to other days, too, where no single change gains.
    """
    return _climbed(space, candidate, lambda plan: True, STEPS, over, moves) if candidate.feasible else candidate


def topped_at_risk(
    space: Workspace,
    ledger: Ledger,
    candidate: Candidate,
    over: Callable[[], bool] = lambda: False,
    *,
    moves: bool = False,
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
        return _climbed(space, candidate, passes, ASKED, over, moves)
    finally:
        space.bound, space.available = kept


def _climbed(
    space: Workspace,
    candidate: Candidate,
    passes: Callable[[Plan], bool],
    asked: int,
    over: Callable[[], bool],
    moves: bool,
) -> Candidate:
    """Change one slot after the other for the best that ``passes``, which is asked so many times at most."""
    refused = np.zeros(space.rules.base.shape, dtype=bool)
    for _ in range(STEPS):
        better = None
        further = _moves(space, candidate, refused) if moves else ()
        for changed, slot, choice in chain(_single_changes(space, candidate, refused), further):
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


def _single_changes(space: Workspace, candidate: Candidate, refused: Bools) -> Iterator[_Changed]:
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
        yield from _gaining(space, candidate, changed, slots, choices)


def _moves(space: Workspace, candidate: Candidate, refused: Bools) -> Iterator[_Changed]:
    """Plans after a line has moved to another day of its series: a floor or a rest may bar its going and its coming.

    The sum of what both would change alone says which are promising; what they do to each other it does not know, so
    that moves are tried which it does not promise a gain.
    """
    plan, periods = candidate.plan, space.grid.shape[2]
    moving = np.flatnonzero((plan > 0) & ~space.rules.fixed & space.rules.base[:, 0])
    if not moving.size:
        return
    gain = space.gains_everywhere(plan, space.no_prices())
    open_ = space.rules.base & ~refused & ~space.rules.fixed[:, None] & (plan == 0)[:, None]
    there = moving[:, None] // periods * periods + np.arange(periods)
    same = plan[moving][:, None]
    worth = np.where(open_[there, same], gain[there, same] + gain[moving, 0][:, None], -np.inf)
    promising = np.argsort(-worth, axis=None, kind="stable")[:MOVES]
    promising = promising[np.isfinite(worth.ravel()[promising])]
    for start in range(0, len(promising), TRIED):
        line, day = np.divmod(promising[start : start + TRIED], periods)
        slots, choices = there[line, day], plan[moving[line]]
        changed = np.repeat(plan[None], len(line), axis=0)
        changed[np.arange(len(line)), moving[line]] = 0
        changed[np.arange(len(line)), slots] = choices
        yield from _gaining(space, candidate, changed, slots, choices)


def _gaining(
    space: Workspace, candidate: Candidate, changed: Plan, slots: NDArray[np.int64], choices: NDArray[np.integer]
) -> Iterator[_Changed]:
    """Of changed plans [P, N] those that gain and keep limits in force and rules, the best first."""
    scored = space.scores(changed)
    for place in sorted(range(len(scored)), key=lambda place: -scored[place].objective):
        here = scored[place]
        gains = here.feasible and here.objective > candidate.objective + WORTH
        if gains and not space.rules.violations(here.plan):
            yield here, int(slots[place]), int(choices[place])

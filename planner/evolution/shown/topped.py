"""The last changes: no plan is shown that one line more, another offer or another day of a line would plainly improve.

The evolution follows prices of limits, and a line that does not pay for what it uses at these prices stays out. Where
the plan leaves some of a limit in the end, that is too strict: what is left is worth nothing to anybody else. Bounds
that were tightened because limits must hold at risk are too strict as well, by what another plan's futures spread less:
here the ledger itself is asked whether a change keeps them.

Where lines share the cost of a message, whole messages come and go, too (`planner.evolution.shown.message_changes`),
and so do whole sendings of what is valid for some days (`planner.evolution.sending_changes`).

The best plan goes on by moves of several lines (`planner.evolution.operators.moves`): the same line on a better day is
two changes, each of them wrong alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice

import numpy as np

from constraints.ledger import Ledger
from planner.evolution.finish import Finish
from planner.evolution.operators.moves import children_of, moves_of, scored
from planner.evolution.risk import set_bounds, tighten
from planner.evolution.sending_changes import sendings_changed
from planner.evolution.shown.message_changes import messages_changed
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Plan
from scenarios.streams import stream

TRIED = 64
"""Single changes that are evaluated at a time, the most promising first ..."""
LOOKED_AT = 256
"""... up to so many: of the others each gains less, and most of them break a limit."""
STEPS = 40
"""Changes that are made at most."""
TOPPED_SLOTS = 5_000
"""Slots up to which plans make last changes: on more, values of many plans cost as much as the whole search."""
ASKED = 30
"""Changes of one plan that the ledger is asked about at most: each is judged in all futures."""
WORTH = 0.01
"""A change that brings less than this much money or measure is left."""


def last_changes(
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    candidate: Candidate,
    over: Callable[[], bool],
    *,
    moves: bool,
) -> Candidate:
    """Make the last changes of a plan; where limits must hold at risk, it is mended by the ledger before them."""
    if not ledger.judges_futures:
        return topped(space, candidate, over, moves=moves)
    return topped_at_risk(space, ledger, tighten(space, finish, ledger, candidate), over, moves=moves)


def topped(
    space: Workspace, candidate: Candidate, over: Callable[[], bool] = lambda: False, *, moves: bool = False
) -> Candidate:
    """Make the best change that keeps every limit in force and every rule, until none gains.

    Parameters
    ----------
    moves
        Whether several lines move at once, too, where no single change gains.
    """
    if not candidate.feasible:
        return candidate
    with space.without_end():
        return climbed(space, candidate, lambda plan: True, STEPS, over, moves=moves)


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
    space.bound, space.available = space.real_bound(), space.limits.available.copy()

    def passes(plan: Plan) -> bool:
        report = ledger.verdict(plan)
        if report.ok:
            set_bounds(space, report)
        return report.ok

    try:
        if over() or not passes(candidate.plan):
            return candidate
        with space.without_end():
            return climbed(space, candidate, passes, ASKED, over, moves=moves)
    finally:
        space.bound, space.available = kept


def climbed(
    space: Workspace,
    candidate: Candidate,
    passes: Callable[[Plan], bool],
    asked: int,
    over: Callable[[], bool],
    *,
    moves: bool,
) -> Candidate:
    """Make the best change that ``passes``, again and again; that is asked so many times at most."""
    refused: set[bytes] = set()
    for _ in range(STEPS):
        better = None
        further = _moves(space, candidate, over) if moves else ()
        messages = _messages(space, candidate, over, exchanges=moves)
        for changed in chain(_single_changes(space, candidate), messages, further):
            if over() or asked <= 0:
                return candidate
            if changed.plan.tobytes() in refused:
                continue
            asked -= 1
            if passes(changed.plan):
                better = changed
                break
            refused.add(changed.plan.tobytes())
        if better is None:
            break
        candidate = better
    return candidate


def _single_changes(space: Workspace, candidate: Candidate) -> Iterator[Candidate]:
    """Plans after single changes that gain within the bounds in force, the best first of every so many."""
    plan = candidate.plan
    allowed = space.rules.allowed(plan)
    allowed[np.arange(len(plan)), plan] = False
    gain = np.where(allowed, space.gains_everywhere(plan, space.no_prices()), -np.inf)
    promising = np.argsort(-gain, axis=None, kind="stable")[:LOOKED_AT]
    promising = promising[gain.ravel()[promising] > WORTH]
    for start in range(0, len(promising), TRIED):
        slots, choices = np.divmod(promising[start : start + TRIED], gain.shape[1])
        changed = np.repeat(plan[None], len(slots), axis=0)
        changed[np.arange(len(slots)), slots] = choices
        yield from _gaining(space.scores(changed), candidate)


def _messages(
    space: Workspace, candidate: Candidate, over: Callable[[], bool], *, exchanges: bool
) -> Iterator[Candidate]:
    """Plans that gain by whole messages or sendings, the best first of every so many; in exchanges one makes way."""
    for changed in (messages_changed, sendings_changed):
        tried = changed(space, candidate, WORTH)
        for plans in tried if exchanges else islice(tried, 1):
            yield from _gaining(plans, candidate)
            if over():
                return


def _moves(space: Workspace, candidate: Candidate, over: Callable[[], bool]) -> Iterator[Candidate]:
    """Plans after moves of several lines that gain within the bounds in force, the best first of every so many."""
    order = moves_of(space, candidate.plan, stream(0, "last moves"))
    gains = space.gains_everywhere(candidate.plan, space.no_prices())
    for children in children_of(space, candidate.plan, order, LOOKED_AT, gains):
        if over():
            return
        yield from _gaining(scored(space, children), candidate)


def _gaining(tried: list[Candidate], candidate: Candidate) -> list[Candidate]:
    """Those that keep the limits in force and gain, the best first."""
    gaining = (each for each in tried if each.feasible and each.objective > candidate.objective + WORTH)
    return sorted(gaining, key=lambda each: -each.objective)

"""Moves of several lines at once, shifts, stretches, exchanges: the best of a few, and steps of a descent by all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol

import numpy as np

from planner.evaluation.evaluator import BATCH
from planner.evolution.finish import Finish
from planner.evolution.operators.exchanges import Exchanges
from planner.evolution.operators.shifts import Shifts
from planner.evolution.operators.stretches import Stretches
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Float, Int, Plan

DESCENT_SLOTS = 2_000
"""Slots up to which descents look at all moves of a plan; on more, moves are operators among others."""
_FEW = 12
"""Moves of which an operator takes the best."""
_DRAWN = 48
"""Moves that it draws: most break a rule."""
_LOOKED_AT = 256
"""Moves that a step of a descent looks at together ..."""
_MOST = 20_000
"""... and altogether at most: long horizons have millions."""
_MENDED = 10
"""Moves that are mended where none keeps the limits as it is."""
_OF = 4
"""So many times more are drawn where their gains are estimated, and the most hopeful looked at."""
_ENOUGH = 16
"""One in so many of those that are looked at must keep every rule; else the next most hopeful follow."""
_CHECK = 0.015
"""Work of checking the rules of one of many plans, in passes over all columns."""
_ESTIMATE = 0.005
"""Work of making a plan, and of estimating what it gains."""


class Move(Protocol):
    """A change of several slots."""

    def on(self, series: Plan) -> Plan:
        """Series [R, T], of public, targeted and basket slots as plans hold them, after the move."""


class Moves(Protocol):
    """All moves of one kind of a plan."""

    def __len__(self) -> int:
        """How many there are."""

    def at(self, number: int) -> Move:
        """One of them."""


def moves_of(space: Workspace, plan: Plan, rng: np.random.Generator) -> Iterator[Move]:
    """All shifts, stretches and exchanges of a plan in random order; of very many, so many as are looked at."""
    kinds: tuple[Moves, ...] = (Shifts(space, plan), Stretches(space, plan), Exchanges(space, plan))
    ends = np.cumsum([len(kind) for kind in kinds])
    total = int(ends[-1])
    for number in rng.choice(total, size=min(total, _MOST), replace=False) if total else ():
        kind = int(np.searchsorted(ends, number, side="right"))
        yield kinds[kind].at(int(number - ends[kind]) + len(kinds[kind]))


def some_of(every: Moves, rng: np.random.Generator) -> Iterator[Move]:
    """Random moves of a kind without end; none where there is none."""
    while len(every):
        yield every.at(int(rng.integers(len(every))))


def best_of_few(space: Workspace, plan: Plan, prices: Prices, moves: Iterable[Move]) -> Plan:
    """The best of some moves of a plan, by what it is worth at known prices; the plan itself where none keeps rules."""
    children = next(children_of(space, plan, islice(moves, _DRAWN), _DRAWN), np.zeros((0, len(plan)), np.int8))
    tried = scored(space, children[:_FEW])
    return max(tried, key=lambda each: space.worth(each, prices)).plan if tried else plan


def best_move(
    space: Workspace, finish: Finish, now: Candidate, prices: Prices, rng: np.random.Generator
) -> Candidate | None:
    """A better plan than a feasible one, by a move and with its slack filled; None where no move leads to any.

    Moves are looked at in random order, some hundred at once, and the best of the first that hold a better one is
    taken. A move that keeps every limit is taken as it is; only where none of all gains, the most hopeful of those that
    break one are mended.
    """
    order = moves_of(space, now.plan, rng)
    hopeful: list[tuple[float, Candidate]] = []
    for children in children_of(space, now.plan, order, _LOOKED_AT):
        tried = scored(space, children)
        kept = max((each for each in tried if each.feasible), key=lambda each: each.objective, default=now)
        if kept.objective > now.objective:
            filled = finish(kept.plan, prices)
            return filled if filled.feasible and filled.objective > kept.objective else kept
        hopeful += ((space.worth(each, prices), each) for each in tried if not each.feasible)
    hopeful = sorted((pair for pair in hopeful if pair[0] > now.objective), key=lambda pair: -pair[0])
    for _, each in hopeful[:_MENDED]:
        if space.work >= space.end:
            break
        mended = finish(each.plan, prices)
        if mended.feasible and mended.objective > now.objective:
            return mended
    return None


def scored(space: Workspace, plans: Plan) -> list[Candidate]:
    """True values of plans [P, N], as many at once as the evaluator takes, while there is work to do."""
    found: list[Candidate] = []
    for first in range(0, len(plans), BATCH):
        if space.work >= space.end:
            break
        found += space.scores(plans[first : first + BATCH])
    return found


def children_of(
    space: Workspace, plan: Plan, moves: Iterable[Move], together: int, gains: Float | None = None
) -> Iterator[Plan]:
    """Different plans [P, N] that keep every rule, of so many moves at once, while there is work to do.

    Parameters
    ----------
    gains : [N, width], optional
        Exact gains of the plan's single changes. With them more moves are drawn, and the most hopeful looked at.
    """
    children = _different(space, plan, moves)
    drawn = together if gains is None else _OF * together
    while space.work < space.end and (some := list(islice(children, drawn))):
        plans = np.stack(some)
        if gains is not None:
            space.work += _ESTIMATE * len(plans)
            plans = plans[_most_hopeful(plan, plans, gains)]
        kept = plans[:0]
        for first in range(0, len(plans), together):
            if len(kept) * _ENOUGH >= together:
                break
            these = plans[first : first + together]
            space.work += _CHECK * len(these)
            kept = np.concatenate([kept, these[space.rules.keeps(these)]])
        yield kept


def _most_hopeful(plan: Plan, plans: Plan, gains: Float) -> Int:
    """[P] order of some plans [P, N]: those first that seem to lose the smallest share of what they stir.

    What their single changes gain adds up to too little where lines tire for each other: the more lines move, the more
    of it comes back. So the sum counts as a share of all that these changes, and lines that go, gain or lose.
    """
    child, slot = np.divmod(np.flatnonzero(plans != plan), plans.shape[1])
    change = gains[slot, plans[child, slot]]
    gained = np.bincount(child, weights=change, minlength=len(plans))
    stirred = np.bincount(child, weights=np.abs(change) + np.abs(gains[slot, 0]), minlength=len(plans))
    share = gained / np.where(stirred > 0, stirred, 1.0)
    return np.argsort(-share, kind="stable")


def _different(space: Workspace, plan: Plan, moves: Iterable[Move]) -> Iterator[Plan]:
    """Different plans that moves lead to, where neither masks nor locked lines are against it."""
    series, rules = plan.reshape(-1, space.grid.shape[2]), space.rules
    seen = {plan.tobytes()}
    for move in moves:
        child = move.on(series).ravel()
        slots = np.flatnonzero(child != plan)
        if child.tobytes() in seen or rules.fixed[slots].any() or not rules.base[slots, child[slots]].all():
            continue
        seen.add(child.tobytes())
        yield child

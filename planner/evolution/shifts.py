"""Shifts in time: lines of one product, or of baskets, move together, what belongs to them keeping its distance.

Where rules and carry-over join lines (a teaser before a sale, a run, the rest after it) the same lines some days later
are many single changes away, each of them wrong alone; in time they are one step.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.evaluator import BATCH
from planner.evolution.finish import Finish
from planner.evolution.workspace import Candidate, Plan, Prices, Workspace

Ints = NDArray[np.int64]

SHIFTED_SLOTS = 1_000
"""Slots up to which a descent looks at most shifts of a plan; on more, shifts are one operator among others."""
FEW = 12
"""Shifts of which an operator takes the best."""
MANY = 256
"""Shifts that a step of a descent looks at most."""
_MENDED = 10
"""Shifts of a step that are mended where none keeps the limits as it is."""
_CHECK = 0.1
"""Work of checking the rules of one plan, in passes over all columns."""


class Shift(NamedTuple):
    """What moves, and how far."""

    rows: Ints
    """Series of one product, or of baskets."""
    first: int
    last: int
    """Lines between these periods move."""
    by: int
    """Periods; below 0 to earlier ones."""


def shifted(space: Workspace, plan: Plan, prices: Prices, rng: np.random.Generator) -> Plan:
    """The best of a few shifts of a plan, by what it is worth at known prices; the plan itself where there is none."""
    tried = _scored(space, _children(space, plan, _drawn(space, plan, rng), FEW))
    return max(tried, key=lambda each: worth(space, each, prices)).plan if tried else plan


def best_shift(
    space: Workspace, finish: Finish, now: Candidate, prices: Prices, rng: np.random.Generator
) -> Candidate | None:
    """The best of many shifts of a feasible plan, its slack filled; None where none is better.

    A shift that keeps every limit is taken as it is; only where none of them gains, the most hopeful of those that
    break one are mended.
    """
    every = _every(space, now.plan)
    order = (every[number] for number in rng.permutation(len(every)))
    tried = _scored(space, _children(space, now.plan, order, MANY))
    kept = max((each for each in tried if each.feasible), key=lambda each: each.objective, default=now)
    if kept.objective > now.objective:
        filled = finish(kept.plan, prices)
        return filled if filled.feasible and filled.objective > kept.objective else kept
    hopeful = [(worth(space, each, prices), each) for each in tried if not each.feasible]
    hopeful = sorted((pair for pair in hopeful if pair[0] > now.objective), key=lambda pair: -pair[0])
    for _, each in hopeful[:_MENDED]:
        if space.work >= space.end:
            break
        mended = finish(each.plan, prices)
        if mended.feasible and mended.objective > now.objective:
            return mended
    return None


def worth(space: Workspace, scored: Candidate, prices: Prices) -> float:
    """What a plan is worth, were what it uses too much sold at known prices."""
    over = np.maximum(space.limits.sign * (scored.uses - space.bound), 0.0)
    short = np.maximum(scored.stock - space.available, 0.0).max(axis=1)
    return scored.objective - float(prices.scalar @ over) - float(prices.stock.sum(axis=1) @ short)


def _scored(space: Workspace, children: Iterator[Plan]) -> list[Candidate]:
    """True values of plans that are made meanwhile, as many at once as the evaluator takes."""
    found: list[Candidate] = []
    while some := list(islice(children, BATCH)):
        found += space.scores(np.stack(some))
    return found


def _children(space: Workspace, plan: Plan, shifts: Iterator[Shift], count: int) -> Iterator[Plan]:
    """Different plans that shifts lead to and that keep every rule, up to ``count`` and while there is work to do."""
    seen = {plan.tobytes()}
    for shift in shifts:
        if count == 0 or space.work >= space.end:
            return
        child = _moved(space, plan, shift)
        if child is None or child.tobytes() in seen:
            continue
        seen.add(child.tobytes())
        space.work += _CHECK
        if not space.rules.violations(child):
            count -= 1
            yield child


def _moved(space: Workspace, plan: Plan, shift: Shift) -> Plan | None:
    """The plan after a shift; None where masks or locked lines are against it."""
    rows, first, last, by = shift
    series = plan.reshape(-1, space.grid.shape[2])
    changed = series.copy()
    changed[rows, first : last + 1] = 0
    there = np.s_[rows, first + by : last + by + 1]
    moved = series[rows, first : last + 1]
    changed[there] = np.where(moved > 0, moved, changed[there])
    child = changed.ravel()
    slots = np.flatnonzero(child != plan)
    open_ = not space.rules.fixed[slots].any() and space.rules.base[slots, child[slots]].all()
    return child if open_ else None


def _every(space: Workspace, plan: Plan) -> list[Shift]:
    """All shifts of a plan."""
    periods = space.grid.shape[2]
    return [
        Shift(rows, int(first), int(last), by)
        for rows, active in _groups(space, plan)
        for place, first in enumerate(active)
        for last in active[place:]
        for by in range(-int(first), periods - int(last))
        if by
    ]


def _drawn(space: Workspace, plan: Plan, rng: np.random.Generator) -> Iterator[Shift]:
    """Random shifts of a plan, four times as many as an operator looks at."""
    groups, periods = _groups(space, plan), space.grid.shape[2]
    for _ in range(4 * FEW if groups else 0):
        rows, active = groups[int(rng.integers(len(groups)))]
        first, last = np.sort(rng.choice(active, size=2))
        yield Shift(rows, int(first), int(last), int(rng.integers(-first, periods - last)))


def _groups(space: Workspace, plan: Plan) -> list[tuple[Ints, Ints]]:
    """Series that move together, and the periods in which they hold lines: all of a product (or of baskets), or one."""
    s, k, t = space.grid.shape
    series = plan.reshape(-1, t) > 0
    found = []
    for product in range(k + 1):
        rows = product + k * np.arange(s + 1) if product < k else k * (s + 1) + np.arange(s + 1)
        rows = rows[series[rows].any(axis=1)]
        together = [rows] if len(rows) else []
        found += [*together, *(np.array([row]) for row in rows if len(rows) > 1)]
    return [(rows, np.flatnonzero(series[rows].any(axis=0))) for rows in found]

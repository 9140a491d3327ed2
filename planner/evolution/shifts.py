"""Shifts in time: lines of one product, or of baskets, move together, what belongs to them keeping its distance.

Where rules and carry-over join lines (a teaser before a sale, a run, the rest after it) the same lines some days later
are many single changes away, each of them wrong alone; in time they are one step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.evolution.finish import Finish
from planner.evolution.workspace import Candidate, Plan, Prices, Workspace

FEW = 12
"""Shifts of which an operator takes the best."""
MANY = 256
"""Shifts that a step of a descent looks at: about all of them on a small question."""
_DRAWN = 4
"""Times as many are drawn at most, because some break a rule, leave what masks allow, or come twice."""
_MENDED = 10
"""Shifts of a step that are mended where none keeps the limits as it is."""


def shifted(space: Workspace, plan: Plan, prices: Prices, rng: np.random.Generator) -> Plan:
    """The best of a few shifts of a plan, by what it is worth at known prices; the plan itself where there is none."""
    tried = [space.score(child) for child in _some(space, plan, FEW, rng)]
    return max(tried, key=lambda each: worth(space, each, prices)).plan if tried else plan


def descended(
    space: Workspace, finish: Finish, first: Candidate, prices: Prices, rng: np.random.Generator
) -> Candidate:
    """Shift again and again while that gains, until the search's work is done.

    A shift that keeps every limit is taken as it is, the best of many; only where none gains, the most hopeful of those
    that break one are mended.
    """
    best = first
    while space.work < space.end:
        tried = [space.score(child) for child in _some(space, best.plan, MANY, rng)]
        better = _better(space, finish, best, tried, prices)
        if better is None:
            break
        best = better
    return best


def worth(space: Workspace, scored: Candidate, prices: Prices) -> float:
    """What a plan is worth, were what it uses too much sold at known prices."""
    over = np.maximum(space.limits.sign * (scored.uses - space.bound), 0.0)
    short = np.maximum(scored.stock - space.available, 0.0).max(axis=1)
    return scored.objective - float(prices.scalar @ over) - float(prices.stock.sum(axis=1) @ short)


def _better(
    space: Workspace, finish: Finish, now: Candidate, tried: list[Candidate], prices: Prices
) -> Candidate | None:
    """The best of some shifts, its slack filled; else the first that is better once it is mended; None without one."""
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


def _some(space: Workspace, plan: Plan, count: int, rng: np.random.Generator) -> list[Plan]:
    """Random shifts of a plan that keep every rule, each once."""
    found: dict[bytes, Plan] = {}
    for _ in range(_DRAWN * count):
        child = _shift(space, plan, rng)
        if child is not None:
            found[child.tobytes()] = child
        if len(found) == count:
            break
    return list(found.values())


def _shift(space: Workspace, plan: Plan, rng: np.random.Generator) -> Plan | None:
    """Move the lines between two periods of some series by some periods; None where rules or masks are against it."""
    s, k, t = space.grid.shape
    series = plan.reshape(-1, t)
    rows = _joined(series, s, k, rng)
    active = np.flatnonzero((series[rows] > 0).any(axis=0))
    if not len(active):
        return None
    first, last = np.sort(rng.choice(active, size=2))
    by = int(rng.integers(-first, t - last))
    changed = series.copy()
    changed[rows, first : last + 1] = 0
    there = np.s_[rows, first + by : last + by + 1]
    moved = series[rows, first : last + 1]
    changed[there] = np.where(moved > 0, moved, changed[there])
    child = changed.ravel()
    slots = np.flatnonzero(child != plan)
    if not len(slots) or space.rules.fixed[slots].any() or not space.rules.base[slots, child[slots]].all():
        return None
    return None if space.rules.violations(child) else child


def _joined(series: NDArray[np.int8], s: int, k: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows of the series of one product, or of baskets, that hold lines: all of them, or one by itself."""
    product = int(rng.integers(k + 1))
    rows = product + k * np.arange(s + 1) if product < k else k * (s + 1) + np.arange(s + 1)
    rows = rows[(series[rows] > 0).any(axis=1)]
    return rows if len(rows) < 2 or rng.random() < 0.5 else rows[[int(rng.integers(len(rows)))]]

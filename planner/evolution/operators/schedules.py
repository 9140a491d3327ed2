"""Schedules that go over from all known plans at once: of products, of series, and of spells of time.

Where products share limits, and rules join a product's lines (runs, gaps, a teaser and its sale), what one plan does
better than another is the whole schedule of some products, paid for by those of others. Line by line that way is
closed: half a schedule breaks rules or earns nothing. So what the known plans hold of each part is valued truly in a
plan, each alone, and CP-SAT chooses for all parts at once (`constraints.solver.mixing`). A part is all that is done
with a product; one series of it, the shelf or the messages to one segment; or all that is done with it between two
moments.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from constraints.solver.mixing import Alternatives, best_mix
from constraints.solver.polish import PolishParams
from planner.evolution.operators.children import POLISH_SECONDS, Operator, Parents, passes_of
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Int, Plan

Parts = Callable[[Workspace, np.random.Generator], Int]

TRIED = 128
"""Alternatives that are valued together; of more, some are drawn."""
_CUTS = (2, 3)
"""How many moments cut the horizon into spells."""


def cross_products(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """Whole schedules of products from all known plans, all layers together; CP-SAT says which."""
    return _mixed(space, parents, lambda space, _: products_of(space), rng)


def cross_series(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """Whole series from all known plans, each a product's shelf or its messages to one segment; CP-SAT says which."""
    return _mixed(space, parents, _series, rng)


def cross_spells(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """What all known plans do with products between two moments; CP-SAT says which, rules exact at the seams."""
    return _mixed(space, parents, _spells, rng)


MIXERS: tuple[Operator, ...] = (cross_products, cross_series, cross_spells)
"""Crossovers of many parents at once."""


def _mixed(space: Workspace, parents: Parents, parts: Parts, rng: np.random.Generator) -> Plan:
    """Choose for each part the plan's own way or that of another plan."""
    others = np.stack([parents.mate, *parents.others])
    part, plans = _alternatives(space, parents.plan, others, parts(space, rng), rng)
    if not len(part):
        return parents.plan
    now, *scores = space.scores(np.concatenate([parents.plan[None], plans]))
    params = PolishParams(seed=int(rng.integers(2**31)), deterministic_seconds=POLISH_SECONDS)
    mix = best_mix(space.rules, parents.plan, _valued(space, now, scores, part, plans), params)
    space.work += passes_of(space, mix.seconds)
    return mix.plan


def products_of(space: Workspace) -> Int:
    """[N] the product of each slot; baskets count as one more."""
    s, k, t = space.grid.shape
    rows = _slots(space) // t
    return np.where(rows < k * (s + 1), rows % k, k)


def _series(space: Workspace, rng: np.random.Generator) -> Int:
    """[N] the series of each slot."""
    return _slots(space) // space.grid.shape[2]


def _spells(space: Workspace, rng: np.random.Generator) -> Int:
    """[N] the product of each slot and the spell that it lies in, between moments that are drawn."""
    periods = space.grid.shape[2]
    count = min(int(rng.integers(_CUTS[0], _CUTS[1], endpoint=True)), periods - 1)
    moments = np.sort(rng.choice(np.arange(1, periods), size=count, replace=False)) if count else np.zeros(0)
    spell = np.searchsorted(moments, np.arange(periods), side="right")
    return products_of(space) * (count + 1) + spell[_slots(space) % periods]


def _slots(space: Workspace) -> Int:
    """[N] numbers of the slots: series after series."""
    return np.arange(space.grid.slots, dtype=np.int64)


def _alternatives(space: Workspace, plan: Plan, others: Plan, parts: Int, rng: np.random.Generator) -> tuple[Int, Plan]:
    """The part [M] that each alternative fills, and the plan with it [M, N].

    Parameters
    ----------
    others : int8 [P, N]
        Plans that keep every rule of the scenario; what bans or locks of the run exclude is left out.
    parts : [N]
        The part of each slot.
    """
    order = np.argsort(parts, kind="stable")
    starts = np.flatnonzero(np.diff(parts[order], prepend=-1))
    inside = np.split(order, starts[1:])
    at = np.arange(len(plan))
    seen: set[tuple[int, bytes]] = set()
    found: list[tuple[int, int]] = []
    for row, other in enumerate(others):
        changed = other != plan
        barred = changed & (space.rules.fixed | ~space.rules.base[at, other])
        differ = np.logical_or.reduceat(changed[order], starts) & ~np.logical_or.reduceat(barred[order], starts)
        for number in np.flatnonzero(differ).tolist():
            held = (number, other[inside[number]].tobytes())
            if held not in seen:
                seen.add(held)
                found.append((number, row))
    if len(found) > TRIED:
        found = [found[number] for number in np.sort(rng.choice(len(found), size=TRIED, replace=False))]
    plans = np.repeat(plan[None], len(found), axis=0)
    for changed_plan, (number, row) in zip(plans, found, strict=True):
        changed_plan[inside[number]] = others[row][inside[number]]
    return np.array([number for number, _ in found], dtype=np.int64), plans


def _valued(space: Workspace, now: Candidate, scores: list[Candidate], part: Int, plans: Plan) -> Alternatives:
    """What each alternative changes alone, of the objective, of limits, and of stock at every moment."""
    stock, available = now.stock.ravel(), space.available.ravel()
    held = np.flatnonzero(np.isfinite(available))
    sign = space.limits.sign
    use = np.stack([sign * (each.uses - now.uses) for each in scores])
    sold = np.stack([each.stock.ravel()[held] - stock[held] for each in scores])
    return Alternatives(
        part=part,
        plans=plans,
        gain=np.array([each.objective - now.objective for each in scores]),
        use=np.concatenate([use, sold], axis=1),
        headroom=np.concatenate([sign * (space.bound - now.uses), available[held] - stock[held]]),
    )

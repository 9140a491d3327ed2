"""The operators of the evolution: each one function that makes a child plan (docs/search.md).

Mutations are the guided step on a neighbourhood; crossover joins blocks of two parents. Children keep all rules but not
always the limits: `planner.evolution.finish` mends and fills them before they are judged by true evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from constraints.repairing.change_pairs import best_pair
from constraints.solver.polish import PolishParams, polish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.linearise import linearise
from planner.evolution.neighbourhood import Neighbourhood, column_sizes, over_columns
from planner.evolution.operators.exchanges import Exchanges
from planner.evolution.operators.moves import best_of_few, some_of
from planner.evolution.operators.shifts import some_shifts
from planner.evolution.operators.stretches import Stretches
from planner.evolution.view import trials
from planner.evolution.workspace import Prices, Workspace
from scenarios.arrays import Int, Plan

STEP = GuidedParams(iterations=24, first_step=0.05, last_step=0.005, release=0.3, push=0.0)
"""A guided step on a neighbourhood: shorter than the first one, with prices that are known already."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Parents:
    """What an operator starts from."""

    plan: Plan
    """[N]"""
    mate: Plan
    """[N] a second plan; the same as ``plan`` where the population holds only one."""
    prices: Prices
    size: float
    """Share of the columns that a neighbourhood frees."""
    step: GuidedParams = STEP
    """The guided step inside mutations."""
    others: tuple[Plan, ...] = ()
    """All other plans that are known."""


Operator = Callable[[Workspace, Parents, np.random.Generator], Plan]

_CPSAT_SLOTS = 3.5e6
"""Slots that a pass over all columns gets through in one of CP-SAT's deterministic seconds, to count both alike."""
_PASS_SLOTS = 900
"""What a pass costs beside its slots, in slots."""
_POLISHED_OPTIONS = 2000
"""Options of one polish, the most promising at the known prices."""
_POLISHED_CHOICES = 4
"""Options of one slot in a polish."""
_PAIRED = 40
"""Single changes that pairs are made of, the most promising at the known prices."""
_PAIRED_COLUMNS = 16
"""Columns that pairs are looked for in at least."""
POLISH_SECONDS = 0.1
"""Work of one CP-SAT call at most, in its deterministic seconds."""
_LEAST_SECONDS = 0.01
"""Work of one that starts when a search is about to end."""


def _columns(space: Workspace, products: Int, periods: Int) -> Int:
    total = space.grid.shape[2]
    return np.unique((products[:, None] * total + periods[None, :]).ravel())


def _count(size: float, total: int) -> int:
    return max(1, min(total, round(size * total)))


def _mutate(space: Workspace, parents: Parents, hood: Neighbourhood, rng: np.random.Generator) -> Plan:
    return guided(space, parents.plan, parents.prices, hood, parents.step, rng)[0]


def mutate_random(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """Guided step on random columns."""
    _, k, t = space.grid.shape
    return _mutate(space, parents, over_columns(space.grid, _sample(rng, k * t, _count(parents.size, k * t))), rng)


def mutate_block(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """Guided step on a block of products in a window of periods."""
    _, k, t = space.grid.shape
    side = np.sqrt(parents.size)
    products = _sample(rng, k, _count(side, k))
    return _mutate(space, parents, over_columns(space.grid, _columns(space, products, _window(rng, t, side))), rng)


def mutate_product(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """Guided step on some products through the whole horizon."""
    _, k, t = space.grid.shape
    products = _sample(rng, k, _count(parents.size, k))
    return _mutate(space, parents, over_columns(space.grid, _columns(space, products, np.arange(t))), rng)


def mutate_window(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """Guided step on all products in a window of periods."""
    _, k, t = space.grid.shape
    window = _window(rng, t, parents.size)
    return _mutate(space, parents, over_columns(space.grid, _columns(space, np.arange(k), window)), rng)


def mutate_rivals(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """Guided step on one group of rivals through the whole horizon."""
    _, k, t = space.grid.shape
    group = space.evaluator.grid.rival_group
    seed = int(rng.integers(k))
    products = np.flatnonzero(group == group[seed]) if group[seed] >= 0 else np.array([seed])
    return _mutate(space, parents, over_columns(space.grid, _columns(space, products, np.arange(t))), rng)


def mutate_segment(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """Guided step on the targeted slots of one segment."""
    s, k, t = space.grid.shape
    free = np.zeros(space.grid.slots, dtype=bool)
    segment = int(rng.integers(s))
    start = space.grid.offsets[1] + segment * k * t
    free[start : start + k * t] = True
    basket = space.grid.offsets[3] + segment * t
    free[basket : basket + t] = True
    return _mutate(space, parents, over_columns(space.grid, np.arange(k * t), free), rng)


def cross_blocks(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """Take some products, or a window of periods, from the mate; mend the rules at the seams."""
    s, k, t = space.grid.shape
    if rng.random() < 0.5:
        products, periods = _sample(rng, k, _count(0.5, k)), np.arange(t)
    else:
        products, periods = np.arange(k), _window(rng, t, 0.5)
    columns = _columns(space, products, periods)
    taken = np.zeros(space.grid.slots, dtype=bool)
    taken[columns] = True
    for segment in range(s):
        taken[space.grid.offsets[1] + segment * k * t + columns] = True
    if len(products) == k:
        taken[space.grid.offsets[2] + periods] = True
        for segment in range(s):
            taken[space.grid.offsets[3] + segment * t + periods] = True
    child = np.where(taken, parents.mate, parents.plan).astype(np.int8)
    gain = space.gains_everywhere(child, parents.prices)
    return space.rules.repair(child, -np.where(np.isfinite(gain), gain, -np.inf))


def _sample(rng: np.random.Generator, total: int, count: int) -> Int:
    return np.sort(rng.choice(total, size=count, replace=False)).astype(np.int64)


def _window(rng: np.random.Generator, periods: int, share: float) -> Int:
    length = _count(share, periods)
    start = int(rng.integers(periods - length + 1))
    return np.arange(start, start + length, dtype=np.int64)


def polish_columns(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """CP-SAT on random columns of the linear model, all rules and limits kept there."""
    _, k, t = space.grid.shape
    return _polished(space, parents, over_columns(space.grid, _sample(rng, k * t, _polish_count(space))), rng)


def polish_products(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """CP-SAT on whole series of a few products: runs and gaps move as one."""
    _, k, t = space.grid.shape
    products = _sample(rng, k, max(1, min(k, _polish_count(space) // t)))
    return _polished(space, parents, over_columns(space.grid, _columns(space, products, np.arange(t))), rng)


def polish_window(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """CP-SAT on many products in few neighbouring periods."""
    _, k, t = space.grid.shape
    count = _polish_count(space)
    length = max(1, min(t, count // k))
    start = int(rng.integers(t - length + 1))
    products = _sample(rng, k, max(1, min(k, count // length)))
    columns = _columns(space, products, np.arange(start, start + length))
    return _polished(space, parents, over_columns(space.grid, columns), rng)


def swap_pairs(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """The best two changes among the most promising ones of random columns, by true evaluation."""
    _, k, t = space.grid.shape
    count = min(max(_count(parents.size, k * t), _PAIRED_COLUMNS), k * t)
    hood = over_columns(space.grid, _sample(rng, k * t, count))
    gain = space.gains(parents.plan, parents.prices, hood)
    possible = space.rules.base[hood.slots] & hood.free[:, None] & np.isfinite(gain)
    possible[np.arange(len(gain)), parents.plan[hood.slots]] = False
    rows, choices = np.nonzero(possible)
    taken = np.argsort(-gain[rows, choices], kind="stable")[:_PAIRED]
    judge = trials(space, _PAIRED)
    state = judge.states(parents.plan[None])[0]
    better = best_pair(judge, space.rules, state, hood.slots[rows[taken]], choices[taken])
    return parents.plan if better is None else better.plan


def shift_lines(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """The best of some shifts in time of lines of one product each, by true evaluation."""
    return best_of_few(space, parents.plan, parents.prices, some_shifts(space, parents.plan, rng))


def stretch_runs(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """The best of some runs that get longer or shorter by several periods, or another offer, by true evaluation."""
    return best_of_few(space, parents.plan, parents.prices, some_of(Stretches(space, parents.plan), rng))


def exchange_periods(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """The best of some exchanges of what an offer does in two periods, by true evaluation."""
    return best_of_few(space, parents.plan, parents.prices, some_of(Exchanges(space, parents.plan), rng))


def _polish_count(space: Workspace) -> int:
    """Columns of one polish: the smaller of the two sizes that gains are compiled for."""
    return column_sizes(space.grid)[0]


def _polished(space: Workspace, parents: Parents, hood: Neighbourhood, rng: np.random.Generator) -> Plan:
    """CP-SAT on the most promising options of a neighbourhood; lines may always go."""
    plan = parents.plan
    gain = space.gains(plan, parents.prices, hood)
    gain = np.where(space.rules.base[hood.slots] & np.isfinite(gain), gain, -np.inf)
    rows = np.arange(len(gain))
    gain[rows, plan[hood.slots]] = -np.inf
    order = np.argsort(-gain, axis=1, kind="stable")[:, :_POLISHED_CHOICES]
    best = np.where(plan[hood.slots] > 0, np.inf, gain.max(axis=1))
    taken = np.argsort(-np.where(hood.free, best, -np.inf), kind="stable")[: _POLISHED_OPTIONS // _POLISHED_CHOICES]
    free = np.zeros(len(rows), dtype=bool)
    free[taken[hood.free[taken] & np.isfinite(gain[taken].max(axis=1))]] = True
    choices = np.zeros(gain.shape, dtype=bool)
    choices[rows[:, None], order] = True
    choices[:, 0] = True
    narrowed = replace(hood, free=free)
    linear = linearise(space, space.score(plan), narrowed)
    place = {int(slot): row for row, slot in zip(rows, hood.slots, strict=True)}
    kept = choices[[place[int(slot)] for slot in linear.slots]]
    # CP-SAT works for as long as the search may still work, counted in passes over all columns.
    seconds = float(np.clip((space.end - space.work) / passes_of(space, 1.0), _LEAST_SECONDS, POLISH_SECONDS))
    params = PolishParams(seed=int(rng.integers(2**31)), deterministic_seconds=seconds)
    polished = polish(linear, space.rules, plan, params, kept)
    space.work += passes_of(space, polished.seconds)
    return polished.plan


def passes_of(space: Workspace, seconds: float) -> float:
    """Work of CP-SAT's deterministic seconds, in passes over all columns."""
    return seconds * _CPSAT_SLOTS / (space.grid.slots + _PASS_SLOTS)

"""The best exchange: one or two schedules of those that are valued, tried truly.

CP-SAT chooses many schedules at once, for the most by sums of what each does alone, and rounds what they use upwards.
Where a plan breaks little, the two that lose least are worth more than what is left of such a sum: one relieves what is
broken, and one beside it makes the room. Where it breaks nothing and CP-SAT finds no more, a schedule that just fits,
or two, may gain all the same.
"""

from __future__ import annotations

import numpy as np

from planner.evolution.joining.schedule_pool import SchedulePool
from planner.evolution.workspace import Candidate
from scenarios.arrays import Float, Int

HELPING = 64
"""Schedules that relieve something, those that lose least for it first; where nothing is broken, those that gain most.
Any other may stand beside each."""
TRIED = 48
"""Single ones and pairs that are valued truly, by what they break and lose in sum."""
LEAST = 1e-12


def best_exchange(pool: SchedulePool) -> Candidate | None:
    """The best plan with one or two of the valued schedules that keeps every limit; None where none does, or gains.

    Where the plan itself breaks a limit, it may lose.
    """
    space, own = pool.space, pool.plan
    keys = [key for key in pool.worth if pool.changes(key)]
    if not keys:
        return None
    gain, excess = pool.effects(keys)
    now = pool.effects([])[1][0]
    helps = _gaining(gain) if own.feasible else _relieving(gain, excess, now)
    if not len(helps):
        return None
    group = np.array([number for number, _ in keys])
    singles, pairs = excess[helps].clip(min=0.0).sum(axis=1), np.full((len(helps), len(keys)), np.inf)
    for row, each in enumerate(helps.tolist()):
        beside = np.flatnonzero(group != group[each])
        pairs[row, beside] = (excess[each] + excess[beside] - now).clip(min=0.0).sum(axis=1)
    lost = np.concatenate([-gain[helps], (-gain[helps, None] - gain).ravel()])
    broken = np.concatenate([singles, pairs.ravel()])
    if own.feasible:
        broken[lost >= 0] = np.inf
    first = np.concatenate([helps, np.repeat(helps, len(keys))])
    second = np.concatenate([helps, np.tile(np.arange(len(keys)), len(helps))])
    order = [at for at in np.lexsort((lost, broken))[:TRIED] if np.isfinite(broken[at])]
    plans = []
    for at in order:
        plan = pool.plan_with(keys[first[at]])
        slots = pool.slots[keys[second[at]][0]]
        plan[slots] = np.frombuffer(keys[second[at]][1], dtype=np.int8)
        plans.append(plan)
    made = np.stack(plans) if plans else own.plan[None][:0]
    made = made[space.rules.keeps(made)]
    found = [each for each in (space.scores(made) if len(made) else ()) if each.feasible]
    best = max(found, key=lambda each: each.objective) if found else None
    return None if best is None or (own.feasible and best.objective <= own.objective) else best


def _relieving(gain: Float, excess: Float, now: Float) -> Int:
    """Numbers of schedules that relieve what is broken, those that lose least for it first."""
    relief = now.clip(min=0.0).sum() - np.minimum(excess, now.clip(min=0.0)).clip(min=0.0).sum(axis=1)
    helps = np.flatnonzero(relief > LEAST)
    return helps[np.argsort((-gain[helps]).clip(min=0.0) / relief[helps], kind="stable")][:HELPING]


def _gaining(gain: Float) -> Int:
    """Numbers of schedules that gain, those that gain most first."""
    helps = np.flatnonzero(gain > 0)
    return helps[np.argsort(-gain[helps], kind="stable")][:HELPING]

"""The cheapest exchange: one schedule that relieves what a plan breaks, and one beside it that makes the room.

CP-SAT chooses many schedules at once, for the most by sums of what each does alone. Where a plan breaks little, the two
that lose least, valued truly, may well be worth more than what is left of such a sum.
"""

from __future__ import annotations

import numpy as np

from planner.evolution.joining.schedule_pool import SchedulePool
from planner.evolution.workspace import Candidate

RELIEVING = 64
"""Schedules that relieve something, those that lose least for it first; any other may stand beside each."""
TRIED = 48
"""Single ones and pairs that are valued truly, by what they break and lose in sum."""
LEAST = 1e-12


def cheapest_exchange(pool: SchedulePool) -> Candidate | None:
    """The plan with one or two of the valued schedules that keeps every limit and loses least; None where none does."""
    space, own = pool.space, pool.plan
    keys = [key for key in pool.worth if pool.changes(key)]
    if not keys:
        return None
    gain, excess = pool.effects(keys)
    now = pool.effects([])[1][0]
    relief = now.clip(min=0.0).sum() - np.minimum(excess, now.clip(min=0.0)).clip(min=0.0).sum(axis=1)
    loss = (-gain).clip(min=0.0)
    helps = np.flatnonzero(relief > LEAST)
    helps = helps[np.argsort(loss[helps] / relief[helps], kind="stable")][:RELIEVING]
    if not len(helps):
        return None
    group = np.array([number for number, _ in keys])
    singles, pairs = excess[helps].clip(min=0.0).sum(axis=1), np.full((len(helps), len(keys)), np.inf)
    for row, each in enumerate(helps.tolist()):
        beside = np.flatnonzero(group != group[each])
        pairs[row, beside] = (excess[each] + excess[beside] - now).clip(min=0.0).sum(axis=1)
    broken = np.concatenate([singles, pairs.ravel()])
    lost = np.concatenate([-gain[helps], (-gain[helps, None] - gain).ravel()])
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
    return max(found, key=lambda each: each.objective) if found else None

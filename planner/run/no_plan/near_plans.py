"""Plans near one: single changes of its lines, many of a kind at once, blocks that only go together, and pairs.

Where there are few single changes all of them are proposed. Of many, exact gains of all single changes
(`planner.evolution.workspace.Workspace.gains_everywhere`) say which relieve most of what has a price.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.evolution.workspace import Prices, Workspace
from scenarios.arrays import Flag, Float, Int, Plan

SINGLE = 64
"""Single changes that are proposed at most."""
BLOCKS = 16
"""Blocks that are dropped at most."""


class Near(NamedTuple):
    """Plans near one, the single changes first; each keeps every rule."""

    plans: Plan
    """[C, N]"""
    singles: int
    """How many of them are single changes."""


def near(space: Workspace, plan: Plan, priced: Prices, watched: Prices) -> Near:
    """Propose plans near one that keeps every rule.

    Parameters
    ----------
    priced, watched
        What is to be relieved, and the same with what is about to be broken. Each proposes half of the single changes
        where there are more than `SINGLE`; many at once are those that relieve most of the first.
    """
    rules = space.rules
    allowed = rules.allowed(plan)
    allowed[np.arange(len(plan)), plan] = False
    slots, choices = (side.astype(np.int64) for side in np.nonzero(allowed))
    many: list[Plan] = []
    if len(slots) > SINGLE:
        relief = _relief(space, plan, priced, slots, choices)
        many = _many(space, plan, slots, choices, relief, allowed)
        best = [np.argsort(-each, kind="stable") for each in (relief, _relief(space, plan, watched, slots, choices))]
        chosen = np.array(list(dict.fromkeys(np.stack(best, axis=1).ravel().tolist()))[:SINGLE], dtype=np.int64)
        slots, choices = slots[chosen], choices[chosen]
    singles = np.repeat(plan[None], len(slots), axis=0)
    singles[np.arange(len(slots)), slots] = choices
    together = [*many, *_dropped(space, plan)]
    return Near(np.concatenate([singles, *(each[None] for each in together)]), len(singles))


def _relief(space: Workspace, plan: Plan, prices: Prices, slots: Int, choices: Int) -> Float:
    return np.asarray(space.gains_everywhere(plan, prices, objective_weight=0.0)[slots, choices])


def _many(space: Workspace, plan: Plan, slots: Int, choices: Int, relief: Float, allowed: Flag) -> list[Plan]:
    """The 2, 4, 8 ... changes that relieve most and go together, one a slot."""
    order = np.argsort(-relief, kind="stable")
    order = order[relief[order] > 0]
    order = order[np.sort(np.unique(slots[order], return_index=True)[1])]
    kept = order[space.rules.compatible(plan, slots[order], choices[order], relief[order], allowed)]
    found, count = list[Plan](), 2
    while count <= len(kept):
        found.append(_changed(plan, slots[kept[:count]], choices[kept[:count]]))
        count *= 2
    return found


def _changed(plan: Plan, slots: Int, choices: Int | NDArray[np.int8]) -> Plan:
    changed = plan.copy()
    changed[slots] = choices
    return changed


def _dropped(space: Workspace, plan: Plan) -> list[Plan]:
    """The plan without each set of lines that can only be dropped together."""
    blocks = space.rules.blocks(plan)[:BLOCKS]
    without = [_changed(plan, block, np.zeros(len(block), dtype=np.int8)) for block in blocks]
    return [each for each in without if not space.rules.violations(each)]


def pairs(plan: Plan, singles: Plan) -> tuple[Int, Int]:
    """Numbers of two single changes each, of different slots, that may be made together."""
    slots = (singles != plan).argmax(axis=1)
    first, second = np.triu_indices(len(singles), k=1)
    apart = slots[first] != slots[second]
    return first[apart], second[apart]


def both(plan: Plan, one: Plan, other: Plan) -> Plan:
    """Plans [P, N] with the changes of two plans near one."""
    return np.where(one != plan, one, other).astype(plan.dtype)

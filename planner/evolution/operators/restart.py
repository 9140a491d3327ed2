"""Restarts: far children, by which a search that stalls widens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.evolution.guided import GuidedParams, guided
from planner.evolution.operators.children import Parents, swap_pairs
from planner.evolution.workspace import Workspace
from scenarios.arrays import Plan

FEW_SLOTS = 250
"""Slots up to which a far child climbs by pairs of changes, and is made as soon as a search stalls: both are cheap."""
_CLIMBED = 12
"""Steps of such a climb at most."""
RESTART_FILL = 0.3
"""Share of the slots that a random restart fills at least."""
RESTART = GuidedParams(iterations=80, first_step=0.1)
"""A guided step from the empty plan with prices that are known already."""


def restart(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """A far child: by turns of luck a guided step everywhere from the empty plan, or a random plan as it is.

    Guided steps from anywhere end near each other. Lines that pay only together (they share a message, reach a floor,
    make another worth taking) are never entered one by one; in a random plan that is only mended and filled they stay.
    On few slots the child climbs by pairs of changes until none is better: each basin is tried to its top.
    """
    rules = space.rules
    plan = rules.locked_plan()
    if rng.random() < 0.5:
        plan = guided(space, plan, parents.prices, space.whole, RESTART, rng)[0]
    else:
        filled = np.flatnonzero((rng.random(len(plan)) < rng.uniform(RESTART_FILL, 1.0)) & ~rules.fixed)
        luck = np.where(rules.base[filled], rng.random((len(filled), rules.base.shape[1])), -1.0)
        plan[filled] = luck.argmax(axis=1).astype(np.int8)
        plan = rules.repair(plan)
    return plan if space.grid.slots > FEW_SLOTS else _climbed(space, replace(parents, plan=plan, size=1.0), rng)


def _climbed(space: Workspace, parents: Parents, rng: np.random.Generator) -> Plan:
    """The plan that the best pairs of changes lead to, step by step."""
    for _ in range(_CLIMBED):
        better = swap_pairs(space, parents, rng)
        if better is parents.plan:
            break
        parents = replace(parents, plan=better)
    return parents.plan

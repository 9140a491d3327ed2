"""Parts of a plan that schedules are made for: groups of rivals, or each set of tied lines apart from its rivals.

Rivals take customers from each other, so that a schedule of all of them is valued best. Where rules tie lines to whole
runs, such as the days of a leaflet, rivals have dozens of runs, and few of their combinations can be valued. Apart,
every run is valued alone in the plan: the sum of several leaves out what they take from each other, but there are few
of them, and one may go where another comes anywhere in the plan.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.evolution.joining.packages import Packages
from planner.evolution.operators.schedules import products_of
from planner.evolution.workspace import Workspace
from scenarios.arrays import Int


def groups_of(space: Workspace) -> list[Int]:
    """Slots of every group of rivals, of every other product, and of baskets."""
    rivals = space.evaluator.grid.rival_group.astype(np.int64)
    alone = rivals.max(initial=-1) + 1 + np.arange(len(rivals))
    group = np.append(np.where(rivals >= 0, rivals, alone), alone[-1] + 1)[products_of(space)]
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def runs_apart(space: Workspace) -> list[Int]:
    """The same, but slots that rules tie together, directly or by way of others, as a part of their own.

    Only those are taken out of their group of which one offer may fill a whole set of tied slots.
    """
    return [part for slots in groups_of(space) for part in _parted(space, slots)]


def _parted(space: Workspace, slots: Int) -> list[Int]:
    """One group's sets of tied slots, and what is left of it."""
    tied = [at for at in Packages(space, slots).tied if not space.rules.fixed[slots[at]].all()]
    runs = [at for at in tied if space.rules.base[slots[at], 1:].all(axis=0).any()]
    if not runs:
        return [slots]
    first = np.concatenate([np.repeat(at[0], len(at)) for at in tied])
    joined = coo_array((np.ones(len(first)), (first, np.concatenate(tied))), shape=(len(slots), len(slots)))
    part = connected_components(joined, directed=False)[1]
    own = np.unique(part[np.concatenate(runs)])
    rest = slots[~np.isin(part, own)]
    return [*(slots[part == each] for each in own), *([rest] if len(rest) else [])]

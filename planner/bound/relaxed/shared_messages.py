"""Messages that several rivals share: what each of them pays hangs on the load of their group.

A line that goes alone pays its message alone; where three rivals go together, each may pay a third. With shares that
do not know which of both it is, plans of parts have each rival go by itself, unrobbed, for a third of a message. All
cells of a group name the same interval of its load (`planner.bound.relaxed.theft`), and lines that put more load on the
group than an interval has are not on offer together in it. So the shares of a group's lines in an interval need to come
to what the group pays only for those that can be: its part of the message, which is the same in all intervals, is paid
once by any of these sets, and no plan pays more than its messages cost.

Letters as in `planner.bound.relaxed.weights`; A sets of rivals, I intervals.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from planner.bound.relaxed.theft import TOUCH, Loads
from planner.bound.relaxed.weights import Weights
from planner.bound.tables import Cells
from scenarios.arrays import Float
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import customers

Array = Any

DEAR = 0.02
"""Messages that cost a smaller share of what is sold without offers are not told apart by what rivals take."""
MOST_ADDED = 20.0
"""Logits by load are no larger than this: what they come to stays a number."""
MANY_MEMBERS = 6
"""Rivals of a group of which all sets are looked at; of more only that all may be on offer together."""


class Shared(NamedTuple):
    """Which rivals can be on offer together."""

    sets: Array
    """[A, K] 1 for the members of a set."""
    of_group: Array
    """[A, G] 1 for the group of a set."""
    group: Array
    """[K, G]"""
    together: Array
    """[I, J, T, S, A] 1 where lines of all members of a set fit an interval of their group's load."""


def rivals_in_dear_messages(weights: Weights, cells: Cells, group: Float, model: Coefficients) -> int:
    """Most rivals that share a message which costs more than `DEAR` of what is sold there without offers."""
    lines = weights.contact_cells.max(axis=-1, initial=0.0) > 0
    rivals = (lines.astype(float) @ group).max(axis=1, initial=0.0)
    cost = -(weights.message[0][:, None] * weights.contact_reach[:, 0] * customers(model)).sum(axis=1)
    worth = (cells.units * np.abs(model.economics.unit_margin)).mean(axis=0).sum(axis=0) @ lines.T
    return int(rivals[cost > DEAR * worth].max(initial=0.0))


def shared_messages(weights: Weights, cells: Cells, loads: Loads, cuts: tuple[float, ...]) -> Shared:
    """Tell which rivals can be on offer together in the intervals of their load that ``cuts`` make."""
    t, s, k = cells.units.shape
    members = [np.flatnonzero(own) for own in loads.group.T]
    found = [
        (number, each)
        for number, own in enumerate(members)
        for size in range(1 if len(own) <= MANY_MEMBERS else len(own), len(own) + 1)
        for each in combinations(own.tolist(), size)
    ]
    sets, of_group = np.zeros((len(found), k)), np.zeros((len(found), len(members)))
    for row, (number, each) in enumerate(found):
        sets[row, list(each)], of_group[row, number] = 1.0, 1.0
    low = loads.own[:, 0].reshape(t, -1, s, k)  # [T, C, S, K] of every column
    allowed = np.moveaxis(cells.allowed, -1, 1)
    together = []
    for covers in weights.contact_cells:
        carried = allowed & (covers.T > 0)[None, :, None]
        least = np.where(carried, low, np.inf).min(axis=1)
        put = np.where(np.isfinite(least), least, 0.0) @ sets.T  # [T, S, A]
        borders = np.array((*cuts, 1.0)).reshape(-1, 1, 1, 1) * (loads.whole @ (sets / sets.sum(axis=1)[:, None]).T)
        together.append(put <= borders + TOUCH)
    many = sets.sum(axis=1) > MANY_MEMBERS
    return Shared(sets, of_group, loads.group, (np.stack(together, axis=1) | many).astype(float))


def shares_moved(shares: Array, added: Array, shared: Shared, xp: Any) -> Array:
    """[I, J, T, S, K] what rivals' shares [J, T, S, K] of a message change by in each interval of their load.

    ``added`` [I, J, T, S, K] are logits of the rivals of a group among themselves.
    """
    weight = shares * xp.exp(xp.clip(added, -MOST_ADDED, MOST_ADDED))
    of_sets = (weight @ shared.sets.T * shared.together)[..., None] * shared.of_group
    most = of_sets.max(axis=-2) @ shared.group.T
    part = shares @ shared.group @ shared.group.T
    moved = weight * part / xp.where(most > 0, most, 1.0)
    # No set fits where nobody can be on offer: nothing is there to be paid.
    return xp.where((shared.group.sum(axis=1) > 0) & (most > 0), moved - shares, 0.0)

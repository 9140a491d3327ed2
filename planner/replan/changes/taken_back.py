"""What is lost where changes of the running plan are taken back: a single one, or some of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.evolution.workspace import Workspace
from planner.replan.changes.unpaid import UnpaidWithout, unpaid_without
from scenarios.arrays import Float, Int, Plan

MOST_JUDGED = 20
"""Most changes whose gain the ledger tells, a whole account each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Lost:
    """What is lost where each of some sets of changes is taken back by itself."""

    gains: Float
    """[M] objective, in major units."""
    unpaid: dict[int, UnpaidWithout]
    """By place, what vendors would then not pay."""
    judged: frozenset[int]
    """Places of which the ledger told the gain, because a product would then sell out."""


def lost_without(
    space: Workspace,
    running: Plan,
    new: Plan,
    sets: Sequence[Int],
    idle: Float,
    judged: Callable[[Plan], float] | None,
    *,
    gains: Float | None = None,
    most_judged: int = MOST_JUDGED,
) -> Lost:
    """Value the new plan without each set of changes.

    Parameters
    ----------
    space
        Values without a cost of changes.
    running, new : int8 [N]
        The plan that runs and the new one.
    sets
        M arrays of slots, each taken back at once.
    idle : [M]
        What lines of the running plan in each set only seem to earn.
    judged
        See `planner.replan.changes.differences.differences`.
    gains : [M], optional
        What values tell without stock and funds, where it is known.
    most_judged
        Most sets whose gain the ledger tells, the first ones that would sell out.
    """
    if not sets:
        return Lost(gains=np.zeros(0), unpaid={}, judged=frozenset())
    back = [taken_back(running, new, each) for each in sets]
    unpaid: dict[int, UnpaidWithout] = {}
    told = set[int]()
    if gains is not None and judged is None:
        return Lost(gains=gains + idle, unpaid=unpaid, judged=frozenset())
    value = space.value(np.stack([new, *back]))
    plain = value.objective[0] - value.objective[1:] if gains is None else gains
    found = np.asarray(plain + idle, dtype=float)
    if judged is not None:
        unpaid = unpaid_without(space.limits, value.uses)
        for place, each in unpaid.items():
            found[place] += each.amount
        for place in _short_without(space, value.uses, value.stock)[:most_judged]:
            if idle[place] == 0:
                told.add(place)
                found[place] = judged(new) - judged(back[place])
    return Lost(gains=found, unpaid=unpaid, judged=frozenset(told))


def taken_back(running: Plan, new: Plan, slots: Int | int) -> Plan:
    """The new plan, but for some slots that stay as they were."""
    plan = new.copy()
    plan[slots] = running[slots]
    return plan


def _short_without(space: Workspace, uses: Float, stock: Float) -> list[int]:
    """Places of what, taken back, sells more than there is.

    ``uses`` and ``stock`` are those of the new plan and, after it, of the plans with something taken back.
    """
    over = [space.evaluator.excess(u, s, space.bound, space.available).stock for u, s in zip(uses, stock, strict=True)]
    return [place for place, each in enumerate(over[1:]) if (each > over[0]).any()]

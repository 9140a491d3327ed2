"""Whole messages in a guided step: lines that share one go, or come, together.

Single changes see no saving in dropping one line of several, and bear the whole message in entering the first
(`planner.evaluation.messages`). With many products in a message prices of messages alone would never be felt.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.evaluation.messages import Groups, Messages
from planner.evolution.whole_sendings import sendings_of, sent_once
from planner.evolution.workspace import Prices, Workspace
from scenarios.arrays import Float, Int, Plan


def messages_moved(
    space: Workspace,
    plan: Plan,
    prices: Prices,
    gain: Float,
    release: float,
    rng: np.random.Generator,
    *,
    loosely: bool,
) -> Plan:
    """Drop and enter whole messages where they weigh anything and that gains, a random part of them at once.

    Parameters
    ----------
    plan : int8 [N]
        Keeps the rules, coupled ones only without ``loosely``.
    gain : [N, width]
        Exact gains of the priced objective at ``prices``, of all slots in plan order.
    release
        Share of the messages that may move.
    """
    messages = space.evaluator.messages
    if messages is None:
        return plan
    worth = messages.priced(space.evaluator.weighed(1.0, prices.scalar))
    if not worth.any():
        return plan
    allowed, base = space.rules.allowed(plan, loosely=loosely), space.rules.base
    droppable = base[:, 0] & ~space.rules.fixed
    if sendings_of(space.grid):  # what is sent once moves with all its days
        once = sent_once(space.grid)
        allowed, droppable = allowed & ~once, droppable & ~once[np.arange(len(plan)), plan]
    gone = _chosen(messages, messages.dropped(plan, gain, worth, droppable), release, rng)
    come = _chosen(messages, messages.entered(plan, gain, worth, allowed), release, rng)
    changed = plan.copy()
    changed[gone.slots] = 0
    if not loosely and space.rules.violations(changed):
        changed = space.rules.repair(changed, np.where(np.isfinite(gain), -gain, np.inf))
    kept = space.rules.compatible(changed, come.slots, come.choices, come.worth, loosely=loosely)
    changed[come.slots[kept]] = come.choices[kept].astype(np.int8)
    return changed


class _Chosen(NamedTuple):
    """Lines of the messages that move."""

    slots: Int
    choices: Int
    worth: Float
    """What the whole message gains."""


def _chosen(messages: Messages, groups: Groups, release: float, rng: np.random.Generator) -> _Chosen:
    """A random part of the messages that gain by moving."""
    moving = (groups.gain > 0) & (rng.random(groups.gain.shape) < release)
    lines = groups.lines & moving[:, :, None, :]
    scope, segment, row, period = np.nonzero(lines)
    return _Chosen(
        slots=messages.place[segment, row, period],
        choices=groups.choices[lines].astype(np.int64),
        worth=groups.gain[scope, segment, period],
    )

"""Whole messages in the last changes of a plan: one comes, goes, or takes the place of another with all its lines.

The second line of a message costs no message more, so the first bears it alone, and no single change enters a message
that pays only by many lines. Guided steps move whole messages (`planner.evolution.whole_messages`), but only where all
slots are free: in first plans. The evolution goes on by single lines, and where a message pays is known only beside
what the plan has become.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from planner.evaluation.messages import Messages, Together
from planner.evolution.operators.moves import scored
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Flag, Float, Int, Plan

TRIED = 8
"""Messages that are tried by themselves and one after the other, those first that gain most."""
EXCHANGED = 16
"""Messages that are given up in turn for others, those first that the plan misses least."""


def messages_changed(space: Workspace, candidate: Candidate, least: float) -> Iterator[list[Candidate]]:
    """Plans after whole messages came or went, then after one went and others came, truly valued.

    The plans keep every rule. Where messages cost nothing there are none: single changes see all there is.

    Parameters
    ----------
    least
        A message that gains no more than this is left as it is.
    """
    now = _Beside.of(space, candidate.plan)
    if now is None:
        return
    yield _valued(space, candidate.plan, now.tried([*now.gone(least), *now.come(least)]))
    for without in _without_each(space, now):
        beside = _Beside.of(space, without.plan)
        if beside is not None:
            missed = candidate.objective - without.objective + least
            yield _valued(space, candidate.plan, beside.tried(beside.come(missed)))


class _Beside(NamedTuple):
    """Messages beside a plan: what each would gain with all lines that pay, the message paid once."""

    space: Workspace
    plan: Plan
    messages: Messages
    gain: Float
    """[N, width] exact gains of single changes."""
    worth: Float
    """[J, S, T] what a message to everybody adds to the objective; mostly negative."""
    allowed: Flag

    @classmethod
    def of(cls, space: Workspace, plan: Plan) -> _Beside | None:
        """None where messages weigh nothing in the objective."""
        messages, free = space.evaluator.messages, space.no_prices()
        if messages is None:
            return None
        worth = messages.priced(space.evaluator.weighed(1.0, free.scalar))
        if not worth.any():
            return None
        return cls(space, plan, messages, space.gains_everywhere(plan, free), worth, space.rules.allowed(plan))

    def come(self, least: float) -> list[Together]:
        """Empty messages that gain more than that with every line that pays, the most first."""
        groups = self.messages.entered(self.plan, self.gain, self.worth, self.allowed)
        return self.messages.listed(groups, self.worth, least)

    def gone(self, least: float) -> list[Together]:
        """Messages without which the plan is worth more by more than that, the most first."""
        groups = self.messages.dropped(self.plan, self.gain, self.worth, self.free)
        return self.messages.listed(groups, self.worth, least)

    def standing(self) -> list[Int]:
        """Slots of every message that costs anything and may go, each once."""
        carried = self.messages.dropped(self.plan, self.gain, self.worth, self.free).lines
        carried = carried & (self.worth != 0)[:, :, None, :]
        found = (
            self.messages.place[segment, carried[scope, segment, :, period], period]
            for scope, segment, period in np.argwhere(carried.any(axis=2))
        )
        return list({slots.tobytes(): slots for slots in found if self.free[slots].all()}.values())

    @property
    def free(self) -> Flag:
        """[N] slots that the plan may be without."""
        return np.asarray(self.space.rules.base[:, 0] & ~self.space.rules.fixed)

    def tried(self, each: Iterable[Together]) -> list[Plan]:
        """The plan with each of the best messages changed, and with all of the first few."""
        plans, together = [], self.plan
        for lines in sorted(each, key=lambda lines: -lines.gain)[:TRIED]:
            plans.append(self._changed(self.plan, lines, self.allowed))
            together = self._changed(together, lines)
            plans.append(together)
        return plans

    def _changed(self, plan: Plan, lines: Together, allowed: Flag | None = None) -> Plan:
        """A plan with as many of some lines as rules let change together."""
        gain = self.gain[lines.slots, lines.choices]
        kept = self.space.rules.compatible(plan, lines.slots, lines.choices, gain, allowed)
        changed = plan.copy()
        changed[lines.slots[kept]] = lines.choices[kept]
        return changed


def _valued(space: Workspace, plan: Plan, tried: list[Plan]) -> list[Candidate]:
    """True values of those plans that are different, new, and keep every rule."""
    different = {each.tobytes(): each for each in tried}
    different.pop(plan.tobytes(), None)
    if not different:
        return []
    plans = np.stack(list(different.values()))
    return scored(space, plans[space.rules.keeps(plans)])


def _without_each(space: Workspace, now: _Beside) -> list[Candidate]:
    """The plan without each of its messages that rules let go, those first that it misses least."""
    standing = now.standing()
    if not standing:
        return []
    plans = np.repeat(now.plan[None], len(standing), axis=0)
    for without, slots in zip(plans, standing, strict=True):
        without[slots] = 0
    without = scored(space, plans[space.rules.keeps(plans)])
    return sorted(without, key=lambda each: -each.objective)[:EXCHANGED]

"""Lines that relieve a limit only together: whole messages, lines that rules join, all lines of a segment.

A message carries several lines, and dropping one of them leaves it as it is: no single change shows what all of them
relieve. The same holds of customers reached by several lines, and of lines that a rule lets go only together.
"""

from __future__ import annotations

import numpy as np

from constraints.enforce.protocol import Rules
from constraints.limits.book import Limits
from constraints.repairing.places import message_slots
from constraints.repairing.trials import Change, RepairView, State, Trials
from scenarios.arrays import Flag, Float, Int, Plan

GROUPS = 4
"""Groups of lines that are tried one by one at most, in multiples of the single changes that are."""


class Joint:
    """Drops several lines at once under one view, one rule book and the bounds in force.

    Parameters
    ----------
    view
        True values and exact gains.
    rulebook
        Rules that every change keeps.
    trials
        Evaluates changes truly.
    limits
        Which rows count messages.
    candidates
        Single changes that are evaluated truly, one by one.
    """

    def __init__(self, view: RepairView, rulebook: Rules, trials: Trials, limits: Limits, candidates: int) -> None:
        self._view, self._rulebook, self._trials = view, rulebook, trials
        self.by_message = limits.by_message
        self._most = GROUPS * candidates

    def fewer_messages(self, state: State, barred: Flag, *, counted: bool = False) -> State | None:
        """Drop whole messages by least loss per relief, until as much is relieved as is too much; None if none helps.

        Parameters
        ----------
        barred : bool [N, width]
            Changes that are not made.
        counted
            Whether only limits that count messages are to be relieved; lines that are a message by themselves go, too.
        """
        count, free = len(state.uses), np.zeros(state.stock.shape)
        over = state.excess[:count].clip(min=0.0) * (self.by_message if counted else 1.0)
        droppable = self._rulebook.base[:, 0] & ~barred[:, 0]
        prices = (over > 0) / self._trials.scale[:count]
        relieved = self._view.dropped(state.plan, droppable, 0.0, prices, free)
        gained = self._view.dropped(state.plan, droppable, 1.0, np.zeros(count), free)
        if counted:
            relieved += self._alone(state.plan, droppable, 0.0, prices, free)
            gained += self._alone(state.plan, droppable, 1.0, np.zeros(count), free)
        relief, loss = np.array([each for _, each in relieved]), -np.array([each for _, each in gained])
        helps = np.flatnonzero(relief > 0)
        order = helps[np.argsort(loss[helps].clip(min=0.0) / relief[helps], kind="stable")]
        enough = int(np.searchsorted(relief[order].cumsum(), over.sum())) + 1
        found = self._trials.prefix(state, [_gone(relieved[number][0]) for number in order[:enough]])
        return None if found is None or self._rulebook.violations(found.plan) else found

    def _alone(
        self, plan: Plan, droppable: Flag, objective_weight: float, prices: Float, stock_prices: Float
    ) -> list[tuple[Int, float]]:
        """What dropping each line by itself gains: nothing of messages, where others carry on its own."""
        lines = np.flatnonzero((plan > 0) & droppable)
        gain = self._view.gains(plan, objective_weight, prices, stock_prices)[lines, 0]
        return [(lines[number : number + 1], float(each)) for number, each in enumerate(gain)]

    def together_only(self, state: State, asked: float, barred: Flag) -> State | None:
        """Drop lines that relieve nothing, or break a rule, one by one.

        Where messages are limited these are the lines of one message; where rules join lines, what they join; and where
        customers reached are, all lines of a segment, because each of them alone reaches everybody.

        Parameters
        ----------
        asked
            Margin by which broken limits are to be kept, as a share of their excess.
        barred : bool [N, width]
            Changes that are not made.
        """
        droppable = (state.plan > 0) & self._rulebook.base[:, 0] & ~barred[:, 0]
        loss = -self._view.gains(state.plan, 1.0, np.zeros(len(state.uses)), np.zeros(state.stock.shape))[:, 0]
        messages = message_slots(len(state.plan), state.stock.shape)
        segments = messages.reshape(-1, state.stock.shape[1] * messages.shape[1])
        joined = [block for block in self._rulebook.blocks(state.plan) if droppable[block].all()]
        found = self._dropped(state, [*(group[droppable[group]] for group in messages), *joined], loss, asked)
        if found is None:
            found = self._dropped(state, [group[droppable[group]] for group in segments], loss, asked)
        return found

    def _dropped(self, state: State, groups: list[Int], loss: Float, asked: float) -> State | None:
        """Drop some of these groups of lines, if that helps and keeps the rules; the cheapest are tried."""
        several = sorted((group for group in groups if len(group) > 1), key=lambda group: float(loss[group].sum()))
        changes = []
        for group in several[: self._most]:
            after = state.plan.copy()
            after[group] = 0
            if not self._rulebook.violations(after):
                changes.append(_gone(group))
        found = self._trials.together(state, changes, asked)
        return None if found is None or self._rulebook.violations(found.plan) else found


def _gone(slots: Int) -> Change:
    """The change that empties slots."""
    return slots, np.zeros(len(slots), dtype=np.int64)

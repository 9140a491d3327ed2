"""What the best message with a line of an offer would add to a plan that does not use it, where no line pays alone.

An offer whose lines share messages does not lose because each of them loses alone: the first bears the whole message.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.evaluation.messages import Together
from planner.evolution.workspace import Workspace
from planner.reasons.not_planned.shared_messages import shared_messages, worth_sending
from scenarios.arrays import Float, Plan


class WholeMessage(NamedTuple):
    """A message put into a plan."""

    plan: Plan
    lines: int
    gain: float
    """What the objective gains."""


class UnusedMessages:
    """Messages of several lines that a plan does not send.

    Parameters
    ----------
    plan : int8 [N]
        The plan.
    gain : [N, width]
        Exact gains of its single changes.
    """

    def __init__(self, space: Workspace, plan: Plan, gain: Float) -> None:
        self._space, self._plan, self._gain = space, plan, gain
        grid = space.grid
        self._offer = np.full((grid.slots, grid.width), -1)
        for block, choices in enumerate(grid.choices):
            columns = np.s_[grid.offsets[block] : grid.offsets[block + 1], 1 : len(choices) + 1]
            self._offer[columns] = [each.offer for each in choices]
        once = np.array([each.valid is not None for each in grid.scenario.offers])[self._offer] & (self._offer >= 0)
        open_ = space.written.base & ~space.written.fixed[:, None] & ~once
        self._messages = shared_messages(space.evaluator, space.written, plan, gain, open_)

    def best(self, number: int) -> WholeMessage | None:
        """The message with a line of an offer that gains most, or loses least; None where none has several lines."""
        carrying = [each for each in self._messages if self._own(each, number).any()]
        if not carrying:
            return None
        most = max(carrying, key=lambda each: each.gain)
        own = self._own(most, number)
        line = most.slots[own][self._gain[most.slots[own], most.choices[own]].argmax()]
        whole = worth_sending(self._space.evaluator, self._plan, most, int(line), 0.0)
        lines = int((whole != self._plan).sum())
        gain = self._space.score(whole).objective - self._space.score(self._plan).objective
        return WholeMessage(whole, lines, gain) if lines > 1 else None

    def _own(self, each: Together, number: int) -> np.ndarray:
        return np.asarray(self._offer[each.slots, each.choices] == number)

"""Kept lines: a rule of the run itself, that at least so many lines of a given plan stay as they are.

It stands around the scenario's rules like a ban does, so that guided steps, operators, repair, CP-SAT and the finishing
of plans keep it without knowing of it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from planner.evolution.rules import Around, Rules
from scenarios.arrays import Flag, Float, Int, Plan

_NEVER = 1e18
"""What giving up a line costs that has to stay."""


def least_kept(plan: Plan, share: float) -> int:
    """Number of lines of a plan that a share of them comes to, rounded up."""
    return math.ceil(share * int((plan > 0).sum()) - 1e-9)


class Kept(Around):
    """A rule book under which at least so many lines of a plan stay.

    Parameters
    ----------
    rules
        The rules below.
    start : int8 [N]
        The plan whose lines are kept; it should keep the rules.
    least
        Lines that must stay, the same offer at the same coverage and quantity.
    """

    def __init__(self, rules: Rules, start: Plan, least: int) -> None:
        lines = np.flatnonzero(start > 0)
        if not (0 <= least <= len(lines)):
            raise ValueError(f"expected to keep 0 to {len(lines)} lines, got {least}")
        super().__init__(rules)
        self._start, self._lines, self._least = start.copy(), lines, least

    @property
    def spare(self) -> int:
        """Lines of the start that may go."""
        return len(self._lines) - self._least

    def kept(self, plan: Plan) -> Flag:
        """[..., lines] which lines of the start a plan [..., N] holds, in the start's order."""
        return np.asarray(plan[..., self._lines] == self._start[self._lines])

    def enough(self, plans: Plan) -> Flag:
        """[...] whether plans [..., N] hold as many lines of the start as are to stay."""
        return np.asarray(self.kept(plans).sum(axis=-1) >= self._least)

    def locked_plan(self) -> Plan:
        """The start, which holds all that is to be kept."""
        return self.repair(self._start)

    def violations(self, plan: Plan) -> int:
        """As below, and one for each line that is missing."""
        return self._rules.violations(plan) + max(self._least - int(self.kept(plan).sum()), 0)

    def keeps(self, plans: Plan) -> Flag:
        """As below, where enough lines stay."""
        return np.asarray(self._rules.keeps(plans) & self.enough(plans))

    def blocks(self, plan: Plan) -> list[Int]:
        """As below, where what is dropped together leaves enough."""
        kept = np.zeros(len(plan), dtype=bool)
        kept[self._lines[self.kept(plan)]] = True
        spare = int(kept.sum()) - self._least
        return [block for block in self._rules.blocks(plan) if int(kept[block].sum()) <= spare]

    def allowed(self, plan: Plan, *, loosely: bool = False) -> Flag:
        """As below; where no more lines may go, those that are left stay."""
        table = self._rules.allowed(plan, loosely=loosely)
        kept = self.kept(plan)
        if int(kept.sum()) <= self._least:
            held = self._lines[kept]
            table[held] = False
            table[held, plan[held]] = True
        return table

    def compatible(
        self,
        plan: Plan,
        slots: Int,
        choices: Int,
        priority: Float,
        allowed: Flag | None = None,
        *,
        loosely: bool = False,
    ) -> Flag:
        """As below, and of the changes to kept lines only as many as may go, the highest priority first."""
        slots = np.asarray(slots, dtype=np.int64)
        table = self.allowed(plan, loosely=loosely) if allowed is None else allowed
        chosen = self._rules.compatible(plan, slots, choices, priority, table, loosely=loosely)
        kept = np.zeros(len(plan), dtype=bool)
        kept[self._lines[self.kept(plan)]] = True
        spare = max(int(kept.sum()) - self._least, 0)
        touching = np.flatnonzero(chosen & kept[slots])
        order = touching[np.argsort(-np.asarray(priority, dtype=float)[touching], kind="stable")]
        chosen[order[spare:]] = False
        return chosen

    def repair(self, plan: Plan, loss: Float | None = None, barred: Flag | None = None) -> Plan:
        """As below; missing lines come back, those first whose return loses least, and then stay if they can."""
        mended = self._rules.repair(plan, loss, barred)
        missing = self._least - int(self.kept(mended).sum())
        if missing <= 0:
            return mended
        gone = self._lines[~self.kept(mended)]
        if loss is None:
            loss = np.ones((len(plan), self.base.shape[1]))
            loss[np.arange(len(plan)), plan] = 0.0
        worth = loss[gone, self._start[gone]]
        back = gone[np.argsort(worth, kind="stable")[:missing]]
        mended[back] = self._start[back]
        held = self._lines[self.kept(mended)]
        firm = loss.copy()
        firm[held] = _NEVER
        firm[held, self._start[held]] = 0.0
        return self._rules.repair(mended, firm, barred)

    def add_to_model(self, model: Any, plan: Plan, literals: dict[int, dict[int, Any]]) -> None:
        """As below, and a row that enough of the lines stay."""
        self._rules.add_to_model(model, plan, literals)
        free = [int(slot) for slot in self._lines if int(slot) in literals]
        held = int(self.kept(plan).sum()) - sum(plan[slot] == self._start[slot] for slot in free)
        staying = [literals[slot][int(self._start[slot])] for slot in free if int(self._start[slot]) in literals[slot]]
        if staying:
            model.add(sum(staying) >= max(self._least - held, 0))


def kept_rules(rules: Rules, plan: Plan, share: float) -> Kept | None:
    """A rule book under which a share of a plan's lines stays; None where the rules leave fewer of them."""
    start, least = rules.repair(plan), least_kept(plan, share)
    return None if least > int((start > 0).sum()) else Kept(rules, start, least)

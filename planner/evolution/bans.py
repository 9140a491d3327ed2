"""Bans: choices that a step of the search leaves out for a while, on top of the scenario's rules."""

from __future__ import annotations

import numpy as np

from planner.evolution.rules import Around, Rules
from scenarios.arrays import Flag, Float, Int, Plan


class Banned(Around):
    """A rule book with some choices of some slots forbidden.

    CP-SAT and `compatible` need no word of it: what is banned is neither in ``base`` nor `allowed`.

    Parameters
    ----------
    rules
        The rules below.
    slots, choices : [B]
        What is forbidden; the plans worked on must not hold it.
    """

    def __init__(self, rules: Rules, slots: Int, choices: Plan) -> None:
        super().__init__(rules)
        self._slots, self._choices = slots, choices
        self.base = rules.base.copy()
        self.base[slots, choices] = False

    def locked_plan(self) -> Plan:
        """As below, without the banned choices where the rules can do without them."""
        plan = self._rules.locked_plan()
        banned = self._slots[plan[self._slots] == self._choices]
        if not banned.size:
            return plan
        plan[banned] = 0
        return self.repair(plan)

    def violations(self, plan: Plan) -> int:
        """As below, and one for each banned choice."""
        return self._rules.violations(plan) + int((plan[self._slots] == self._choices).sum())

    def keeps(self, plans: Plan) -> Flag:
        """As below, and none that holds a banned choice."""
        banned = (plans[:, self._slots] == self._choices).any(axis=1)
        return np.asarray(self._rules.keeps(plans) & ~banned)

    def allowed(self, plan: Plan, *, loosely: bool = False) -> Flag:
        """As below, without the banned choices."""
        table = self._rules.allowed(plan, loosely=loosely)
        table[self._slots, self._choices] = False
        return table

    def repair(self, plan: Plan, loss: Float | None = None, barred: Flag | None = None) -> Plan:
        """As below; banned choices do not come in, unless the plan to start from holds them."""
        banned = ~self.base if barred is None else barred | ~self.base
        return self._rules.repair(plan, loss, banned)

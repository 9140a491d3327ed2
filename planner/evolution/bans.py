"""Bans: choices that a step of the search leaves out for a while, on top of the scenario's rules."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Plan = NDArray[np.int8]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Float = NDArray[np.float64]


class Rules(Protocol):
    """What the search asks of a rule book, or of one with rules of the run itself around it.

    Members mean what they mean in `constraints.rulebook.RuleBook`.
    """

    base: Bools

    @property
    def fixed(self) -> Bools: ...  # noqa: D102

    @property
    def coupled(self) -> bool: ...  # noqa: D102

    def locked_plan(self) -> Plan: ...  # noqa: D102

    def violations(self, plan: Plan) -> int: ...  # noqa: D102

    def blocks(self, plan: Plan) -> list[Ints]: ...  # noqa: D102

    def allowed(self, plan: Plan, *, loosely: bool = False) -> Bools: ...  # noqa: D102

    def compatible(  # noqa: D102
        self,
        plan: Plan,
        slots: Ints,
        choices: Ints,
        priority: Float,
        allowed: Bools | None = None,
        *,
        loosely: bool = False,
    ) -> Bools: ...

    def repair(self, plan: Plan, loss: Float | None = None, barred: Bools | None = None) -> Plan: ...  # noqa: D102

    def add_to_model(self, model: Any, plan: Plan, literals: dict[int, dict[int, Any]]) -> None: ...  # noqa: D102


class Banned:
    """A rule book with some choices of some slots forbidden.

    Parameters
    ----------
    rules
        The rules below.
    slots, choices : [B]
        What is forbidden; the plans worked on must not hold it.
    """

    def __init__(self, rules: Rules, slots: Ints, choices: Plan) -> None:
        self._rules, self._slots, self._choices = rules, slots, choices
        self.fixed: Bools = rules.fixed
        self.coupled: bool = rules.coupled
        self.base: Bools = rules.base.copy()
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

    def blocks(self, plan: Plan) -> list[Ints]:
        """As below."""
        return self._rules.blocks(plan)

    def allowed(self, plan: Plan, *, loosely: bool = False) -> Bools:
        """As below, without the banned choices."""
        table = self._rules.allowed(plan, loosely=loosely)
        table[self._slots, self._choices] = False
        return table

    def compatible(
        self,
        plan: Plan,
        slots: Ints,
        choices: Ints,
        priority: Float,
        allowed: Bools | None = None,
        *,
        loosely: bool = False,
    ) -> Bools:
        """As below; what is proposed is expected to be allowed."""
        return self._rules.compatible(plan, slots, choices, priority, allowed, loosely=loosely)

    def repair(self, plan: Plan, loss: Float | None = None, barred: Bools | None = None) -> Plan:
        """As below; banned choices do not come in, unless the plan to start from holds them."""
        banned = ~self.base if barred is None else barred | ~self.base
        return self._rules.repair(plan, loss, banned)

    def add_to_model(self, model: Any, plan: Plan, literals: dict[int, dict[int, Any]]) -> None:
        """As below; banned choices are not in ``base``."""
        self._rules.add_to_model(model, plan, literals)

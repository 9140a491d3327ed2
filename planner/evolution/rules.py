"""What the search asks of a rule book, and what rules of the run itself that stand around one have in common."""

from __future__ import annotations

from typing import Any, Protocol

from constraints.enforce import protocol
from constraints.rules.rows import LiteralRows
from scenarios.arrays import Flag, Float, Int, Plan


class Rules(protocol.Rules, Protocol):
    """What the search asks of a rule book, or of one with rules of the run itself around it.

    Members mean what they mean in `constraints.rulebook.RuleBook`.
    """

    @property
    def fixed(self) -> Flag: ...  # noqa: D102

    @property
    def coupled(self) -> bool: ...  # noqa: D102

    @property
    def rows(self) -> LiteralRows: ...  # noqa: D102

    def locked_plan(self) -> Plan: ...  # noqa: D102

    def allowed(self, plan: Plan, *, loosely: bool = False) -> Flag: ...  # noqa: D102

    def compatible(  # noqa: D102
        self,
        plan: Plan,
        slots: Int,
        choices: Int,
        priority: Float,
        allowed: Flag | None = None,
        *,
        loosely: bool = False,
    ) -> Flag: ...

    def repair(self, plan: Plan, loss: Float | None = None, barred: Flag | None = None) -> Plan: ...  # noqa: D102


class Around:
    """Rules with one of the run itself around them; what that one does not change is as below.

    Parameters
    ----------
    rules
        The rules below.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.fixed: Flag = rules.fixed
        self.coupled: bool = rules.coupled
        self.base: Flag = rules.base

    @property
    def rows(self) -> LiteralRows:
        """What a linear programme sees of the rules below."""
        return self._rules.rows

    def locked_plan(self) -> Plan:
        """The plan to start from."""
        return self._rules.locked_plan()

    def violations(self, plan: Plan) -> int:
        """Count the places where a plan breaks rules."""
        return self._rules.violations(plan)

    def keeps(self, plans: Plan) -> Flag:
        """[P] which of some plans [P, N] keep every rule."""
        return self._rules.keeps(plans)

    def blocks(self, plan: Plan) -> list[Int]:
        """Sets of slots whose lines can only be dropped together."""
        return self._rules.blocks(plan)

    def allowed(self, plan: Plan, *, loosely: bool = False) -> Flag:
        """[N, width] single changes of a plan after which it keeps every rule."""
        return self._rules.allowed(plan, loosely=loosely)

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
        """[M] changes that may all be made together, the highest priority first."""
        return self._rules.compatible(plan, slots, choices, priority, allowed, loosely=loosely)

    def repair(self, plan: Plan, loss: Float | None = None, barred: Flag | None = None) -> Plan:
        """Make a plan keep every rule at little loss."""
        return self._rules.repair(plan, loss, barred)

    def add_to_model(self, model: Any, plan: Plan, literals: dict[int, dict[int, Any]]) -> None:
        """Add the rules to a CP-SAT model over some free slots."""
        self._rules.add_to_model(model, plan, literals)

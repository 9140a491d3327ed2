"""locked: these lines are in every plan.

Example: ``{rule: locked, lines: [{date: 2026-11-11, product: nova-12, offer: off-15}]}``. The slot holds exactly this
offer at this coverage and quantity.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.forms import CompiledRule, Fixed
from constraints.rules.groups import RuleContext
from constraints.rules.lines import RuleLine, Violation, line_text
from scenarios.grid import Grid, LineError
from scenarios.language.rule_schema import Forbidden, Locked, PlanLine


def listed_lines(rule: Locked | Forbidden) -> tuple[PlanLine, ...]:
    """Lines of a resolved rule."""
    if not isinstance(rule.lines, tuple):
        raise TypeError(f"rule {rule.id} needs a resolved scenario: its lines read in")
    return rule.lines


def same_line(grid: Grid, one: PlanLine, other: PlanLine) -> bool:
    """Whether two lines are the same offer at the same coverage and quantity in the same slot."""
    period_of = grid.scenario.horizon.period_of
    return (
        period_of(one.date) == period_of(other.date)
        and (one.product, one.segment, one.offer) == (other.product, other.segment, other.offer)
        and abs(one.coverage - other.coverage) < 1e-9
        and abs(one.quantity - other.quantity) < 1e-9
    )


def place(grid: Grid, line: PlanLine) -> tuple[int, int]:
    """Slot number and choice of a listed line.

    Raises
    ------
    LineError
        For a line outside the horizon or the grid.
    """
    slot, choice = grid.locate(line)
    if not (0 <= slot.period < grid.shape[2]):
        raise LineError(f"{line.date} lies outside the horizon")
    return grid.slot_number(slot), choice


def violations(rule: Locked, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Locked lines that the plan lacks."""
    found: list[Violation] = []
    for wanted in listed_lines(rule):
        if not any(same_line(grid, wanted, line.line) for line in lines):
            message = f"the locked line {line_text(wanted)} is missing; put it back or remove it from {rule.id}"
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=()))
    return found


def compile_rule(rule: Locked, context: RuleContext) -> CompiledRule:
    """Fix the slots."""
    places = [place(context.grid, line) for line in listed_lines(rule)]
    table = np.array(places, dtype=np.int64).reshape(-1, 2)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(Fixed(slots=table[:, 0], choices=table[:, 1]),))

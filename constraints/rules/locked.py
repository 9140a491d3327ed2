"""locked: these lines are in every plan.

Example: ``{rule: locked, lines: [{date: 2026-11-11, product: nova-12, offer: off-15}]}``. The slot holds exactly this
offer at this coverage and quantity. With ``until: 2026-11-05`` every other slot up to that day stays empty: what has
run already cannot be changed.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.forms import CompiledRule, Fixed
from constraints.rules.groups import RuleContext
from constraints.rules.lines import RuleLine, Violation, line_text
from scenarios.grid import Grid, LineError
from scenarios.language.plan_lines import PlanLine
from scenarios.language.rule_schema import Forbidden, Locked


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
    closed = closed_periods(rule, grid)
    for line in lines:
        if 0 <= line.period < closed and not any(same_line(grid, line.line, other) for other in listed_lines(rule)):
            message = f"{line_text(line.line)} is none of the lines that are locked until {rule.until}; drop it"
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=(line.line,)))
    return found


def closed_periods(rule: Locked, grid: Grid) -> int:
    """Number of periods, from the first on, that hold the listed lines and no others."""
    if rule.until is None:
        return 0
    return min(max(grid.scenario.horizon.period_of(rule.until) + 1, 0), grid.shape[2])


def compile_rule(rule: Locked, context: RuleContext) -> CompiledRule:
    """Fix the slots."""
    places = dict(place(context.grid, line) for line in listed_lines(rule))
    closed = closed_periods(rule, context.grid)
    if closed:
        empty = np.zeros(context.grid.slots, dtype=np.int8)
        for block in context.grid.split(empty):
            block[..., :closed] = 1
        places = dict.fromkeys(np.flatnonzero(empty).tolist(), 0) | places
    table = np.array(list(places.items()), dtype=np.int64).reshape(-1, 2)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(Fixed(slots=table[:, 0], choices=table[:, 1]),))

"""locked: these lines are in every plan.

Example: ``{rule: locked, lines: [{date: 2026-11-11, product: nova-12, offer: off-15}]}``. The slot holds exactly this
offer at this coverage and quantity. With ``until: 2026-11-05`` every other slot up to that day stays empty: what has
run already cannot be changed.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from constraints.rules.forms import CompiledRule, Fixed
from constraints.rules.groups import RuleContext
from constraints.rules.lines import RuleLine, Violation, line_text
from scenarios.grid import Grid, LineError
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.rule import Forbidden, Locked

_SAME = 1e-9
"""Levels of coverage and quantity that differ by less are the same."""


def listed_lines(rule: Locked | Forbidden) -> tuple[PlanLine, ...]:
    """Lines of a resolved rule.

    Raises
    ------
    TypeError
        For a rule whose lines are not read in.
    """
    if not isinstance(rule.lines, tuple):
        raise TypeError(f"rule {rule.id} needs a resolved scenario: its lines read in")
    return rule.lines


class Listed:
    """Some lines, to ask whether another is among them: the same offer, coverage and quantity in the same slot."""

    def __init__(self, grid: Grid, lines: Iterable[PlanLine]) -> None:
        self._period_of = grid.scenario.horizon.period_of
        self._levels: dict[tuple[int, str, str, str], list[tuple[float, float]]] = {}
        for line in lines:
            self._levels.setdefault(self._place(line), []).append((line.coverage, line.quantity))

    def __contains__(self, line: PlanLine) -> bool:
        """Whether the line is one of them."""
        return any(
            abs(line.coverage - coverage) < _SAME and abs(line.quantity - quantity) < _SAME
            for coverage, quantity in self._levels.get(self._place(line), ())
        )

    def _place(self, line: PlanLine) -> tuple[int, str, str, str]:
        return self._period_of(line.date), line.product, line.segment, line.offer


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
    planned, listed = Listed(grid, (line.line for line in lines)), listed_lines(rule)
    for wanted in listed:
        if wanted not in planned:
            message = f"the locked line {line_text(wanted)} is missing; put it back or remove it from {rule.id}"
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=()))
    closed, locked = closed_periods(rule, grid), Listed(grid, listed)
    for line in lines:
        if 0 <= line.period < closed and line.line not in locked:
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

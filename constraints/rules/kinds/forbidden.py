"""forbidden: these lines are in no plan.

Example: ``{rule: forbidden, lines: [{date: 2026-11-11, product: nova-12, offer: off-15}]}``. Other offers, and other
levels of coverage and quantity of this one, stay possible in the slot.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.forms import CompiledRule, Masks
from constraints.rules.groups import RuleContext
from constraints.rules.kinds.locked import Listed, listed_lines, place
from constraints.rules.lines import RuleLine, Violation, line_text
from scenarios.grid import Grid
from scenarios.language.schemas.rule import Forbidden


def violations(rule: Forbidden, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Forbidden lines that the plan holds."""
    found: list[Violation] = []
    forbidden = Listed(grid, listed_lines(rule))
    for line in lines:
        if line.period >= 0 and line.line in forbidden:
            message = f"{line_text(line.line)} is forbidden by {rule.id}; drop it"
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=(line.line,)))
    return found


def compile_rule(rule: Forbidden, context: RuleContext) -> CompiledRule:
    """Make a mask."""
    mask = np.zeros((context.grid.slots, context.grid.width), dtype=bool)
    for line in listed_lines(rule):
        mask[place(context.grid, line)] = True
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(Masks(forbidden=mask),))

"""blackout: no line at all in the scope.

Example: ``{rule: blackout, where: {products: [nova-12], periods: [2026-11-01..2026-11-02]}}``. A public line reaches
every segment, so a blackout of one segment excludes it too; ``layer: targeted`` in ``where`` spares it. A week is
excluded as soon as one of its days is.
"""

from __future__ import annotations

from constraints.rules.forms import CompiledRule, Masks
from constraints.rules.groups import RuleContext, scope_choices
from constraints.rules.lines import RuleLine, Violation, line_text, touches
from scenarios.grid import Grid
from scenarios.language.schemas.rule import Blackout


def violations(rule: Blackout, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Lines in the scope."""
    found: list[Violation] = []
    for line in lines:
        if line.period >= 0 and touches(rule.where, line, grid):
            message = f"{line_text(line.line)} falls into the blackout {rule.id}; drop it or narrow the blackout"
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=(line.line,)))
    return found


def compile_rule(rule: Blackout, context: RuleContext) -> CompiledRule:
    """Make a mask."""
    forbidden = scope_choices(context.grid, rule.where, whole=False)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(Masks(forbidden=forbidden),))

"""eligible: lines of the scope (``where``) are allowed only inside ``only``.

Example: ``{rule: eligible, where: {offers: [vip-coupon]}, only: {segments: [loyal]}}``: the coupon goes to loyal
customers and nobody else. A public line reaches every segment, so it lies inside ``only`` only if that names them all;
a week only if every day of it does.
"""

from __future__ import annotations

from constraints.rules.forms import CompiledRule, Masks
from constraints.rules.groups import RuleContext, scope_choices
from constraints.rules.lines import RuleLine, Violation, inside, line_text, touches
from scenarios.grid import Grid
from scenarios.language.schemas.rule import Eligible


def violations(rule: Eligible, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Lines of the scope outside ``only``."""
    found: list[Violation] = []
    for line in lines:
        if line.period >= 0 and touches(rule.where, line, grid) and not inside(rule.only, line, grid):
            message = f"{line_text(line.line)} lies outside of what {rule.id} allows; drop it or widen only"
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=(line.line,)))
    return found


def compile_rule(rule: Eligible, context: RuleContext) -> CompiledRule:
    """Make a mask."""
    grid = context.grid
    forbidden = scope_choices(grid, rule.where, whole=False) & ~scope_choices(grid, rule.only, whole=True)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(Masks(forbidden=forbidden),))

"""at_most_one: at most one matching line a period for each combination of ``per``.

Example: ``{rule: at_most_one}`` (``per: [segment, product]``): no customer sees two offers on one product, so a product
with a public price cut takes no targeted coupon that day. A public line counts for every segment. It is
`max_concurrent` with ``max: 1``, and shares its arithmetic.
"""

from __future__ import annotations

from constraints.rules.forms import CompiledRule
from constraints.rules.groups import RuleContext
from constraints.rules.kinds import max_concurrent
from constraints.rules.lines import RuleLine, Violation
from scenarios.grid import Grid
from scenarios.language.schemas.rule import AtMostOne


def violations(rule: AtMostOne, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Periods with more than one matching line."""
    return max_concurrent.violations(rule, grid, lines)


def compile_rule(rule: AtMostOne, context: RuleContext) -> CompiledRule:
    """One row per group and period."""
    return max_concurrent.compile_rule(rule, context)

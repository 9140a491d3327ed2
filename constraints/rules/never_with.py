"""never_with: no matching line in the same period as a line of ``with``.

Example: ``{rule: never_with, where: {mechanics: [flash_sale]}, with: {mechanics: [coupon]}, per: [segment,
product]}``: a flash sale and a coupon never meet for the same customers and product on one day. Two different lines
are meant: a line that lies in both scopes is not against itself, but no other line of either scope may join it.
``per: []`` keeps them apart in the whole plan. History plays no part: only lines of one period meet.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.column_patterns import NEVER_BOTH, aligned, patterns
from constraints.rules.forms import CompiledRule, CountRows, Form
from constraints.rules.groups import RuleContext, scope_choices, table_groups
from constraints.rules.lines import RuleLine, Violation, active_lines, key_text, line_text
from scenarios.grid import Grid
from scenarios.language.rule_schema import NeverWith
from scenarios.scope_mask import scope_mask


def violations(rule: NeverWith, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Periods in which a matching line meets one of the other scope."""
    found: list[Violation] = []
    others = active_lines(lines, rule.with_, rule.per, grid)
    for key, periods in active_lines(lines, rule.where, rule.per, grid).items():
        for period, here in sorted(periods.items()):
            there = others.get(key, {}).get(period, [])
            pair = next(((one, other) for one in here for other in there if one is not other), None)
            if period >= 0 and pair is not None:
                one, other = pair
                message = (
                    f"{key_text(key, rule.per, grid)}: {line_text(one.line)} meets {line_text(other.line)}, which "
                    f"{rule.id} keeps apart; drop or move one of the two"
                )
                both = tuple(dict.fromkeys(each.line for each in (*here, *there)))
                found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=both))
    return found


def compile_rule(rule: NeverWith, context: RuleContext) -> CompiledRule:
    """Pairs of columns that are never both active; where both scopes hold the same lines, one of these at most."""
    grid = context.grid
    periods = grid.shape[2]
    one, other = (scope_choices(grid, scope, whole=False) for scope in (rule.where, rule.with_))
    here, there = scope_mask(grid, rule.where).segments, scope_mask(grid, rule.with_).segments
    first = table_groups(grid, one, here, rule.per)
    second = table_groups(grid, other & ~one, there, rule.per)
    forms: list[Form] = [patterns(NEVER_BOTH, aligned(first, second, periods))]
    both = one & other
    if both.any():
        apart = table_groups(grid, one & ~both, here, rule.per)
        shared = table_groups(grid, both, there, rule.per)
        forms.append(patterns(NEVER_BOTH, aligned(apart, shared, periods)))
        alike = table_groups(grid, both, here & there, rule.per)
        cap = np.ones(len(alike.keys) * periods, dtype=np.int64)
        forms.append(CountRows(entries=alike.entries, cap=cap))
    return CompiledRule(id=rule.id, kind=rule.rule, forms=tuple(forms))

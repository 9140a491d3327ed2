"""max_concurrent: at most ``max`` matching lines in one period, counted together or ``per`` axis.

Example: ``{rule: max_concurrent, max: 2, per: [category], where: {mechanics: [flash_sale]}}``: no more than two flash
sales at a time in a category. Every line counts: a coupon to three segments is three lines. ``per: [segment]`` counts a
public line in every segment. History plays no part.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.forms import CompiledRule, CountRows
from constraints.rules.groups import RuleContext, literal_groups
from constraints.rules.lines import RuleLine, Violation, active_lines, key_text, line_text
from scenarios.grid import Grid
from scenarios.language.schemas.rule import AtMostOne, MaxConcurrent


def violations(rule: MaxConcurrent | AtMostOne, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Periods with too many matching lines."""
    most = rule.max if isinstance(rule, MaxConcurrent) else 1
    found: list[Violation] = []
    for key, periods in active_lines(lines, rule.where, rule.per, grid).items():
        for period, here in sorted(periods.items()):
            if period >= 0 and len(here) > most:
                lines_here = f"{len(here)} line{'' if len(here) == 1 else 's'}"
                message = (
                    f"{key_text(key, rule.per, grid)}: {lines_here} on {grid.scenario.horizon.date_of(period)}, "
                    f"at most {most} allowed; drop {len(here) - most}, for example {line_text(here[-1].line)}"
                )
                broken = tuple(each.line for each in here)
                found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken))
    return found


def compile_rule(rule: MaxConcurrent | AtMostOne, context: RuleContext) -> CompiledRule:
    """One row per group and period."""
    most = rule.max if isinstance(rule, MaxConcurrent) else 1
    groups = literal_groups(context.grid, rule.where, rule.per)
    cap = np.full(len(groups.keys) * context.grid.shape[2], most, dtype=np.int64)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(CountRows(entries=groups.entries, cap=cap),))

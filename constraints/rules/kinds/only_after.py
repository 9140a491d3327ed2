"""only_after: a matching line only after a line of ``after`` in an earlier period.

Example: ``{rule: only_after, where: {mechanics: [flash_sale]}, after: {offers: [teaser]}, within: 7, per:
[product]}``: a flash sale needs the product's teaser on one of the seven days before it; the same day does not count.
Without ``within`` any earlier period does. History counts: a teaser that ran before the horizon is one. Past lines
themselves are not judged.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.column_patterns import ONLY_WITH, aligned, only, patterns, spread
from constraints.rules.forms import CompiledRule
from constraints.rules.groups import RuleContext, literal_groups, past_periods
from constraints.rules.lines import RuleLine, Violation, active_lines, key_text, line_text
from constraints.rules.series import count_periods
from scenarios.grid import Grid
from scenarios.language.schemas.rule import OnlyAfter


def _prepares(rule: OnlyAfter, moment: int, period: int) -> bool:
    """Whether a line of ``after`` in one period prepares a line in another."""
    return moment < period and (rule.within is None or period - moment <= rule.within)


def violations(rule: OnlyAfter, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Matching lines that nothing prepared."""
    found: list[Violation] = []
    before = active_lines(lines, rule.after, rule.per, grid)
    for key, periods in active_lines(lines, rule.where, rule.per, grid).items():
        earlier = before.get(key, {})
        for period, here in sorted(periods.items()):
            if period < 0:
                continue
            if not any(_prepares(rule, moment, period) for moment in earlier):
                span = "before it" if rule.within is None else f"in the {count_periods(grid, rule.within)} before it"
                message = (
                    f"{key_text(key, rule.per, grid)}: {line_text(here[0].line)} needs one of the lines that {rule.id} "
                    f"names under after {span}, there is none; add one or drop the line"
                )
                broken = tuple(each.line for each in here)
                found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken))
    return found


def compile_rule(rule: OnlyAfter, context: RuleContext) -> CompiledRule:
    """One pair of columns per group and period: the lines, and all lines that may have prepared them."""
    grid = context.grid
    periods = grid.shape[2]
    wanted, prepared = literal_groups(grid, rule.where, rule.per), literal_groups(grid, rule.after, rule.per)
    past = past_periods(wanted, context, rule.after, rule.per)
    asks = np.array(
        [
            not any(_prepares(rule, moment, period) for moment in moments)
            for moments in past
            for period in range(periods)
        ],
        dtype=bool,
    )
    open_ = asks[wanted.entries.cell]
    asking, giving = aligned(wanted, prepared, periods)
    asking = only(asking, open_)
    later = spread(giving, range(1, min(rule.within or periods, periods - 1) + 1), periods)
    later = only(later, np.isin(later.cell, asking.cell))
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(patterns(ONLY_WITH, (asking, later)),))

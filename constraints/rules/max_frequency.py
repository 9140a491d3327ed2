"""max_frequency: matching lines in at most ``max`` of any ``periods`` consecutive periods.

Example: ``{rule: max_frequency, max: 2, periods: 7, per: [product]}``: a product is on offer on at most two days of any
seven. Several lines on one day count once. History counts; a window that history alone already overfills takes no
further line, but is not held against the plan.
"""

from __future__ import annotations

from constraints.rules.forms import CompiledRule
from constraints.rules.groups import RuleContext
from constraints.rules.lines import Active, RuleLine, Violation, active_lines, key_text, line_text
from constraints.rules.series import count_periods, window_series
from scenarios.grid import Grid
from scenarios.language.rule_schema import Axis, MaxFrequency


def crowded(
    active: Active, most: int, window: int, per: tuple[Axis, ...], grid: Grid, rule_id: str, kind: str, what: str
) -> list[Violation]:
    """Report the fullest window of each group that holds more than ``most`` active periods, one of them planned."""
    found: list[Violation] = []
    for key, periods in active.items():
        worst: list[int] = []
        for end in range(grid.shape[2]):
            here = [period for period in sorted(periods) if end - window < period <= end]
            if len(here) > max(most, len(worst)) and here[-1] >= 0:
                worst = here
        if worst:
            horizon = grid.scenario.horizon
            last = periods[worst[-1]][0].line
            message = (
                f"{key_text(key, per, grid)}: {what} in {len(worst)} of {count_periods(grid, window)} "
                f"({horizon.date_of(worst[0])} to {horizon.date_of(worst[-1])}), at most {most} allowed; "
                f"drop {len(worst) - most}, for example {line_text(last)}"
            )
            broken = tuple(each.line for period in worst for each in periods[period])
            found.append(Violation(rule_id=rule_id, kind=kind, message=message, lines=broken))
    return found


def violations(rule: MaxFrequency, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Windows with too many active periods."""
    active = active_lines(lines, rule.where, rule.per, grid)
    return crowded(active, rule.max, rule.periods, rule.per, grid, rule.id, rule.rule, "lines")


def compile_rule(rule: MaxFrequency, context: RuleContext) -> CompiledRule:
    """One count per group and window."""
    form = window_series(context, rule.where, rule.per, rule.max, rule.periods)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(form,))

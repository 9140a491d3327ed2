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
from scenarios.language.schemas.axes import Axis
from scenarios.language.schemas.rule import MaxFrequency


def crowded(
    active: Active, most: int, window: int, per: tuple[Axis, ...], grid: Grid, rule_id: str, kind: str, what: str
) -> list[Violation]:
    """Report windows that hold more than ``most`` active periods, one of them planned.

    In each group that is the fullest window, then the fullest of the periods that are left, so that no period is named
    twice and every sentence is a breach by itself.
    """
    found: list[Violation] = []
    for key, periods in active.items():
        for crowd in sorted(_crowds(sorted(periods), most, window, grid.shape[2])):
            horizon = grid.scenario.horizon
            last = periods[crowd[-1]][0].line
            past = sum(period < 0 for period in crowd)
            before = f", {past} of them before the horizon" if past else ""
            surplus = min(len(crowd) - most, len(crowd) - past)
            message = (
                f"{key_text(key, per, grid)}: {what} in {len(crowd)} of {count_periods(grid, window)} "
                f"({horizon.date_of(crowd[0])} to {horizon.date_of(crowd[-1])}){before}, at most {most} allowed; "
                f"drop those of {count_periods(grid, surplus)}, for example {line_text(last)}"
            )
            broken = tuple(each.line for period in crowd for each in periods[period])
            found.append(Violation(rule_id=rule_id, kind=kind, message=message, lines=broken))
    return found


def _crowds(left: list[int], most: int, window: int, periods: int) -> list[list[int]]:
    """Disjoint sets of active periods that are too many for one window, from the fullest on."""
    crowds: list[list[int]] = []
    while True:
        worst: list[int] = []
        for end in range(periods):
            here = [period for period in left if end - window < period <= end]
            if len(here) > max(most, len(worst)) and here[-1] >= 0:
                worst = here
        if not worst:
            return crowds
        crowds.append(worst)
        left = [period for period in left if period not in worst]


def violations(rule: MaxFrequency, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Windows with too many active periods."""
    active = active_lines(lines, rule.where, rule.per, grid)
    return crowded(active, rule.max, rule.periods, rule.per, grid, rule.id, rule.rule, "lines")


def compile_rule(rule: MaxFrequency, context: RuleContext) -> CompiledRule:
    """One count per group and window."""
    form = window_series(context, rule.where, rule.per, rule.max, rule.periods)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(form,))

"""min_gap: after a run of matching lines, at least ``periods`` periods without one.

Example: ``{rule: min_gap, periods: 3, per: [product], where: {mechanics: [flash_sale]}}``: a flash sale on 1 and 2
November (one run) allows the next on 6 November at the earliest. History counts: a run that ended the day before the
horizon blocks its first three days, but may itself go on. Dropping the middle of a run breaks the rule too.
Closed days are no pause between two lines, and count for none.
"""

from __future__ import annotations

from itertools import pairwise

from constraints.rules.forms import CompiledRule
from constraints.rules.groups import RuleContext
from constraints.rules.lines import RuleLine, Violation, active_lines, key_text, line_text
from constraints.rules.open_days import OpenDays
from constraints.rules.series import count_periods, gap_series
from scenarios.grid import Grid
from scenarios.language.schemas.rule import MinGap


def violations(rule: MinGap, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Lines that follow too soon on the run before."""
    found: list[Violation] = []
    days = OpenDays(grid)
    for key, periods in active_lines(lines, rule.where, rule.per, grid).items():
        places = days.places(periods)
        for before, after in pairwise(places):
            quiet = after - before - 1
            if after >= 0 and 0 < quiet < rule.periods:
                earlier, later = periods[places[before]], periods[places[after]]
                late = later[0].line
                which = "one of the two" if before >= 0 else "it"
                message = (
                    f"{key_text(key, rule.per, grid)}: {line_text(late)} leaves {count_periods(grid, quiet)} without "
                    f"lines after those of {days.date_of(before)}, at least "
                    f"{count_periods(grid, rule.periods)} needed; move or drop {which}"
                )
                both = tuple(each.line for each in (*earlier, *later))
                found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=both))
    return found


def compile_rule(rule: MinGap, context: RuleContext) -> CompiledRule:
    """One automaton per group."""
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(gap_series(context, rule.where, rule.per, rule.periods),))

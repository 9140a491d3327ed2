"""min_run: matching lines in runs of at least ``periods`` consecutive periods.

Example: ``{rule: min_run, periods: 3, per: [product], where: {mechanics: [price_discount]}}``: a shelf price that is
cut stays cut for three days at least, whichever offers follow each other. History counts: days before the horizon
belong to a run that goes on. A run that history began and the plan does not take up is past and not held against the
plan. The horizon is an end: a run that begins two days before it is too short. A run goes on over closed
days, which do not count.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.forms import CompiledRule, SeriesAutomaton
from constraints.rules.groups import RuleContext, literal_groups, past_periods
from constraints.rules.lines import RuleLine, Violation, active_lines, key_text, line_text
from constraints.rules.open_days import OpenDays
from constraints.rules.series import count_periods, runs
from scenarios.arrays import Int
from scenarios.grid import Grid
from scenarios.language.schemas.rule import MinRun


def violations(rule: MinRun, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Find runs that are too short and reach into the horizon."""
    found: list[Violation] = []
    days = OpenDays(grid)
    for key, periods in active_lines(lines, rule.where, rule.per, grid).items():
        places = days.places(periods)
        for first, last in runs(list(places)):
            if last >= 0 and last - first + 1 < rule.periods:
                where = f"on {days.date_of(first)}"
                if last > first:
                    where = f"from {days.date_of(first)} to {days.date_of(last)}"
                message = (
                    f"{key_text(key, rule.per, grid)}: a run of {count_periods(grid, last - first + 1)} {where}, at "
                    f"least {count_periods(grid, rule.periods)} in a row needed; lengthen it or drop "
                    f"{line_text(periods[places[last]][0].line)}"
                )
                broken = tuple(each.line for place in range(first, last + 1) for each in periods[places[place]])
                found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken))
    return found


def _automaton(shortest: int) -> Int:
    """State j < shortest: a run of j periods (0 rested), ``shortest``: long enough, above: history's run, unclaimed.

    State ``shortest + j`` is a run of j periods that history began: it may end at once, being past.
    """
    step = np.full((2 * shortest, 2), -1, dtype=np.int64)
    for run in range(shortest + 1):
        step[run, 1] = min(run + 1, shortest)
    step[[0, shortest], 0] = 0
    for run in range(1, shortest):
        step[shortest + run] = [0, min(run + 1, shortest)]
    return step


def compile_rule(rule: MinRun, context: RuleContext) -> CompiledRule:
    """One automaton per group."""
    shortest = rule.periods
    groups, days = literal_groups(context.grid, rule.where, rule.per), OpenDays(context.grid)
    start = []
    for periods in past_periods(groups, context, rule.where, rule.per):
        last = runs(list(days.places(periods)))[-1:]
        length = last[0][1] - last[0][0] + 1 if last and last[0][1] == -1 else 0
        start.append(shortest if length >= shortest else shortest + length if length else 0)
    accept = np.zeros(2 * shortest, dtype=bool)
    accept[[0, *range(shortest, 2 * shortest)]] = True
    form = SeriesAutomaton(
        entries=days.in_places(groups.entries),
        start=np.array(start, dtype=np.int64),
        step=_automaton(shortest),
        reach=shortest + 1,
        accept=accept,
        coupled=True,
    )
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(form,))

"""cycle: matching lines keep a rhythm of ``run`` periods with them, then ``rest`` periods without, over and over.

Example: ``{rule: cycle, run: 1, rest: 3, per: [product]}`` on weeks: a product is on offer every fourth week at most,
always in the same week of four. Where the rhythm begins is the plan's choice, for each of ``per``; ``first:
2026-11-02`` fixes it. A turn may be left out or taken in part, unless ``every: true``: then the group is quiet until
some turn and takes every turn in full from there to the end of the horizon, which may cut the last one. History
counts: where no ``first`` is given, the last run before the horizon sets the rhythm if it lies within one turn; a
longer one says nothing. The rhythm goes on over closed days, on which no turn asks for a line.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.forms import CompiledRule, Patterns
from constraints.rules.groups import RuleContext, literal_groups, past_periods
from constraints.rules.lines import RuleLine, Violation, active_lines, key_text, line_text
from constraints.rules.open_days import opened_periods
from constraints.rules.series import count_periods, runs
from scenarios.arrays import Flag
from scenarios.grid import Grid
from scenarios.language.schemas.rule import Cycle


def beats(rule: Cycle, grid: Grid, past: list[int]) -> list[int]:
    """First periods of a turn that are possible, modulo the rhythm's length, after ascending past periods."""
    length = rule.run + rule.rest
    if rule.first is not None:
        return [grid.scenario.horizon.period_of(rule.first) % length]
    last = runs(past)[-1:]
    if not last or last[0][1] - last[0][0] >= rule.run:
        return list(range(length))
    return sorted({begin % length for begin in range(last[0][1] - rule.run + 1, last[0][0] + 1)})


def _in_turn(rule: Cycle, beat: int, period: int) -> bool:
    return (period - beat) % (rule.run + rule.rest) < rule.run


def _open_turns(rule: Cycle, grid: Grid, beat: int) -> list[int]:
    """Open periods of the horizon in which lines may stand in this rhythm."""
    return [period for period in opened_periods(grid).tolist() if _in_turn(rule, beat, period)]


def _starts(rule: Cycle, grid: Grid, past: list[int], beat: int) -> list[int]:
    """Open periods from which every turn may be taken: where turns begin, and the rest of one that began before."""
    length, anchored = rule.run + rule.rest, rule.first is not None or bool(past)
    starts = [period for period in range(grid.shape[2]) if (period - beat) % length == 0]
    if anchored and _in_turn(rule, beat, 0) and 0 not in starts:
        starts.insert(0, 0)
    opened = _open_turns(rule, grid, beat)
    turns = [[period for period in opened if start <= period < start + rule.run] for start in starts]
    return list(dict.fromkeys(turn[0] for turn in turns if turn))


def _fits(rule: Cycle, grid: Grid, past: list[int], planned: list[int], beat: int) -> bool:
    """Whether planned periods keep a rhythm."""
    if not all(_in_turn(rule, beat, period) for period in planned):
        return False
    if not rule.every or not planned:
        return True
    wanted = [period for period in _open_turns(rule, grid, beat) if period >= planned[0]]
    return planned[0] in _starts(rule, grid, past, beat) and planned == wanted


def violations(rule: Cycle, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Groups that keep no rhythm."""
    found: list[Violation] = []
    horizon = grid.scenario.horizon
    for key, periods in active_lines(lines, rule.where, rule.per, grid).items():
        past = [period for period in sorted(periods) if period < 0]
        planned = [period for period in sorted(periods) if period >= 0]
        possible = beats(rule, grid, past)
        if not planned or any(_fits(rule, grid, past, planned, beat) for beat in possible):
            continue
        days = ", ".join(str(horizon.date_of(period)) for period in planned[:4]) + (", ..." if planned[4:] else "")
        rhythm = f"{count_periods(grid, rule.run)} of lines, {count_periods(grid, rule.rest)} without"
        fixed = "" if rule.first is None else f", a turn beginning on {rule.first}"
        fixed = f"{fixed}, every turn in full once begun" if rule.every else fixed
        message = (
            f"{key_text(key, rule.per, grid)}: lines on {days} do not keep the rhythm {rhythm}{fixed}; move or drop "
            f"lines, for example {line_text(periods[planned[-1]][0].line)}"
        )
        broken = tuple(each.line for period in planned for each in periods[period])
        found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken))
    return found


def _words(rule: Cycle, grid: Grid, past: list[int]) -> list[tuple[Flag, Flag]]:
    """Least and greatest words of each rhythm: with ``every`` one pattern for each start, and the quiet word."""
    periods = grid.shape[2]
    quiet = np.zeros(periods, dtype=bool)
    found: list[tuple[Flag, Flag]] = []
    for beat in beats(rule, grid, past):
        turns = np.isin(np.arange(periods), _open_turns(rule, grid, beat))
        if not rule.every:
            found.append((quiet, turns))
            continue
        for start in _starts(rule, grid, past, beat):
            word = turns & (np.arange(periods) >= start)
            found.append((word, word))
    return [*found, (quiet, quiet)] if rule.every else found


def compile_rule(rule: Cycle, context: RuleContext) -> CompiledRule:
    """One word per group, one pattern per rhythm."""
    grid = context.grid
    groups = literal_groups(grid, rule.where, rule.per)
    chosen = [_words(rule, grid, past) for past in past_periods(groups, context, rule.where, rule.per)]
    count = max((len(words) for words in chosen), default=1)
    low = np.zeros((len(chosen), count, grid.shape[2]), dtype=bool)
    high = np.zeros_like(low)
    for group, words in enumerate(chosen):
        for number in range(count):
            low[group, number], high[group, number] = words[min(number, len(words) - 1)]
    form = Patterns(entries=groups.entries, low=low, high=high)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(form,))

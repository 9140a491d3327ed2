"""What the rules on series of periods share: runs, words for periods, automata of groups."""

from __future__ import annotations

import numpy as np

from constraints.rules.forms import SeriesAutomaton, WindowCounts
from constraints.rules.groups import RuleContext, literal_groups, past_periods
from constraints.rules.open_days import OpenDays
from scenarios.arrays import Int
from scenarios.grid import Grid
from scenarios.language.schemas.axes import Axis
from scenarios.language.scope import Scope


def count_periods(grid: Grid, number: int) -> str:
    """Say a number of periods in the scenario's unit: ``3 days``."""
    unit = grid.scenario.horizon.unit.value
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def runs(periods: list[int]) -> list[tuple[int, int]]:
    """First and last period of each run of consecutive periods, from ascending periods."""
    found: list[tuple[int, int]] = []
    for period in periods:
        if found and found[-1][1] == period - 1:
            found[-1] = (found[-1][0], period)
        else:
            found.append((period, period))
    return found


def run_automaton(longest: int) -> Int:
    """Automaton that refuses more than ``longest`` active periods in a row; the state is the length of the run."""
    states = np.arange(longest + 1)
    return np.stack([np.zeros_like(states), np.where(states < longest, states + 1, -1)], axis=1)


def gap_automaton(shortest: int) -> Int:
    """Automaton that refuses a quiet gap shorter than ``shortest`` between two runs.

    State 0 is rested, 1 active, 1 + j has been quiet for j periods.
    """
    step = np.full((shortest + 1, 2), -1, dtype=np.int64)
    step[0] = [0, 1]
    step[1] = [2 if shortest > 1 else 0, 1]
    for quiet in range(1, shortest):
        step[1 + quiet, 0] = 2 + quiet if quiet + 1 < shortest else 0
    return step


def run_series(context: RuleContext, scope: Scope, per: tuple[Axis, ...], longest: int) -> SeriesAutomaton:
    """At most ``longest`` active periods in a row, closed ones passed over, after what the history left."""
    groups, days = literal_groups(context.grid, scope, per), OpenDays(context.grid)
    start = []
    for periods in past_periods(groups, context, scope, per):
        last = runs(list(days.places(periods)))[-1:]
        length = last[0][1] - last[0][0] + 1 if last and last[0][1] == -1 else 0
        start.append(min(length, longest))
    return SeriesAutomaton(
        entries=days.in_places(groups.entries),
        start=np.array(start, dtype=np.int64),
        step=run_automaton(longest),
        reach=longest + 1,
    )


def gap_series(context: RuleContext, scope: Scope, per: tuple[Axis, ...], shortest: int) -> SeriesAutomaton:
    """At least ``shortest`` quiet periods between two runs, closed ones not counted, after what the history left."""
    groups, days = literal_groups(context.grid, scope, per), OpenDays(context.grid)
    start = []
    for periods in past_periods(groups, context, scope, per):
        ran = list(days.places(periods))
        quiet = -1 - ran[-1] if ran else shortest
        start.append(1 + quiet if quiet < shortest else 0)
    return SeriesAutomaton(
        entries=days.in_places(groups.entries),
        start=np.array(start, dtype=np.int64),
        step=gap_automaton(shortest),
        reach=shortest + 1,
        joins=True,
    )


def window_series(
    context: RuleContext, scope: Scope, per: tuple[Axis, ...], most: int, window: int, *, told: bool = False
) -> WindowCounts:
    """At most ``most`` active periods in any ``window`` consecutive ones, less what the history used.

    With ``told`` only lines count that carry a message.
    """
    groups = literal_groups(context.grid, scope, per, told=told)
    periods = context.grid.shape[2]
    cap = np.full((len(groups.keys), periods), most, dtype=np.int64)
    for group, past in enumerate(past_periods(groups, context, scope, per, told=told)):
        for end in range(min(window - 1, periods)):
            cap[group, end] -= sum(period > end - window for period in past)
    return WindowCounts(entries=groups.entries, cap=np.maximum(cap, 0), window=window)

"""Lines that the notice alone keeps from changing: a rule ties them to a first day that cannot be changed any more."""

from __future__ import annotations

from constraints.rules.kinds.all_or_nothing import joined_groups
from constraints.rules.lines import active_lines, read_lines
from constraints.rules.open_days import OpenDays
from constraints.rules.series import runs
from planner.figures import plural
from scenarios.arrays import Plan
from scenarios.grid import Grid
from scenarios.language.schemas.rule import AllOrNothing, MinRun


def said_of_tied(grid: Grid, running: Plan, last: int, locked: int) -> tuple[str, ...]:
    """Return a sentence for each rule ``all_or_nothing``, or ``min_run``, of which the notice locks first days alone.

    What began before the notice is tied to what ran: no other notice frees it, and nothing is said of it.

    Parameters
    ----------
    running
        The flat plan [N]: what ran, and what was planned after it.
    last, locked
        Last period of the actuals, and last one that cannot be changed any more.
    """
    rules = [rule for rule in grid.scenario.rules if isinstance(rule, AllOrNothing)]
    lines = read_lines(grid, grid.lines(running)) if rules and locked > last else ()
    horizon, said = grid.scenario.horizon, []
    for rule in rules if locked > last else ():
        stays: dict[int, int] = {}
        for group in joined_groups(rule, grid, lines):
            if last < group.first <= locked < group.last:
                later = sum(horizon.period_of(line.date) > locked for line in group.lines)
                stays[group.first] = stays.get(group.first, 0) + later
        said += [
            f"{_locks(grid, first, last, locked)}; rule {rule.id} (all or nothing) {_ties(count)}; "
            f"--notice {first - last - 1} leaves it free"
            for first, count in sorted(stays.items())
        ]
    return (*said, *_said_of_runs(grid, running, last, locked))


def _said_of_runs(grid: Grid, running: Plan, last: int, locked: int) -> list[str]:
    """Say which shortest runs begin within the notice, so that their later days must come, too."""
    rules = [rule for rule in grid.scenario.rules if isinstance(rule, MinRun)]
    if not rules or locked <= last:
        return []
    lines, days, horizon, said = read_lines(grid, grid.lines(running)), OpenDays(grid), grid.scenario.horizon, []
    for rule in rules:
        stays: dict[tuple[int, int], int] = {}
        for periods in active_lines(lines, rule.where, rule.per, grid).values():
            places = days.places(periods)
            for first, end in runs(list(places)):
                until = min(first + rule.periods - 1, end)
                if last < places[first] <= locked < places[until]:
                    needed = [periods[places[place]] for place in range(first, until + 1) if places[place] > locked]
                    key = places[first], places[until]
                    stays[key] = stays.get(key, 0) + sum(map(len, needed))
        said += [
            f"{_locks(grid, first, last, locked)}; rule {rule.id} (a shortest run) ties {plural(count, 'later line')} "
            f"to that: the run goes on until {horizon.date_of(until)} at least; "
            f"--notice {first - last - 1} leaves it free"
            for (first, until), count in sorted(stays.items())
        ]
    return said


def _locks(grid: Grid, first: int, last: int, locked: int) -> str:
    """Say which days of a rule the notice locks."""
    horizon = grid.scenario.horizon
    days = f"{horizon.date_of(first)}" + ("" if first == locked else f" to {horizon.date_of(locked)}")
    return f"the notice of {plural(locked - last, horizon.unit.value)} locks {days}"


def _ties(count: int) -> str:
    """Say what a rule does to so many lines after the notice."""
    if not count:
        return "ties all later lines to that: none may come in"
    stay = "it stays as planned, and none may join it" if count == 1 else "they stay as planned, and none may join them"
    return f"ties {plural(count, 'later line')} to that: {stay}"

"""Lines where there is nothing to sell that a rule may ask for beside lines that sell: a run that passes a closed day.

Such a line earns nothing, and nobody would plan it for itself. But without it a run of a least length (`min_run`) would
end at every closed day, two runs would lie too near (`min_gap`), a cut would begin anew and count as too small
(`reference_price`), and `only_after`, a ladder's `order`, `all_or_nothing` and `cycle` would lack what they ask for.
Rules that ask for few lines only never need one; a floor (`fairness`) is meant of lines that bring somebody something.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from constraints.rules.forms import CompiledRule, Entries, Masks, Patterns, SeriesAutomaton
from scenarios.arrays import Flag, Int
from scenarios.grid import Grid

ACTIVE = 1
"""State of a series that joins (`constraints.rules.series.gap_automaton`) whose last period was active."""


def without_asked(grid: Grid, rules: Sequence[CompiledRule], idle: Flag) -> Flag:
    """[N, width] choices that bring nothing, less those that some rule may ask for.

    What one rule asks for may itself need more by another, so rules are asked until none asks for anything new.

    Parameters
    ----------
    idle : bool [N, width]
        Choices of slots with nothing to sell; locked lines are none of them.
    """
    forms = [form for rule in rules for form in rule.forms]
    usable = grid.allowed_flat.copy()
    for form in forms:
        if isinstance(form, Masks):
            usable &= ~form.forbidden
    idle = idle.copy()
    selling = usable & ~idle
    """Lines that a run may be long for, with what they ask for; what a run asks for is none, or it would never end."""
    while True:
        before = int(idle.sum())
        for form in forms:
            if isinstance(form, Patterns) and form.low.any():
                beside = idle.copy()
                _ask(form.entries, _columns(form, selling), beside)
                selling |= usable & idle & ~beside
                idle &= beside
                _ask(form.entries, _columns(form, usable & ~idle), idle)
            elif isinstance(form, SeriesAutomaton) and form.joins:
                _ask(form.entries, _between(form, usable & ~idle, grid.shape[2]), idle)
            elif isinstance(form, SeriesAutomaton) and form.coupled:
                _ask(form.entries, _near(form, selling, grid.shape[2]), idle)
        if int(idle.sum()) == before:
            return idle


def _ask(entries: Entries, cells: Flag, idle: Flag) -> None:
    """Take from ``idle`` what makes literals of some cells true."""
    here = cells.ravel()[entries.cell]
    np.logical_and.at(idle, entries.slot[here], ~entries.sets[entries.choice_set[here]])


def _awake(entries: Entries, choices: Flag, groups: int, columns: int) -> Flag:
    """[G, L] cells that some choice can make active."""
    can = (choices[entries.slot] & entries.sets[entries.choice_set]).any(axis=1)
    found: Int = np.bincount(entries.cell[can], minlength=groups * columns)
    return np.asarray(found > 0).reshape(groups, columns)


def _columns(form: Patterns, choices: Flag) -> Flag:
    """[G, L] columns that a pattern asks for where all others are active that can be."""
    groups, _, columns = form.low.shape
    word = _awake(form.entries, choices, groups, columns)[:, None]
    wrong = (form.low & ~word) | (word & ~form.high)
    elsewhere = wrong.sum(axis=2, keepdims=True) - wrong
    refused = np.asarray(((elsewhere > 0) | form.low).all(axis=1))
    return refused & form.low.any(axis=1)


def _between(form: SeriesAutomaton, choices: Flag, periods: int) -> Flag:
    """[G, T] periods between two that can be active, or between the past's last and one, too near for a pause."""
    awake = _awake(form.entries, choices, len(form.start), periods)
    found = np.zeros_like(awake)
    for group, word in enumerate(awake):
        last = -1 if form.start[group] == ACTIVE else periods
        for period in np.flatnonzero(word).tolist():
            if period - last < form.reach:  # a pause of less than `reach - 1` periods
                found[group, last + 1 : period] = True
            last = period
    return found


def _near(form: SeriesAutomaton, choices: Flag, periods: int) -> Flag:
    """[G, T] periods that one run of the least length can hold beside one that can be active."""
    awake = _awake(form.entries, choices, len(form.start), periods)
    found = awake.copy()
    for lag in range(1, min(form.reach - 1, periods)):  # the least length is `reach - 1`
        found[:, lag:] |= awake[:, :-lag]
        found[:, :-lag] |= awake[:, lag:]
    return found

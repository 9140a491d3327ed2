"""Rules as rows of true literals, at most so many of each: what a linear programme can see of them.

Rows of lines are such rows already. Of an automaton these follow: in any window of so many periods in a row, no word
has more than so many active ones. "At most two days in a row" and "four days of rest" say of six days that two are
active at most, if both are read together (`constraints.rules.machines`).

Left out, so that a programme allows more than the rules: periods in which one of several slots makes a group active,
patterns, pairs that must not meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from constraints.rules.forms import CompiledRule, CountRows, Entries, FloorRows, SeriesAutomaton, WindowCounts
from constraints.rules.machines import Machine, machines
from scenarios.arrays import Flag, Int


@dataclass(frozen=True, kw_only=True, eq=False)
class LiteralRows:
    """R rows over E literals: the sum of weights of a row's true literals is at most its cap."""

    row: Int
    """[E]"""
    slot: Int
    """[E]"""
    choices: Flag
    """[E, width] the choices that make a literal true."""
    weight: Int
    """[E] 1, or -1 in rows that ask for at least so many."""
    cap: Int
    """[R]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Some:
    """Rows of one form."""

    row: Int
    slot: Int
    choices: Flag
    cap: Int
    sign: int = 1


def literal_rows(rules: Iterable[CompiledRule], periods: int, width: int, opened: Int | None = None) -> LiteralRows:
    """Lay out the rows of rules for plans of ``periods``, the ``opened`` among them, and at most ``width`` choices."""
    forms = [form for rule in rules for form in rule.forms]
    some: list[_Some] = []
    for form in forms:
        if isinstance(form, CountRows):
            some.append(_of_entries(form.entries, form.cap, 1))
        elif isinstance(form, FloorRows):
            some.append(_of_entries(form.entries, form.floor, -1))
        elif isinstance(form, WindowCounts):
            some += _of_windows(form, periods)
    series = machines((form for form in forms if isinstance(form, SeriesAutomaton)), periods, (), opened)
    some += [rows for machine in series if machine.single for rows in _of_machine(machine, periods)]
    start = np.cumsum([0, *(len(each.cap) for each in some)])
    nothing = np.zeros(0, dtype=np.int64)
    return LiteralRows(
        row=np.concatenate([nothing, *(each.row + first for each, first in zip(some, start[:-1], strict=True))]),
        slot=np.concatenate([nothing, *(each.slot for each in some)]),
        choices=np.concatenate([np.zeros((0, width), dtype=bool), *(each.choices for each in some)]),
        weight=np.concatenate([nothing, *(np.full(len(each.row), each.sign) for each in some)]),
        cap=np.concatenate([nothing, *(each.sign * each.cap for each in some)]),
    )


def _of_entries(entries: Entries, cap: Int, sign: int) -> _Some:
    choices = entries.sets[entries.choice_set]
    return _Some(row=entries.cell, slot=entries.slot, choices=choices, cap=cap, sign=sign)


def _of_windows(form: WindowCounts, periods: int) -> list[_Some]:
    """Windows of groups that have one slot a period."""
    entries, most = form.entries, form.cap
    literals = np.bincount(entries.cell, minlength=len(most) * periods).reshape(len(most), periods)
    kept = (literals.max(axis=1, initial=0) <= 1)[entries.cell // periods]
    group, period = np.divmod(entries.cell[kept], periods)
    found = _spread(period, form.window, periods, last=True)
    choices = entries.sets[entries.choice_set[kept]]
    row = group[found[0]] * periods + found[1]
    return [_Some(row=row, slot=entries.slot[kept][found[0]], choices=choices[found[0]], cap=most.ravel())]


def _spread(period: Int, window: int, periods: int, *, last: bool) -> tuple[Int, Int]:
    """Which of some periods lie in which windows: their numbers, and the window's last or first period."""
    step = np.arange(window)
    edge = period[:, None] + (step if last else -step)
    inside = (edge < periods) if last else (edge >= 0) & (edge + window <= periods)
    number, place = np.nonzero(inside)
    return number, edge[number, place]


def _of_machine(machine: Machine, periods: int) -> list[_Some]:
    """Windows of one letter each, and of all letters."""
    step = tuple(map(tuple, machine.step.tolist()))
    letters = range(1, machine.step.shape[1])
    found = []
    for counted in dict.fromkeys([*((letter,) for letter in letters), tuple(letters)]):
        here = np.isin(machine.letter, counted)
        for window, most, first in _windows(step, counted, periods, machine.start):
            number, edge = _spread(machine.place[here], window, periods, last=False)
            cap = np.full(periods - window + 1, most, dtype=np.int64)
            cap[0] = first
            found.append(
                _Some(row=edge, slot=machine.slot[here][number], choices=machine.choices[here][number], cap=cap)
            )
    return found


@lru_cache(maxsize=4096)
def _windows(
    step: tuple[tuple[int, ...], ...], counted: tuple[int, ...], periods: int, start: int
) -> tuple[tuple[int, int, int], ...]:
    """Lengths of windows that say something, with the most counted periods anywhere and from the start.

    Two are enough: the shortest that cannot be full, and the one that holds the smallest share.
    """
    table = np.array(step, dtype=np.int64)
    earns = np.isin(np.arange(table.shape[1]), counted).astype(np.int64)
    never = np.int64(-periods - 1)
    most, first = [0], [0]
    best = np.zeros(len(table), dtype=np.int64)
    for _ in range(periods):
        best = np.where(table >= 0, best[table] + earns, never).max(axis=1)
        most.append(int(best.max()))
        first.append(int(best[start]))
    lengths = np.arange(1, periods + 1)
    share = np.array(most[1:]) / lengths
    if share[-1] >= 1.0 and first[-1] >= periods:
        return ()
    full = int(lengths[np.array(most[1:]) < lengths][0]) if (share < 1.0).any() else periods
    least = int(lengths[np.flatnonzero(share <= share.min() + 1e-12)[0]])
    return tuple((length, max(most[length], 0), max(first[length], 0)) for length in dict.fromkeys((full, least)))

"""Business rules in the bound: what lines pay for the rows of rules, and the best words of their automata.

The forms of `constraints.rules.forms` are priced like limits, at prices that a true plan never loses by:

- Counts of lines in a row are sums of lines, like any limit.
- A period of a group is active where any of its lines is. With a price ``u`` on activity, ``u * active`` is at least
  ``u`` times any weighted mean of the lines where ``u >= 0``, and at least ``u`` times their sum where it is negative.
  So lines pay ``u`` times their weight (or ``u``), and the group earns ``u`` for every active period of the best word
  that its rule accepts. Windows are rows of activity; automata are solved exactly, those of one series together and
  each of their letters at a price of its own (`constraints.rules.machines`); patterns are tried one by one.

Masks, locked lines and pairs that must not meet are exact: they shape the columns. So are, on small questions, automata
of a product's public lines (`planner.bound.programs.paths`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from constraints.rules.forms import (
    CompiledRule,
    CountRows,
    Entries,
    FloorRows,
    PairBans,
    Patterns,
    SeriesAutomaton,
    WindowCounts,
)
from constraints.rules.machines import Machine, machines
from constraints.rules.open_days import opened_periods
from planner.bound.never import NEVER
from planner.runtime import start_jax
from scenarios.arrays import Flag, Float, Int
from scenarios.grid import Grid

Array = Any


class Literals(NamedTuple):
    """E literals, each in one row or cell."""

    cell: Int
    """[E]"""
    slot: Int
    """[E]"""
    choices: Float
    """[E, width] 1 where a choice makes the literal true."""


class RuleRows(NamedTuple):
    """All rules of one question as arrays."""

    counted: Literals
    count_sign: Float
    """[R] +1 for at most, -1 for at least."""
    count_cap: Float
    """[R]"""
    words: Literals
    """Cells are numbered through windows, automata and patterns in this order."""
    window_cap: Float
    """[X] one per window; windows of all forms one after the other."""
    step: Int
    """[A, states, 1 + letters] next state of each automaton; the first letter is a quiet period."""
    refused: Flag
    """[A, states, 1 + letters]"""
    begin: Float
    """[A, states] 0 for the state to start in, very low elsewhere."""
    end: Float
    """[A, states] 0 where a word may end."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RuleShape:
    """What shapes the computation."""

    slots: int
    width: int
    periods: int
    windows: tuple[tuple[int, int], ...]
    """Groups and window length of each form."""
    automata: int
    letters: int
    """Of every automaton, beside the quiet one; some may read fewer."""
    patterns: tuple[tuple[Flag, Flag], ...]
    """``low`` and ``high`` of each form, [G, M, L]."""
    cells: int
    """Word cells in all."""


def _of_entries(entries: Entries) -> Literals:
    return Literals(entries.cell, entries.slot, entries.sets[entries.choice_set].astype(float))


def _literals(found: list[tuple[Literals, int]], width: int) -> Literals:
    """All literals one after the other, the cells of each list moved by its offset."""
    nothing = np.zeros(0, dtype=np.int64)
    return Literals(
        cell=np.concatenate([nothing, *(some.cell + offset for some, offset in found)]).astype(np.int64),
        slot=np.concatenate([nothing, *(some.slot for some, _ in found)]).astype(np.int64),
        choices=np.concatenate([np.zeros((0, width)), *(some.choices for some, _ in found)]),
    )


def pair_bans(rules: Iterable[CompiledRule]) -> Flag | None:
    """[S, K, T, P, Q] pairs that must not meet; None without any."""
    table = None
    for form in (form for rule in rules for form in rule.forms):
        if isinstance(form, PairBans):
            here = form.cells[..., None, None] & form.table[None, :, None]
            table = here if table is None else table | here
    return table


def rule_automata(rules: Iterable[CompiledRule], grid: Grid) -> list[Machine]:
    """Automata of the rules of a grid, those of one series as one."""
    rules = tuple(rules)
    series = (form for rule in rules for form in rule.forms if isinstance(form, SeriesAutomaton))
    return machines(series, grid.shape[2], (word for rule in rules for word in rule.words), opened_periods(grid))


def rule_rows(rules: Iterable[CompiledRule], automata: list[Machine], grid: Grid) -> tuple[RuleRows, RuleShape]:
    """Lay out the rules of a grid, and those of its automata that are priced.

    Forms that are not known here are left out, which only raises the bound.
    """
    periods, width = grid.shape[2], grid.width
    forms = [form for rule in rules for form in rule.forms if not (rule.words and isinstance(form, Patterns))]
    counts = [form for form in forms if isinstance(form, CountRows | FloorRows)]
    counted: list[tuple[Literals, int]] = []
    words: list[tuple[Literals, int]] = []
    sign, cap, rows, cells = [], [], 0, 0
    for count in counts:
        most = count.cap if isinstance(count, CountRows) else count.floor
        counted.append((_of_entries(count.entries), rows))
        cap.append(most.astype(float))
        sign.append(np.full(len(most), 1.0 if isinstance(count, CountRows) else -1.0))
        rows += len(most)
    windows = [form for form in forms if isinstance(form, WindowCounts)]
    patterns = [form for form in forms if isinstance(form, Patterns)]
    states = max([1, *(len(machine.step) for machine in automata)])
    letters = max([1, *(machine.step.shape[1] - 1 for machine in automata)])
    for form in windows:
        words.append((_of_entries(form.entries), cells))
        cells += form.cap.size
    for machine in automata:
        cell = (machine.letter - 1) * periods + machine.place
        words.append((Literals(cell, machine.slot, machine.choices.astype(float)), cells))
        cells += letters * periods
    for pattern in patterns:
        words.append((_of_entries(pattern.entries), cells))
        cells += pattern.low.shape[0] * pattern.low.shape[2]
    step = np.full((len(automata), states, 1 + letters), -1, dtype=np.int64)
    begin, end = np.full(step.shape[:2], NEVER), np.full(step.shape[:2], NEVER)
    for number, machine in enumerate(automata):
        known, read = machine.step.shape
        step[number, :known, :read] = machine.step
        begin[number, machine.start] = 0.0
        end[number, :known] = np.where(machine.accept, 0.0, NEVER)
    nothing = np.zeros(0)
    return RuleRows(
        counted=_literals(counted, width),
        count_sign=np.concatenate([nothing, *sign]),
        count_cap=np.concatenate([nothing, *cap]),
        words=_literals(words, width),
        window_cap=np.concatenate([nothing, *(form.cap.ravel().astype(float) for form in windows)]),
        step=np.maximum(step, 0),
        refused=step < 0,
        begin=begin,
        end=end,
    ), RuleShape(
        slots=grid.slots,
        width=width,
        periods=periods,
        windows=tuple((len(form.cap), form.window) for form in windows),
        automata=len(automata),
        letters=letters,
        patterns=tuple((form.low, form.high) for form in patterns),
        cells=cells,
    )


def _add(values: Array, index: Int, size: int, xp: Any) -> Array:
    """Sum rows of values by index."""
    if xp is np:
        total = np.zeros((size, *values.shape[1:]))
        np.add.at(total, index, values)
        return total
    return xp.zeros((size, *values.shape[1:]), values.dtype).at[index].add(values)


def _shares(logits: Array, cell: Int, size: int, xp: Any) -> Array:
    """[E] weights of the literals of a cell, positive and adding up to 1."""
    if xp is np:
        top = np.full(size, -np.inf)
        np.maximum.at(top, cell, logits)
    else:
        top = xp.full(size, -xp.inf, logits.dtype).at[cell].max(start_jax().lax.stop_gradient(logits))
    weight = xp.exp(logits - top[cell])
    return weight / _add(weight, cell, size, xp)[cell]


def rule_charges(
    count: Array, window: Array, word: Array, logits: Array, rows: RuleRows, shape: RuleShape, xp: Any
) -> tuple[Array, Array]:
    """What every choice of every slot pays for the rules, and what the rules earn at most.

    Parameters
    ----------
    count
        [R] prices >= 0 of rows of lines.
    window
        [X] prices >= 0 of windows.
    word
        [cells of automata and patterns] price of activity, of any sign.
    logits
        [E] of the literals' weights in their cells.

    Returns
    -------
    [N, width] and a number
    """
    kind = count.dtype
    t = shape.periods
    charge = xp.zeros((shape.slots, shape.width), kind)
    earned = (count * rows.count_sign * rows.count_cap).sum() + (window * rows.window_cap).sum()
    if len(rows.count_cap):
        paid = (count * rows.count_sign)[rows.counted.cell]
        charge = charge + _add(paid[:, None] * rows.counted.choices, rows.counted.slot, shape.slots, xp)
    if not shape.cells:
        return charge, earned
    active, start = [], 0
    for groups, length in shape.windows:
        price = window[start : start + groups * t].reshape(groups, t)
        ahead = xp.cumsum(price[:, ::-1], axis=1)[:, ::-1]
        beyond = xp.concatenate([ahead[:, length:], xp.zeros((groups, min(length, t)), kind)], axis=1)
        active.append((ahead - beyond).ravel())
        start += groups * t
    active.append(word)
    price = xp.concatenate(active)
    weight = _shares(logits, rows.words.cell, shape.cells, xp)
    here = price[rows.words.cell]
    paid = here * xp.where(here > 0, weight, 1.0)
    charge = charge + _add(paid[:, None] * rows.words.choices, rows.words.slot, shape.slots, xp)
    first = shape.automata * shape.letters * t
    if shape.automata:
        earned = earned + _best_words(word[:first].reshape(-1, shape.letters, t), rows, xp).sum()
    for low, high in shape.patterns:
        groups, _, columns = low.shape
        gain = word[first : first + groups * columns].reshape(groups, 1, columns)
        fits = xp.where(low, gain, xp.where(high, xp.maximum(gain, 0.0), 0.0)).sum(axis=-1)
        earned = earned + fits.max(axis=1).sum()
        first += groups * columns
    return charge, earned


def _best_words(gain: Array, rows: RuleRows, xp: Any) -> Array:
    """[A] gain of the best word of each automaton; ``gain`` is [A, letters, T] per period that reads a letter."""
    groups = np.arange(len(rows.step))[:, None, None]
    quiet = xp.zeros_like(gain[:, :1])
    read = xp.moveaxis(xp.concatenate([quiet, gain], axis=1), -1, 0)

    def step(value: Array, here: Array) -> tuple[Array, None]:
        later = value[groups, rows.step] + here[:, None]
        return xp.where(rows.refused, NEVER, later).max(axis=-1), None

    if xp is np:
        value = rows.end
        for here in read[::-1]:
            value, _ = step(value, here)
    else:
        value, _ = start_jax().lax.scan(step, xp.asarray(rows.end, gain.dtype), read, reverse=True)
    return (value + rows.begin).max(axis=1)

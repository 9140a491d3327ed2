"""Offers that are sent once, as the programs carry them: whoever is sent one holds it on all days of its validity.

A validity has all of its days at one level or none (`constraints.rules.kinds.valid`), and its message stands on the
first of them alone. Prices of single days tell that poorly: each would have to take what its day brings back to the day
of the sending, before any of it stands against the message. A program that knows what is out in a series needs no such
prices: nothing is, or a level of an offer, until the last day of its validity.

Letters as in `planner.bound.tables`; B states of what is out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from constraints.rules.forms import CompiledRule, Patterns
from planner.bound.tables import Columns
from scenarios.arrays import Int
from scenarios.grid import Grid

MANY_LINES_OUT = 1_000_000
"""Periods, series, columns and states of what is out, multiplied, up to which programs carry validities."""


class Validity(NamedTuple):
    """One validity at one level, in one series."""

    slots: tuple[int, ...]
    """Of its days, in their order."""
    level: tuple[int, ...]
    """Choices that stand for the level, on the day of the sending and later."""
    must: bool
    """Whether it was sent before the horizon."""


class Outstanding(NamedTuple):
    """What may be out in each series of a block."""

    step: Int
    """[B, T, S, K, C] next state, -1 where a column may not stand; nothing is out in state 0."""
    begin: Int
    """[S, K]"""


def carried_validities(
    rules: tuple[CompiledRule, ...], columns: Columns, orders: Columns, grid: Grid
) -> tuple[Outstanding | None, Outstanding | None, tuple[CompiledRule, ...]]:
    """What may be out in the series of products, and in those of baskets, and the rules that are left to prices."""
    found = {rule.id: _validities(rule) for rule in rules}

    def of(block: int) -> list[Validity]:
        return [each for own in found.values() for each in own if grid.slot(each.slots[0]).block == block]

    on_products, on_baskets = outstanding(of(1), columns, grid), outstanding(of(3), orders, grid)
    carried = {1: on_products is not None, 3: on_baskets is not None}
    left = tuple(
        _without_words(rule) if any(carried[grid.slot(each.slots[0]).block] for each in found[rule.id]) else rule
        for rule in rules
    )
    return on_products, on_baskets, left


def _validities(rule: CompiledRule) -> list[Validity]:
    """The validities that a rule asks for; those of one offer are all on products or all on baskets."""
    words = [form for form in rule.forms if rule.kind == "valid" and isinstance(form, Patterns)]
    return [each for form in words for each in _read(form)]


def _without_words(rule: CompiledRule) -> CompiledRule:
    return replace(rule, forms=tuple(form for form in rule.forms if not isinstance(form, Patterns)))


def _read(form: Patterns) -> Iterator[Validity]:
    entries = form.entries
    levels = [tuple(np.flatnonzero(row).tolist()) for row in entries.sets]
    order = np.argsort(entries.cell, kind="stable")
    ends = np.searchsorted(entries.cell[order] // form.low.shape[2], np.arange(len(form.low) + 1))
    for word, low in enumerate(form.low):
        rows = order[ends[word] : ends[word + 1]]
        level = levels[int(entries.choice_set[rows[0]])]
        yield Validity(tuple(entries.slot[rows].tolist()), level, bool(low[0].any()))


def outstanding(found: Sequence[Validity], columns: Columns, grid: Grid) -> Outstanding | None:
    """What may be out in the series of a block of targeted lines, from the validities there.

    None where that is nothing, where it is too much to carry, and where two validities can be out at once in a series,
    so that one state does not say what is.
    """
    if not found:
        return None
    s, _, t = grid.shape
    k, first = len(columns.pair), grid.offsets[grid.slot(found[0].slots[0]).block]
    states = {level: number for number, level in enumerate(sorted({each.level for each in found}), start=1)}
    lines = (1 + len(states)) * s * columns.pair.size * t
    if lines > MANY_LINES_OUT or not _exclude_each_other(found, first, t):
        return None
    step = np.zeros((1 + len(states), t, s, k, columns.pair.shape[1]), dtype=np.int64)
    step += np.arange(len(step)).reshape(-1, 1, 1, 1, 1)
    begin = np.zeros((s, k), dtype=np.int64)
    alike: dict[tuple[tuple[int, ...], tuple[int, ...], bool], list[int]] = {}
    for each in found:
        alike.setdefault((_periods(each, first, t), each.level, each.must), []).append((each.slots[0] - first) // t)
    for (periods, level, must), series in alike.items():
        segment, product = np.divmod(np.array(series), k)
        state, held = states[level], np.isin(columns.targeted[product], level)
        if must:
            begin[segment, product] = state
        for number, period in enumerate(periods):
            row = step[:, period, segment, product]
            row[:, held] = -1
            if number or must:
                row[state, ~held] = -1
            row[state if number or must else 0, held] = state if period != periods[-1] else 0
            step[:, period, segment, product] = row
    return Outstanding(step=step, begin=begin)


def _periods(each: Validity, first: int, periods: int) -> tuple[int, ...]:
    return tuple((slot - first) % periods for slot in each.slots)


def _exclude_each_other(found: Sequence[Validity], first: int, periods: int) -> bool:
    """Whether validities of a series of which one begins before another ends share a day, where a slot holds one."""
    by_series: dict[int, list[tuple[tuple[int, ...], int]]] = {}
    for each in found:
        days = _periods(each, first, periods)
        by_series.setdefault((each.slots[0] - first) // periods, []).append((days, -1 if each.must else days[0]))
    return not any(
        begins <= other[-1] and starts <= days[-1] and set(days).isdisjoint(other)
        for own in {tuple(each) for each in by_series.values()}
        for (days, begins), (other, starts) in combinations(own, 2)
    )

"""Rules on one series of slots, read by one automaton together.

Two automata that are priced one by one say little about what both accept. "At most two days of flash sale in a row" and
"four days of rest between two runs" leave two days of six; the averages of words that the first accepts and of words
that the second accepts have two days of three in common. So automata that read the same slots are made into one. Its
letters are the sets of automata for which a choice counts: two flash sales of a product may share their rest, and each
has its own longest run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from constraints.rules.forms import SeriesAutomaton

Ints = NDArray[np.int64]
Bool = NDArray[np.bool_]
Table = tuple[tuple[int, ...], ...]
"""[states][letters] next states, -1 where a word is refused; hashable."""

MANY_STATES = 200
"""Automata of a series that need more states than this together are read in several groups."""
MANY_AUTOMATA = 60
"""Automata of one group at most: each has a bit of a letter."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Machine:
    """An automaton over one group of literals; a period without any true one reads letter 0."""

    slot: Ints
    """[E]"""
    period: Ints
    """[E]"""
    letter: Ints
    """[E] from 1 on: what a true literal lets the automaton read."""
    choices: Bool
    """[E, width] the choices that make a literal true."""
    start: int
    step: Ints
    """[states, 1 + letters] next state, -1 where the word is refused."""
    accept: Bool
    """[states] where a word may end."""

    @property
    def single(self) -> bool:
        """Whether it reads one series of slots, so that each period has one true literal at most."""
        return _series(self.slot, self.period) is not None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Member:
    """One group of one form."""

    form: SeriesAutomaton
    start: int
    slot: Ints
    period: Ints
    choices: Bool


def machines(forms: Iterable[SeriesAutomaton], periods: int) -> list[Machine]:
    """Automata of some forms, those of one series as one.

    Parameters
    ----------
    forms
        What rules compiled to.
    periods
        T; entry cells of the forms are ``group * T + period``.
    """
    together: dict[object, list[_Member]] = {}
    for form in forms:
        order = np.argsort(form.entries.cell, kind="stable")
        ends = np.searchsorted(form.entries.cell[order] // periods, np.arange(len(form.start) + 1))
        for group, start in enumerate(form.start):
            rows = order[ends[group] : ends[group + 1]]
            member = _Member(
                form=form,
                start=int(start),
                slot=form.entries.slot[rows],
                period=form.entries.cell[rows] % periods,
                choices=form.entries.sets[form.entries.choice_set[rows]],
            )
            together.setdefault(_reads(member), []).append(member)
    found: list[Machine] = []
    for members in together.values():
        while members:
            joint, members = _joined(members)
            found.append(joint)
    return found


def _reads(member: _Member) -> object:
    """What a member reads, the same for members that may be joined: a series of slots, or exactly these literals."""
    series = _series(member.slot, member.period)
    if series is not None:
        return series
    return member.slot.tobytes(), member.period.tobytes(), member.choices.tobytes()


def _series(slot: Ints, period: Ints) -> int | None:
    """Slot of the first period of the series that all slots are of; None where they are of several."""
    first = slot - period
    return int(first[0]) if len(first) and (first == first[0]).all() else None


def _joined(members: list[_Member]) -> tuple[Machine, list[_Member]]:
    """One machine of as many members as its states allow, the first in any case, and the members left over."""
    chosen, left = members[:1], []
    letters = _letters(chosen)
    table = _table(chosen, letters)
    for member in members[1:]:
        several = [*chosen, member]
        read = _letters(several) if len(several) <= MANY_AUTOMATA else None
        joint = None if read is None else _table(several, read)
        if read is None or joint is None:
            left.append(member)
        else:
            chosen, letters, table = several, read, joint
    if table is None:
        raise AssertionError("an automaton by itself is never too large")
    step, accept = table
    codes, places = letters
    slot, period, letter, choices = places
    machine = Machine(
        slot=slot,
        period=period,
        letter=letter,
        choices=choices,
        start=0,
        step=np.array(step, dtype=np.int64).reshape(-1, 1 + len(codes)),
        accept=np.array(accept, dtype=bool),
    )
    return machine, left


def _letters(members: list[_Member]) -> tuple[tuple[int, ...], tuple[Ints, Ints, Ints, Bool]]:
    """Letters that some members read, as bits of who counts it, and literals: slot, period, letter and choices."""
    first = members[0]
    series, width = _series(first.slot, first.period), first.choices.shape[1]
    if series is None or not any(member.choices.any() for member in members):
        code = (1 << len(members)) - 1
        return (code,), (first.slot, first.period, np.ones_like(first.slot), first.choices)
    counted = np.zeros((1 + max(int(member.period.max()) for member in members), width), dtype=np.int64)
    for number, member in enumerate(members):
        counted[member.period] |= member.choices.astype(np.int64) << number
    codes = tuple(int(code) for code in np.unique(counted[counted > 0]))
    found = [(number, counted == code) for number, code in enumerate(codes, start=1)]
    rows = [(np.flatnonzero(here.any(axis=1)), number, here) for number, here in found]
    period = np.concatenate([at for at, _, _ in rows])
    letter = np.concatenate([np.full(len(at), number) for at, number, _ in rows])
    return codes, (series + period, period, letter, np.concatenate([here[at] for at, _, here in rows]))


def _table(members: list[_Member], letters: tuple[tuple[int, ...], object]) -> tuple[Table, tuple[bool, ...]] | None:
    """Steps and ends of the members' automata together, beginning in state 0; None where they are too many states."""
    alone = tuple(tuple(map(tuple, member.form.step.tolist())) for member in members)
    ends = tuple(
        (True,) * len(member.form.step) if member.form.accept is None else tuple(member.form.accept.tolist())
        for member in members
    )
    return _reachable(alone, ends, tuple(member.start for member in members), letters[0])


@lru_cache(maxsize=4096)
def _reachable(
    alone: tuple[Table, ...], ends: tuple[tuple[bool, ...], ...], start: tuple[int, ...], codes: tuple[int, ...]
) -> tuple[Table, tuple[bool, ...]] | None:
    """The product of some automata, as far as its start leads."""
    number = {start: 0}
    states: list[tuple[int, ...]] = [start]
    rows: list[tuple[int, ...]] = []
    while len(rows) < len(states):
        here, row = states[len(rows)], []
        for code in (0, *codes):
            following = tuple(
                step[state][code >> place & 1] for place, (step, state) in enumerate(zip(alone, here, strict=True))
            )
            if min(following) < 0:
                row.append(-1)
                continue
            if following not in number:
                if len(alone) > 1 and len(states) == MANY_STATES:
                    return None
                number[following] = len(states)
                states.append(following)
            row.append(number[following])
        rows.append(tuple(row))
    return tuple(rows), tuple(all(may[state] for may, state in zip(ends, here, strict=True)) for here in states)

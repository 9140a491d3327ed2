"""Rules on one series of slots, read by one automaton together.

Two automata that are priced one by one say little about what both accept. "At most two days of flash sale in a row" and
"four days of rest between two runs" leave two days of six; the averages of words that the first accepts and of words
that the second accepts have two days of three in common. So automata that read the same slots are made into one. Its
letters are the sets of automata for which a choice counts: two flash sales of a product may share their rest, and each
has its own longest run. A price rule has letters of its own, one a price level.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import mul

import numpy as np

from constraints.rules.forms import SeriesAutomaton, Words
from scenarios.arrays import Flag, Int

Table = tuple[tuple[int, ...], ...]
"""[states][letters] next states, -1 where a word is refused; hashable."""

MANY_STATES = 200
"""Automata of a series that need more states than this together are read in several groups."""
MANY_LETTERS = 2**60
"""Letters of the automata of one group, multiplied, at most: a letter of the group is one number."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Machine:
    """An automaton over one group of literals; an open period without any true one reads letter 0."""

    slot: Int
    """[E]"""
    period: Int
    """[E]"""
    place: Int
    """[E] which letter of the word a period gives: closed periods give none, so that later ones come earlier."""
    letter: Int
    """[E] from 1 on: what a true literal lets the automaton read."""
    choices: Flag
    """[E, width] the choices that make a literal true."""
    start: int
    step: Int
    """[states, 1 + letters] next state, -1 where the word is refused."""
    accept: Flag
    """[states] where a word may end."""

    @property
    def single(self) -> bool:
        """Whether it reads one series of slots, so that each period has one true literal at most."""
        return _series(self.slot, self.period) is not None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Member:
    """One group of one form, or the words of one series."""

    start: int
    slot: Int
    period: Int
    letters: Int
    """[E, width] what choices let it read; 0 counts nothing."""
    step: Table
    accept: tuple[bool, ...]

    @property
    def count(self) -> int:
        """Letters, the quiet one among them."""
        return len(self.step[0])


def machines(
    forms: Iterable[SeriesAutomaton], periods: int, words: Iterable[Words] = (), opened: Int | None = None
) -> list[Machine]:
    """Automata of some forms, those of one series as one.

    Parameters
    ----------
    forms
        What rules compiled to.
    periods
        T; entry cells of the forms are ``group * T + place``, a place being that among the open periods.
    words
        Series with letters of their own.
    opened
        The open periods; all without it.
    """
    opened = np.arange(periods) if opened is None else opened
    together: dict[object, list[_Member]] = {}
    for word in words:
        member = _Member(
            start=word.start,
            slot=word.slots[opened],
            period=opened,
            letters=np.broadcast_to(word.letters, (len(opened), len(word.letters))),
            step=_hashable(word.step),
            accept=(True,) * len(word.step),
        )
        together.setdefault(_reads(member), []).append(member)
    for form in forms:
        order = np.argsort(form.entries.cell, kind="stable")
        ends = np.searchsorted(form.entries.cell[order] // periods, np.arange(len(form.start) + 1))
        step = _hashable(form.step)
        accept = (True,) * len(step) if form.accept is None else tuple(form.accept.tolist())
        for group, start in enumerate(form.start):
            rows = order[ends[group] : ends[group + 1]]
            member = _Member(
                start=int(start),
                slot=form.entries.slot[rows],
                period=opened[form.entries.cell[rows] % periods],
                letters=form.entries.sets[form.entries.choice_set[rows]].astype(np.int64),
                step=step,
                accept=accept,
            )
            together.setdefault(_reads(member), []).append(member)
    found: list[Machine] = []
    for members in together.values():
        while members:
            joint, members = _joined(members, opened)
            found.append(joint)
    return found


def _hashable(step: Int) -> Table:
    return tuple(map(tuple, step.tolist()))


def _reads(member: _Member) -> object:
    """What a member reads, the same for members that may be joined: a series of slots, or exactly these literals."""
    series = _series(member.slot, member.period)
    if series is not None:
        return series
    return member.slot.tobytes(), member.period.tobytes(), member.letters.tobytes()


def _series(slot: Int, period: Int) -> int | None:
    """Slot of the first period of the series that all slots are of; None where they are of several."""
    first = slot - period
    return int(first[0]) if len(first) and (first == first[0]).all() else None


def _joined(members: list[_Member], opened: Int) -> tuple[Machine, list[_Member]]:
    """One machine of as many members as its states allow, the first in any case, and the members left over."""
    chosen, left = members[:1], []
    letters = _letters(chosen)
    table = _table(chosen, letters)
    for member in members[1:]:
        several = [*chosen, member]
        read = _letters(several) if math.prod(each.count for each in several) <= MANY_LETTERS else None
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
        place=np.searchsorted(opened, period),
        letter=letter,
        choices=choices,
        start=0,
        step=np.array(step, dtype=np.int64).reshape(-1, 1 + len(codes)),
        accept=np.array(accept, dtype=bool),
    )
    return machine, left


def _letters(members: list[_Member]) -> tuple[tuple[int, ...], tuple[Int, Int, Int, Flag]]:
    """Letters that some members read, each the digits of what every member reads, and literals.

    A literal is slot, period, letter and choices.
    """
    first, places = members[0], _places(members)
    series, width = _series(first.slot, first.period), first.letters.shape[1]
    if series is None or not any(member.letters.any() for member in members):
        return (sum(places),), (first.slot, first.period, np.ones_like(first.slot), first.letters > 0)
    counted = np.zeros((1 + max(int(member.period.max()) for member in members), width), dtype=np.int64)
    for place, member in zip(places, members, strict=True):
        counted[member.period] += place * member.letters
    codes = tuple(int(code) for code in np.unique(counted[counted > 0]))
    found = [(number, counted == code) for number, code in enumerate(codes, start=1)]
    rows = [(np.flatnonzero(here.any(axis=1)), number, here) for number, here in found]
    period = np.concatenate([at for at, _, _ in rows])
    letter = np.concatenate([np.full(len(at), number) for at, number, _ in rows])
    return codes, (series + period, period, letter, np.concatenate([here[at] for at, _, here in rows]))


def _table(members: list[_Member], letters: tuple[tuple[int, ...], object]) -> tuple[Table, tuple[bool, ...]] | None:
    """Steps and ends of the members' automata together, beginning in state 0; None where they are too many states."""
    alone, ends = tuple(member.step for member in members), tuple(member.accept for member in members)
    return _reachable(alone, ends, tuple(member.start for member in members), letters[0])


def _places(members: list[_Member]) -> tuple[int, ...]:
    """What one letter of each member counts in a letter of all."""
    return tuple(accumulate((member.count for member in members[:-1]), mul, initial=1))


@lru_cache(maxsize=4096)
def _reachable(
    alone: tuple[Table, ...], ends: tuple[tuple[bool, ...], ...], start: tuple[int, ...], codes: tuple[int, ...]
) -> tuple[Table, tuple[bool, ...]] | None:
    """The product of some automata, as far as its start leads."""
    places = tuple(accumulate((len(step[0]) for step in alone[:-1]), mul, initial=1))
    number = {start: 0}
    states: list[tuple[int, ...]] = [start]
    rows: list[tuple[int, ...]] = []
    while len(rows) < len(states):
        here, row = states[len(rows)], []
        for code in (0, *codes):
            following = tuple(
                step[state][code // place % len(step[0])]
                for place, step, state in zip(places, alone, here, strict=True)
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

"""Series at work: rules on which periods of a group are active, as automata or as window counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np

from constraints.enforce.changes import Losses, cheapest_per_cell
from constraints.enforce.protocol import EntryIndex, Moves, SubModel, Words, by_rule, merge, place_in_group
from constraints.rules.column_patterns import only
from constraints.rules.forms import Entries
from scenarios.arrays import Flag, Float, Int, Plan

_NEVER = np.iinfo(np.int64).max
EPSILON = 1e-9
"""Loss of a change in itself, so that of equal words the nearest one is taken."""


class _View(NamedTuple):
    """What a plan makes of the groups."""

    true: Flag
    """[E] literals."""
    literals: Int
    """[G * T] true literals."""
    words: Flag
    """[G, T] active periods."""
    flips: Flag
    """[G * T] periods whose flip keeps the rule."""


class Series(ABC):
    """Groups of literals over periods; a period is active where any literal is true.

    Subclasses say which flips of one period a group bears. Because a rule only looks at windows of ``reach`` periods,
    flips at least ``reach`` periods apart do not meet in any window and are safe together.
    """

    def __init__(self, forms: list[tuple[str, Entries, int]], periods: int, reach: int, slots: int) -> None:
        """Take forms as rule id, entries and number of groups."""
        self.rule_ids = tuple(rule for rule, _, _ in forms)
        sizes = [groups for _, _, groups in forms]
        self._owner = np.repeat(np.arange(len(forms)), sizes)
        self._entries = merge([entries for _, entries, _ in forms], [groups * periods for groups in sizes])
        self._groups, self._periods, self._reach = sum(sizes), periods, reach
        self._index = EntryIndex(entries=self._entries, slots=slots, cells=self._groups * periods)
        self._last: tuple[bytes, _View] | None = None

    @abstractmethod
    def bad_periods(self, active: Flag) -> Flag:
        """[..., G, T] where words [..., G, T] break the rule."""

    @abstractmethod
    def flips(self, active: Flag) -> Flag:
        """[G, T] single flips after which a group keeps the rule."""

    @abstractmethod
    def cheapest(self, rows: Int, active: Flag, cost: Float) -> Flag:
        """[rows, T] what stays active at least cost of silencing; unchanged where silencing cannot mend a group."""

    @abstractmethod
    def add_word(self, sub: SubModel, group: int, word: list[Any]) -> None:
        """Add the rule for one group; the word's letters are literals or the constants 0 and 1."""

    def _count(self, true: Flag) -> Int:
        count = np.bincount(self._entries.cell, weights=true, minlength=self._groups * self._periods)
        return count.astype(np.int64)

    def _words(self, count: Int) -> Flag:
        return (count > 0).reshape(self._groups, self._periods)

    def _view(self, plan: Plan) -> _View:
        """Read a plan; the last answer is kept, as one plan is asked several questions."""
        key = plan.tobytes()
        if self._last is None or self._last[0] != key:
            true = self._entries.active(plan)
            count = self._count(true)
            words = self._words(count)
            self._last = key, _View(true, count, words, self.flips(words).ravel())
        return self._last[1]

    def broken(self, plans: Plan) -> Int:
        """[P, rules] periods at which groups break each rule."""
        words = self._index.counted(plans) > 0
        bad = self.bad_periods(words.reshape(len(plans), self._groups, self._periods))
        return by_rule(bad.sum(axis=2), self._owner, len(self.rule_ids))

    def restrict(self, plan: Plan, allowed: Words) -> None:
        """Let no slot flip a period that must stay as it is."""
        view = self._view(plan)
        cell = self._entries.cell
        held = np.flatnonzero((view.literals[cell] == view.true) & ~view.flips[cell])
        self._index.restrict(allowed, held, view.true[held])

    def compatible(self, plan: Plan, moves: Moves) -> Flag:
        """Keep moves that flip periods far enough apart, and those that flip none."""
        view = self._view(plan)
        owner, entry = self._index.of_slots(moves.slots)
        choice_set = self._entries.choice_set[entry]
        before, after = view.true[entry], self._entries.sets[choice_set, moves.choices[owner]]
        cell = self._entries.cell[entry]
        waking = ~before & after & (view.literals[cell] == 0)
        leaving = np.flatnonzero(before & ~after)
        last = leaving[place_in_group(cell[leaving]) == view.literals[cell[leaving]] - 1]
        flipping = np.concatenate([np.flatnonzero(waking), last])
        rank = np.full(self._groups * self._periods, _NEVER)
        np.minimum.at(rank, cell[flipping], owner[flipping])
        rank[~view.flips] = _NEVER
        chosen = _spaced(rank.reshape(self._groups, self._periods), self._reach).ravel()
        kept = np.ones(len(moves.slots), dtype=bool)
        kept[owner[flipping[~chosen[cell[flipping]]]]] = False
        return kept

    def mend(self, plan: Plan, loss: Float, fixed: Flag) -> Int:
        """Silence the cheapest periods of broken groups."""
        true = self._entries.active(plan)
        active = self._words(self._count(true))
        rows = np.flatnonzero(self.bad_periods(active).any(axis=1))
        if not len(rows):
            return np.zeros(0, dtype=np.int64)
        slot = self._entries.slot
        price = np.where(fixed[slot], np.inf, np.maximum(loss[slot], 0.0) + 1e-9)
        price[~true] = 0.0
        cost = np.zeros(active.size)
        np.add.at(cost, self._entries.cell, price)
        left = active.copy()
        left[rows] = self.cheapest(rows, active[rows], cost.reshape(active.shape)[rows])
        silenced: Flag = (active & ~left).ravel()
        return self._index.slots_of(true & silenced[self._entries.cell] & ~fixed[slot])

    def involved(self, plan: Plan) -> Int:
        """Slots of broken groups."""
        bad: Flag = np.asarray(self.bad_periods(self._words(self._count(self._entries.active(plan)))).any(axis=1))
        return self._index.slots_of(bad[self._entries.cell // self._periods])

    def connected(self, slots: Int) -> Int:
        """Slots of all groups that some slots take part in."""
        _, entry = self._index.of_slots(slots)
        groups = np.zeros(self._groups, dtype=bool)
        groups[self._entries.cell[entry] // self._periods] = True
        return self._index.slots_of(groups[self._entries.cell // self._periods])

    def add_to(self, sub: SubModel) -> None:
        """Add the words of groups with free slots."""
        entries = self._entries
        free = sub.free[entries.slot]
        awake = self._count(entries.active(sub.plan) & ~free) > 0
        for group in np.unique(entries.cell[free] // self._periods):
            word: list[Any] = []
            for cell in range(int(group) * self._periods, (int(group) + 1) * self._periods):
                literals = [
                    literal
                    for entry in self._index.in_cell(cell)
                    if free[entry]
                    for literal in sub.of(int(entries.slot[entry]), entries.sets[entries.choice_set[entry]])
                ]
                word.append(1 if awake[cell] else _any_of(sub, literals))
            self.add_word(sub, int(group), word)


class FittingSeries(Series):
    """Series whose broken words can be turned into accepted ones by waking periods, too: they may ask for lines."""

    coupled = False
    """Whether going from one accepted word to another may take several changes that are wrong one by one."""

    @abstractmethod
    def fitting(self, rows: Int, active: Flag, silence: Float, wake: Float) -> Flag:
        """[rows, T] accepted words of least cost of silencing and waking; unchanged where there is none."""

    def blocks(self, plan: Plan) -> list[Int]:
        """Slots of lines that can only go together."""
        return []

    def settle(self, plan: Plan, losses: Losses) -> Moves:
        """Silence and wake periods of broken groups at least loss."""
        entries, slot = self._entries, self._entries.slot
        true = entries.active(plan)
        active = self._words(self._count(true))
        rows = np.flatnonzero(self.bad_periods(active).any(axis=1))
        silence = np.zeros(active.size)
        np.add.at(silence, entries.cell[true], losses.clear[slot[true]] + EPSILON)
        concerned = np.zeros(self._groups, dtype=bool)
        concerned[rows] = True
        asked = np.flatnonzero(concerned[entries.cell // self._periods])
        cost, choice = losses.waking(only(entries, asked))
        comes = cheapest_per_cell(cost, entries.cell[asked], active.size)
        wake = np.append(cost + EPSILON, np.inf)[comes].reshape(active.shape)
        word = active.copy()
        word[rows] = self.fitting(rows, active[rows], silence.reshape(active.shape)[rows], wake[rows])
        gone: Flag = (active & ~word).ravel()
        leaving = self._index.slots_of(true & gone[entries.cell])
        coming = comes[np.flatnonzero((word & ~active).ravel())]
        slots = np.concatenate([leaving, slot[asked][coming]])
        choices = np.concatenate([np.zeros(len(leaving), dtype=np.int64), choice[coming]])
        return Moves(slots=slots, choices=choices)


def _any_of(sub: SubModel, literals: list[Any]) -> Any:
    """Return a literal that is true exactly if one of some literals is."""
    if len(literals) < 2:
        return literals[0] if literals else 0
    result = sub.model.new_bool_var("")
    sub.model.add_max_equality(result, literals)
    return result


def _spaced(rank: Int, reach: int) -> Flag:
    """Choose cells [G, T] with a rank so that two of one group lie at least ``reach`` apart, low ranks first."""
    rank = rank.copy()
    chosen = np.zeros(rank.shape, dtype=bool)
    periods = rank.shape[1]
    while True:
        rows = np.flatnonzero((rank < _NEVER).any(axis=1))
        if not len(rows):
            return chosen
        here = rank[rows]
        best = here.copy()
        for lag in range(1, min(reach, periods)):
            best[:, lag:] = np.minimum(best[:, lag:], here[:, :-lag])
            best[:, :-lag] = np.minimum(best[:, :-lag], here[:, lag:])
        winner = (here == best) & (here < _NEVER)
        near = winner.copy()
        for lag in range(1, min(reach, periods)):
            near[:, lag:] |= winner[:, :-lag]
            near[:, :-lag] |= winner[:, lag:]
        chosen[rows] |= winner
        rank[rows] = np.where(near, _NEVER, here)

"""Patterns at work: each group's word must fit one of its patterns (never_with, only_after, all_or_nothing, cycle).

A column of a word is not a period but whatever the rule compares, so that one slot may have literals in several columns
of a group (its choices then move several columns at once): these *twins* are tried choice by choice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from constraints.enforce.protocol import Moves, SubModel, Words, place_in_group
from constraints.enforce.series import FittingSeries
from constraints.rules.forms import Patterns as PatternsForm
from scenarios.arrays import Flag, Float, Int, Plan

_NEVER = np.iinfo(np.int64).max


class _Twins(NamedTuple):
    """Slots with several literals in one group, D of them."""

    slot: Int
    """[D]"""
    group: Int
    """[D]"""
    entry: Int
    """Their entries, with the pair of each."""
    pair: Int


class Patterns(FittingSeries):
    """Groups with M patterns over L columns, over plans of ``slots`` slots."""

    def __init__(self, forms: list[tuple[str, PatternsForm]], slots: int) -> None:
        columns = forms[0][1].low.shape[2]
        super().__init__([(rule, form.entries, len(form.low)) for rule, form in forms], columns, columns, slots)
        self._low = np.concatenate([form.low for _, form in forms])
        self._high = np.concatenate([form.high for _, form in forms])
        self.coupled = bool(self._low.any())
        self._twins = self._find_twins(slots)
        self._single = np.ones(len(self._entries.cell), dtype=bool)
        self._single[self._twins.entry] = False

    def _find_twins(self, slots: int) -> _Twins:
        group = self._entries.cell // self._periods
        key = group * slots + self._entries.slot
        _, pair, count = np.unique(key, return_inverse=True, return_counts=True)
        entry = np.flatnonzero(count[pair] > 1)
        keys, pair = np.unique(key[entry], return_inverse=True)
        return _Twins(slot=keys % slots, group=keys // slots, entry=entry, pair=pair)

    def _wrong(self, active: Flag, rows: Int | None = None) -> Flag:
        """[..., G, M, L] columns of words [..., G, L] that do not fit each pattern."""
        low, high = (self._low, self._high) if rows is None else (self._low[rows], self._high[rows])
        word = active[..., None, :]
        return np.asarray((low & ~word) | (word & ~high))

    def _fails(self, active: Flag, rows: Int | None = None) -> Flag:
        """[..., G] words that fit no pattern."""
        misfits = np.asarray(self._wrong(active, rows).any(axis=-1))
        return np.asarray(misfits.all(axis=-1))

    def bad_periods(self, active: Flag) -> Flag:
        """[..., G, L] the first column of words that fit no pattern."""
        bad = np.zeros(active.shape, dtype=bool)
        bad[..., 0] = self._fails(active)
        return bad

    def flips(self, active: Flag) -> Flag:
        """[G, L] columns after whose flip the word fits a pattern."""
        wrong = self._wrong(active)
        others = wrong.sum(axis=2, keepdims=True) - wrong
        after = (self._low & active[:, None]) | (~active[:, None] & ~self._high)
        return np.asarray((~after & (others == 0)).any(axis=1))

    def restrict(self, plan: Plan, allowed: Words) -> None:
        """Let no slot move a word out of all its patterns."""
        view, cell = self._view(plan), self._entries.cell
        held = np.flatnonzero(self._single & (view.literals[cell] == view.true) & ~view.flips[cell])
        self._index.restrict(allowed, held, view.true[held])
        if not len(self._twins.slot):
            return
        slot, group, entry, pair = self._twins
        column = cell[entry] % self._periods
        count = view.literals.reshape(self._groups, self._periods)[group]
        np.subtract.at(count, (pair, column), view.true[entry].astype(np.int64))
        sets = self._entries.sets[self._entries.choice_set[entry]]
        for choice in range(sets.shape[1]):
            word = count.copy()
            np.add.at(word, (pair, column), sets[:, choice].astype(np.int64))
            bad = self._fails(word > 0, group)
            bit = ~(np.uint64(1) << np.uint64(choice % 64))
            np.bitwise_and.at(allowed[choice // 64], slot[bad], bit)

    def compatible(self, plan: Plan, moves: Moves) -> Flag:
        """Keep moves within one pattern that each group's word fits already; any subset of them stays within it.

        The pattern is the one that admits the move of highest priority. Where that move fits no pattern of the present
        word (it changes several columns at once), it is the only move of the group.
        """
        view, entries = self._view(plan), self._entries
        owner, entry = self._index.of_slots(moves.slots)
        choice_set = entries.choice_set[entry]
        before, after = view.true[entry], entries.sets[choice_set, moves.choices[owner]]
        cell = entries.cell[entry]
        group, column = cell // self._periods, cell % self._periods
        leaving = np.flatnonzero(before & ~after)
        last = leaving[place_in_group(cell[leaving]) == view.literals[cell[leaving]] - 1]
        flipping = np.concatenate([np.flatnonzero(~before & after & (view.literals[cell] == 0)), last])
        kept = np.ones(len(moves.slots), dtype=bool)
        if not len(flipping):
            return kept
        at, rank, where = group[flipping], owner[flipping], column[flipping]
        fits = ~self._wrong(view.words[at], at).any(axis=2)
        wakes = after[flipping][:, None]
        admits = fits & np.where(wakes, self._high[at, :, where], ~self._low[at, :, where])
        best = np.full((self._groups, self._low.shape[1]), _NEVER)
        for pattern in range(best.shape[1]):
            here = admits[:, pattern]
            np.minimum.at(best[:, pattern], at[here], rank[here])
        chosen = best.argmin(axis=1)
        admitted = admits[np.arange(len(at)), chosen[at]]
        first = np.full(self._groups, _NEVER)
        np.minimum.at(first, at, rank)
        barred = at[~admitted & (rank == first[at])]
        alone = np.zeros(self._groups, dtype=bool)
        alone[barred] = True
        kept[rank[~admitted & ~alone[at]]] = False
        touching = (before != after) & alone[group]
        kept[owner[touching & (owner != first[group])]] = False
        return kept

    def cheapest(self, rows: Int, active: Flag, cost: Float) -> Flag:
        """[rows, L] words that fit a pattern at least cost of silencing; unchanged where there is none."""
        return self.fitting(rows, active, cost, np.full(active.shape, np.inf))

    def fitting(self, rows: Int, active: Flag, silence: Float, wake: Float) -> Flag:
        """[rows, L] words that fit a pattern at least cost; unchanged where there is none."""
        wrong = self._wrong(active, rows)
        cost = np.where(active, silence, wake)[:, None]
        total = np.where(wrong, cost, 0.0).sum(axis=2)
        best = total.argmin(axis=1)
        here = np.arange(len(active))
        flip = wrong[here, best] & np.isfinite(total[here, best])[:, None]
        return np.asarray(active ^ flip)

    def blocks(self, plan: Plan) -> list[Int]:
        """Slots of each word that can only be silenced as a whole: several columns, none of them singly."""
        true = self._entries.active(plan)
        active = self._words(self._count(true))
        stuck = active & ~self.flips(active)
        found: list[Int] = []
        for group in np.flatnonzero(stuck.sum(axis=1) > 1):
            free = ~self._low[group].any(axis=1)
            if not free.any():
                continue
            outside = active[group] & ~self._high[group][free]
            columns = np.flatnonzero(outside[outside.sum(axis=1).argmin()])
            cells = group * self._periods + columns
            if len(cells) > 1:
                inside = np.concatenate([self._index.in_cell(int(cell)) for cell in cells])
                found.append(self._index.slots_of(inside[true[inside]]))
        return found

    def add_word(self, sub: SubModel, group: int, word: list[Any]) -> None:
        """Choose a pattern that the word fits; a clause suffices where one free letter decides."""
        fixed = np.array([letter if isinstance(letter, int) else -1 for letter in word])
        picks: list[list[Any]] = []
        for low, high in zip(self._low[group], self._high[group], strict=True):
            if (low & (fixed == 0)).any() or (~high & (fixed == 1)).any():
                continue
            asked = [word[at] for at in np.flatnonzero(low & (fixed < 0))]
            asked += [~word[at] for at in np.flatnonzero(~high & (fixed < 0))]
            if not asked:
                return
            picks.append(asked)
        if all(len(asked) == 1 for asked in picks):
            sub.model.add_bool_or([asked[0] for asked in picks])
            return
        selectors = [sub.model.new_bool_var("") for _ in picks]
        sub.model.add_bool_or(selectors)
        for selector, asked in zip(selectors, picks, strict=True):
            sub.model.add_bool_and(asked).only_enforce_if(selector)

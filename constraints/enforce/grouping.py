"""Group rows at work: at most so many active groups in each row, however many lines each of them holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from constraints.enforce.protocol import EntryIndex, Moves, SubModel, Words, by_rule, merge, pack, place_in_group
from constraints.rules.forms import GroupRows
from scenarios.arrays import Flag, Float, Int, Plan


class Grouping:
    """All `GroupRows` of some rules over plans of ``slots`` slots."""

    def __init__(self, forms: list[tuple[str, GroupRows]], slots: int) -> None:
        self.rule_ids = tuple(rule for rule, _ in forms)
        rows, groups = [len(form.cap) for _, form in forms], [len(form.row) for _, form in forms]
        self._owner = np.repeat(np.arange(len(forms)), rows)
        self._entries = merge([form.entries for _, form in forms], groups)
        first = np.cumsum([0, *rows])[:-1]
        self._row = np.concatenate([form.row + start for (_, form), start in zip(forms, first, strict=True)])
        self._cap = np.concatenate([form.cap for _, form in forms])
        self._index = EntryIndex(entries=self._entries, slots=slots, cells=len(self._row))
        self._entry_row = self._row[self._entries.cell]

    def _lines(self, plan: Plan) -> Int:
        """[G] true literals of each group."""
        active = self._entries.active(plan)
        return np.bincount(self._entries.cell, weights=active, minlength=len(self._row)).astype(np.int64)

    def _used(self, lines: Int) -> Int:
        """[R] active groups of each row, by the true literals of groups [G]."""
        return np.bincount(self._row, weights=lines > 0, minlength=len(self._cap)).astype(np.int64)

    def broken(self, plans: Plan) -> Int:
        """[P, rules] rows over their cap."""
        plan, group = np.nonzero(self._index.counted(plans))
        rows = len(self._cap)
        used = np.bincount(plan * rows + self._row[group], minlength=len(plans) * rows).reshape(len(plans), rows)
        return by_rule(used > self._cap, self._owner, len(self.rule_ids))

    def restrict(self, plan: Plan, allowed: Words) -> None:
        """Let a slot begin no further group in a full row, but for those that it leaves there."""
        entries, active = self._entries, self._entries.active(plan)
        lines = self._lines(plan)
        alone = np.flatnonzero(lines[entries.cell] == active)  # the group is active with this slot or not at all
        code = entries.slot[alone] * len(self._cap) + self._entry_row[alone]
        pairs, pair = np.unique(code, return_inverse=True)
        slot, row = np.divmod(pairs, len(self._cap))
        leaves = np.bincount(pair, weights=active[alone], minlength=len(pairs)).astype(np.int64)
        room = np.maximum(self._cap[row] - (self._used(lines)[row] - leaves), 0)
        tight = np.bincount(pair, minlength=len(pairs)) > room
        here = np.flatnonzero(tight[pair])
        begins = np.zeros((len(pairs), entries.sets.shape[1]), dtype=np.int64)
        np.add.at(begins, pair[here], entries.sets[entries.choice_set[alone[here]]])
        some = np.flatnonzero(tight)
        too_many = pack(begins[some] > room[some][:, None])
        for word in range(len(allowed)):
            np.bitwise_and.at(allowed[word], slot[some], ~too_many[word])

    def compatible(self, plan: Plan, moves: Moves) -> Flag:
        """Begin as many groups in each row as there is room, whatever leaves it; or in the place of one that is left.

        A move that begins groups beyond the room is kept where it ends as many in the row by itself, and no other move
        begins these again.
        """
        lines, entries = self._lines(plan), self._entries
        room = self._cap - self._used(lines)
        owner, entry = self._index.of_slots(moves.slots)
        sets = entries.sets[entries.choice_set[entry]]
        at, group = np.arange(len(entry)), entries.cell[entry]
        now, then = sets[at, plan[moves.slots[owner]]], sets[at, moves.choices[owner]]
        begins = np.flatnonzero(then & (lines[group] == 0))
        kept = np.ones(len(moves.slots), dtype=bool)
        if not len(begins):
            return kept
        # Groups that begin, each by its first move: the first ones of a row have room.
        fresh, first = np.unique(group[begins], return_index=True)
        order = np.argsort(first, kind="stable")
        fresh = fresh[order]
        beyond = np.zeros(len(self._row), dtype=bool)
        beyond[fresh] = place_in_group(self._row[fresh]) >= room[self._row[fresh]]
        over = begins[beyond[group[begins]]]
        joined = np.bincount(group[np.flatnonzero(then & ~now)], minlength=len(self._row)) > 0
        ends = np.flatnonzero(now & ~then & (lines[group] == 1) & ~joined[group])
        rows = len(self._cap)
        wants = np.bincount(owner[over] * rows + self._row[group[over]], minlength=len(kept) * rows)
        gives = np.bincount(owner[ends] * rows + self._row[group[ends]], minlength=len(kept) * rows)
        kept &= ~(wants > gives).reshape(len(kept), rows).any(axis=1)
        return kept

    def mend(self, plan: Plan, loss: Float, fixed: Flag) -> Int:
        """Clear the cheapest groups of overfull rows."""
        mended = plan.copy()
        for row in np.flatnonzero(self._used(self._lines(plan)) > self._cap):
            for slots in self._by_loss(mended, int(row), loss, fixed):
                if self._used(self._lines(mended))[row] <= self._cap[row]:
                    break
                mended[slots] = 0
        return np.flatnonzero(mended != plan)

    def _by_loss(self, plan: Plan, row: int, loss: Float, fixed: Flag) -> list[Int]:
        """Slots of the active groups of a row that may go, those of the least loss first."""
        found = []
        for group in np.flatnonzero(self._row == row):
            inside = self._index.in_cell(int(group))
            slots = self._entries.slot[inside]
            held = slots[self._entries.sets[self._entries.choice_set[inside], plan[slots]]]
            if len(held) and not fixed[held].any():
                found.append((float(loss[held].sum()), int(group), held))
        return [held for *_, held in sorted(found, key=lambda each: each[:2])]

    def involved(self, plan: Plan) -> Int:
        """Slots of overfull rows."""
        over = self._used(self._lines(plan)) > self._cap
        return self._index.slots_of(over[self._entry_row])

    def add_to(self, sub: SubModel) -> None:
        """Bound the active groups of rows with free slots, by one indicator a group that a free slot may begin."""
        entries = self._entries
        free = sub.free[entries.slot]
        held = np.bincount(entries.cell, weights=entries.active(sub.plan) & ~free, minlength=len(self._row)) > 0
        room = self._cap - np.bincount(self._row, weights=held, minlength=len(self._cap)).astype(np.int64)
        begun: dict[int, list[Any]] = {}
        for group in np.unique(entries.cell[free & ~held[entries.cell]]):
            literals = [
                literal
                for entry in self._index.in_cell(int(group))
                if free[entry]
                for literal in sub.of(int(entries.slot[entry]), entries.sets[entries.choice_set[entry]])
            ]
            if literals:
                active = sub.model.new_bool_var("")
                for literal in literals:
                    sub.model.add_implication(literal, active)
                begun.setdefault(int(self._row[group]), []).append(active)
        for row, groups in begun.items():
            if room[row] < len(groups):
                sub.model.add(sum(groups) <= int(room[row]))

"""Floor rows at work: at least so many true literals in each row."""

from __future__ import annotations

import numpy as np

from constraints.enforce.changes import Losses
from constraints.enforce.protocol import EntryIndex, Moves, SubModel, Words, by_rule, merge, place_in_group
from constraints.rules.forms import FloorRows
from scenarios.arrays import Flag, Float, Int, Plan


class Floors:
    """All `FloorRows` of some rules over plans of ``slots`` slots."""

    coupled = True

    def __init__(self, forms: list[tuple[str, FloorRows]], slots: int) -> None:
        self.rule_ids = tuple(rule for rule, _ in forms)
        rows = [len(form.floor) for _, form in forms]
        self._owner = np.repeat(np.arange(len(forms)), rows)
        self._entries = merge([form.entries for _, form in forms], rows)
        self._floor = np.concatenate([form.floor for _, form in forms])
        self._index = EntryIndex(entries=self._entries, slots=slots, cells=len(self._floor))

    def _count(self, true: Flag) -> Int:
        return np.bincount(self._entries.cell, weights=true, minlength=len(self._floor)).astype(np.int64)

    def broken(self, plans: Plan) -> Int:
        """[P, rules] rows under their floor."""
        under = self._index.counted(plans) < self._floor
        return by_rule(under, self._owner, len(self.rule_ids))

    def restrict(self, plan: Plan, allowed: Words) -> None:
        """Let no literal of a row at its floor become false."""
        true = self._entries.active(plan)
        tight = self._count(true) <= self._floor
        held = np.flatnonzero(true & tight[self._entries.cell])
        self._index.restrict(allowed, held, np.ones(len(held), dtype=bool))

    def compatible(self, plan: Plan, moves: Moves) -> Flag:
        """Let as many literals leave each row as it has above its floor, whatever joins it."""
        room = self._count(self._entries.active(plan)) - self._floor
        owner, entry = self._index.of_slots(moves.slots)
        sets = self._entries.sets[self._entries.choice_set[entry]]
        at = np.arange(len(entry))
        leaves = ~sets[at, moves.choices[owner]] & sets[at, plan[moves.slots[owner]]]
        owner, cell = owner[leaves], self._entries.cell[entry[leaves]]
        kept = np.ones(len(moves.slots), dtype=bool)
        kept[owner[place_in_group(cell) >= room[cell]]] = False
        return kept

    def mend(self, plan: Plan, loss: Float, fixed: Flag) -> Int:
        """Clear nothing: fewer lines mend no floor."""
        return np.zeros(0, dtype=np.int64)

    def settle(self, plan: Plan, losses: Losses) -> Moves:
        """Bring the cheapest lines into rows under their floor."""
        entries, after = self._entries, plan.copy()
        under = np.flatnonzero(self._count(entries.active(plan)) < self._floor)
        cost, choice = losses.waking(entries)
        for row in under:
            inside = self._index.in_cell(int(row))
            true = entries.sets[entries.choice_set[inside], after[entries.slot[inside]]]
            lacking = int(self._floor[row]) - int(true.sum())
            coming = inside[~true & np.isfinite(cost[inside]) & (after == plan)[entries.slot[inside]]]
            coming = coming[np.lexsort((coming, cost[coming]))][: max(lacking, 0)]
            after[entries.slot[coming]] = choice[coming].astype(np.int8)
        slots = np.flatnonzero(after != plan)
        return Moves(slots=slots, choices=after[slots].astype(np.int64))

    def blocks(self, plan: Plan) -> list[Int]:
        """None: below a floor nothing can go."""
        return []

    def involved(self, plan: Plan) -> Int:
        """Slots of rows under their floor."""
        under = self._count(self._entries.active(plan)) < self._floor
        return self._index.slots_of(under[self._entries.cell])

    def connected(self, slots: Int) -> Int:
        """Slots of all rows that some slots take part in."""
        _, entry = self._index.of_slots(slots)
        rows = np.zeros(len(self._floor), dtype=bool)
        rows[self._entries.cell[entry]] = True
        return self._index.slots_of(rows[self._entries.cell])

    def add_to(self, sub: SubModel) -> None:
        """Ask the free literals for what the fixed ones lack; a row that nothing can reach is never kept."""
        entries = self._entries
        free = sub.free[entries.slot]
        count = self._count(entries.active(sub.plan) & ~free)
        hopeless = np.setdiff1d(np.flatnonzero(self._floor > 0), entries.cell)
        for row in np.union1d(entries.cell[free], hopeless):
            lacking = int(self._floor[row] - count[row])
            if lacking <= 0:
                continue
            literals = [
                literal
                for entry in self._index.in_cell(int(row))
                if free[entry]
                for literal in sub.of(int(entries.slot[entry]), entries.sets[entries.choice_set[entry]])
            ]
            if len(literals) < lacking:
                sub.model.add_bool_or([])
            else:
                sub.model.add(sum(literals) >= lacking)

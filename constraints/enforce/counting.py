"""Count rows at work: at most so many true literals in each row."""

from __future__ import annotations

import numpy as np

from constraints.enforce.protocol import EntryIndex, Moves, SubModel, Words, by_rule, merge, place_in_group
from constraints.rules.forms import CountRows
from scenarios.arrays import Flag, Float, Int, Plan


class Counting:
    """All `CountRows` of some rules over plans of ``slots`` slots."""

    def __init__(self, forms: list[tuple[str, CountRows]], slots: int) -> None:
        self.rule_ids = tuple(rule for rule, _ in forms)
        rows = [len(form.cap) for _, form in forms]
        self._owner = np.repeat(np.arange(len(forms)), rows)
        self._entries = merge([form.entries for _, form in forms], rows)
        self._cap = np.concatenate([form.cap for _, form in forms])
        self._index = EntryIndex(entries=self._entries, slots=slots, cells=len(self._cap))

    def _count(self, active: Flag) -> Int:
        return np.bincount(self._entries.cell, weights=active, minlength=len(self._cap)).astype(np.int64)

    def broken(self, plans: Plan) -> Int:
        """[P, rules] rows over their cap."""
        over = self._index.counted(plans) > self._cap
        return by_rule(over, self._owner, len(self.rule_ids))

    def restrict(self, plan: Plan, allowed: Words) -> None:
        """Let no further literal become true in full rows."""
        active = self._entries.active(plan)
        others = self._count(active)[self._entries.cell] - active
        full = np.flatnonzero(others >= self._cap[self._entries.cell])
        self._index.restrict(allowed, full, np.zeros(len(full), dtype=bool))

    def compatible(self, plan: Plan, moves: Moves) -> Flag:
        """Keep as many additions to each row as there is room, whatever leaves it."""
        room = self._cap - self._count(self._entries.active(plan))
        owner, entry = self._index.of_slots(moves.slots)
        sets = self._entries.sets[self._entries.choice_set[entry]]
        at = np.arange(len(entry))
        adds = sets[at, moves.choices[owner]] & ~sets[at, plan[moves.slots[owner]]]
        owner, cell = owner[adds], self._entries.cell[entry[adds]]
        kept = np.ones(len(moves.slots), dtype=bool)
        kept[owner[place_in_group(cell) >= room[cell]]] = False
        return kept

    def mend(self, plan: Plan, loss: Float, fixed: Flag) -> Int:
        """Clear the cheapest lines of overfull rows."""
        mended = plan.copy()
        over = np.flatnonzero(self._count(self._entries.active(plan)) > self._cap)
        for row in over:
            inside = self._index.in_cell(int(row))
            slots = self._entries.slot[inside]
            true = self._entries.sets[self._entries.choice_set[inside], mended[slots]]
            excess = int(true.sum()) - int(self._cap[row])
            droppable = slots[true & ~fixed[slots]]
            cheapest = droppable[np.lexsort((droppable, loss[droppable]))]
            mended[cheapest[: max(excess, 0)]] = 0
        return np.flatnonzero(mended != plan)

    def involved(self, plan: Plan) -> Int:
        """Slots of overfull rows."""
        over = self._count(self._entries.active(plan)) > self._cap
        return self._index.slots_of(over[self._entries.cell])

    def add_to(self, sub: SubModel) -> None:
        """Bound the literals of rows with free slots by what the fixed ones leave."""
        entries = self._entries
        free = sub.free[entries.slot]
        count = self._count(entries.active(sub.plan) & ~free)
        for row in np.unique(entries.cell[free]):
            literals = [
                literal
                for entry in self._index.in_cell(int(row))
                if free[entry]
                for literal in sub.of(int(entries.slot[entry]), entries.sets[entries.choice_set[entry]])
            ]
            room = int(self._cap[row] - count[row])
            if room < len(literals):
                sub.model.add(sum(literals) <= room)

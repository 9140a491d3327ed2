"""What a coupled form asks for, at least loss: which lines go, and which come where a rule demands some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.rules.forms import Entries
from scenarios.arrays import Flag, Float, Int, Plan


@dataclass(frozen=True, kw_only=True, eq=False)
class Losses:
    """What changes of one plan cost; inf where a change is not allowed."""

    plan: Plan
    """[N]"""
    clear: Float
    """[N] of making a slot empty."""
    choose: Float
    """[N, width] of choosing anything."""

    @classmethod
    def of(cls, plan: Plan, loss: Float, base: Flag, waking: Flag) -> Losses:
        """Read a table of losses for a plan.

        Parameters
        ----------
        loss : [N, width]
            Loss of each choice against some common plan.
        base : bool [N, width]
            Choices by masks and locks.
        waking : bool [N, width]
            Choices that may come in.
        """
        with np.errstate(invalid="ignore"):
            change = loss - loss[np.arange(len(plan)), plan][:, None]
        change = np.where(np.isnan(change), np.inf, change)
        clear = np.where(base[:, 0], change[:, 0], np.inf)
        choose = np.where(base & waking, change, np.inf)
        choose[:, 0] = np.inf
        return cls(plan=plan, clear=clear, choose=choose)

    def waking(self, entries: Entries) -> tuple[Float, Int]:
        """[E] least loss of making each literal true, and the choice that does it."""
        table = np.where(entries.sets[entries.choice_set], self.choose[entries.slot], np.inf)
        choice = table.argmin(axis=1)
        return table[np.arange(len(choice)), choice], choice


def cheapest_per_cell(cost: Float, cell: Int, cells: int) -> Int:
    """[cells] entry of least cost in each cell; -1 where a cell has none of finite cost."""
    found = np.full(cells, -1, dtype=np.int64)
    order = np.lexsort((np.arange(len(cost)), cost, cell))
    order = order[np.isfinite(cost[order])]
    here, first = np.unique(cell[order], return_index=True)
    found[here] = order[first]
    return found

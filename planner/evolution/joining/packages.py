"""Packages: sets of slots whose lines rules let come and go only together, such as the weeks of one operation.

Where lines are all or nothing, or a run has a least length, a schedule near another differs by a whole package: single
lines lead to none that the rules allow.
"""

from __future__ import annotations

import numpy as np

from constraints.enforce.automata import Automata
from constraints.enforce.floors import Floors
from planner.evolution.workspace import Workspace
from scenarios.arrays import Int, Plan


class Packages:
    """Packages inside the slots of some products, or of baskets.

    Parameters
    ----------
    slots : [M]
        All slots of them.
    """

    def __init__(self, space: Workspace, slots: Int) -> None:
        self._book, self._slots, self._periods = space.written, slots, space.grid.shape[2]
        forms = [form for form in self._book.coupled_forms if not isinstance(form, Floors)]
        self._runs = any(isinstance(form, Automata) for form in forms)
        connected = [
            form.connected(slot)
            for form in forms
            if not isinstance(form, Automata)
            for slot in np.split(slots, len(slots))
        ]
        self.tied = self._inside(connected)
        """Positions of the slots of each that rules tie whatever they hold."""

    def of(self, own: Plan) -> list[Int]:
        """Positions of the slots of each, once; none where no rule ties lines.

        Where runs have a least length, windows of every series as long as those that ``own`` [M] holds are packages.
        """
        return [*self.tied, *self._inside(self._windows(own))] if self._runs else self.tied

    def _inside(self, sets: list[Int]) -> list[Int]:
        found: dict[bytes, Int] = {}
        for one in sets:
            inside = np.flatnonzero(np.isin(self._slots, one))
            if 1 < len(inside) == len(one):
                found.setdefault(inside.tobytes(), inside)
        return list(found.values())

    def _windows(self, own: Plan) -> list[Int]:
        plan, periods = self._book.locked_lines(), self._periods
        plan[self._slots] = own
        blocks = [block for block in self._book.blocks(plan) if np.isin(block, self._slots).all()]
        return [
            each * periods + np.arange(first, first + length)
            for each in np.unique(self._slots // periods).tolist()
            for length in sorted({len(np.unique(block % periods)) for block in blocks})
            for first in range(periods - length + 1)
        ]

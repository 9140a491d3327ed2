"""The dips that the programs may name: no more than earlier lines can have lent, by what they know of these lines.

They know how tired customers are (`planner.bound.dips`), and where they carry rules, which lines led to a state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.bound.dips import most_dips, tiredness_per_dip
from planner.bound.ladder import Ladder, follow
from planner.bound.paths import Paths, most_dips_by_state
from planner.bound.tables import Cells, Columns
from scenarios.arrays import Flag, Float


@dataclass(frozen=True, kw_only=True, eq=False)
class NamedDips:
    """What the programs of one question may name. A states of the rules that they carry, M states of fatigue."""

    columns: Columns
    cells: Cells
    paths: Paths | None
    largest: Float
    """[T, A, S, K] sum of the dips that lines leading to a state can have lent, however tired anybody is."""

    @property
    def capped(self) -> bool:
        """Whether the programs know which lines can have lent a cell what it names."""
        return self.paths is not None and bool(self.cells.dip_sum.any())

    def most(self, steps: Ladder, *, capped: bool = True) -> Float:
        """[T, M, A * S * K] most that may be named in each state of fatigue.

        Without ``capped`` it is what lines of any state of the rules can have lent.
        """
        largest = self.largest if capped else np.broadcast_to(self.cells.dip_sum[:, None], self.largest.shape)
        table = most_dips(self.columns, self.cells, steps, largest)
        return np.ascontiguousarray(np.moveaxis(table, -1, 1)).reshape(len(table), len(steps.shrink), -1)

    def anyway(self, states: int) -> Float:
        """[T, M, A * S * K] the same for so many states of customers who never tire, whom all lines can have lent."""
        flat = self.largest.reshape(len(self.largest), 1, -1)
        return np.broadcast_to(flat, (len(flat), states, flat.shape[-1]))

    def held(self, held: Flag, steps: Ladder) -> Float:
        """[T, S, K] most that may be named where a plan holds the columns ``held`` [T, S, K, C]."""
        tired = np.zeros(held.shape[1:3])
        found = np.zeros(held.shape[:3])
        rates = tiredness_per_dip(self.columns, self.cells, steps)
        place = np.arange(tired.size) if self.paths is None else self.paths.begin
        for period, here in enumerate(held):
            rate, most = rates[period], self.largest[period].reshape(-1)[place].reshape(tired.shape)
            if self.paths is not None:
                place = self.paths.follow[period, here.reshape(tired.size, -1).argmax(axis=1), place]
            known = np.isfinite(rate)
            found[period] = np.where(known, np.minimum(np.where(known, rate, 0.0) * tired, most), most)
            line = sum(here[..., i:j].any(axis=-1) * steps.tire[x] for x, (i, j) in enumerate(self.columns.slices))
            tired = follow(tired, steps.caps) + line
        return found


def named_dips(columns: Columns, cells: Cells, paths: Paths | None) -> NamedDips:
    """Make the caps of a question's cells; ``paths`` are the rules that the programs carry."""
    if paths is None:
        return NamedDips(columns=columns, cells=cells, paths=None, largest=cells.dip_sum[:, None])
    by_state = most_dips_by_state(paths, cells.dips, cells.allowed)
    largest = by_state.reshape(len(by_state), -1, *cells.units.shape[1:])
    return NamedDips(columns=columns, cells=cells, paths=paths, largest=largest)

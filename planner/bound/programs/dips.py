"""Dips in the bound: how much a cell can have been borrowed from, by how tired its customers are.

A line that borrows sales from the days after it also tires customers. So the sum y of the dips that a cell meets is at
most ``rate * m``, m the tiredness that `planner.bound.programs.ladder` tracks: after a line of reach r that state is at
least ``follow(... follow(psi(lambda r)))``, and because `follow` is convex with ``follow(0) = 0``, the state after
several lines is at least the sum of what each would leave alone. Nobody has borrowed from rested customers. Where the
programs carry rules (`planner.bound.programs.paths`), nor has a line that leads to another state of theirs. The
programs may name no more dips than that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.bound.programs.ladder import Ladder, follow
from planner.bound.programs.paths import Paths, most_dips_by_state
from planner.bound.tables import Cells, Columns
from scenarios.arrays import Flag, Float


def tiredness_per_dip(columns: Columns, cells: Cells, steps: Ladder) -> Float:
    """[T, S, K] largest dip per unit of tiredness that any earlier line can have left; inf where lines do not tire."""
    t = len(cells.units)
    rate = np.zeros(cells.units.shape)
    left = steps.tire
    for lag, dips in enumerate(cells.dips, start=1):
        table = np.where(cells.allowed, dips, 0.0)[: max(t - lag, 0)]
        for number, (first, last) in enumerate(columns.slices):
            largest = table[..., first:last].max(axis=-1, initial=0.0)
            here = np.where(largest > 0, largest / left[number] if left[number] > 0 else np.inf, 0.0)
            rate[lag:] = np.maximum(rate[lag:], here)
        left = follow(left, steps.caps)
    return rate


def most_dips(columns: Columns, cells: Cells, steps: Ladder, largest: Float) -> Float:
    """[T, A, S, K, M] most that the dips of a cell can sum to in each state; ``largest`` [T, A, S, K] in any of M.

    Between two states the straight line lies above ``min(rate * m, largest sum)``: the first state at which the largest
    sum is passed keeps ``rate * m``.
    """
    rate = tiredness_per_dip(columns, cells, steps)[:, None, ..., None]
    most = largest[..., None]
    finite = np.where(np.isfinite(rate), rate, 0.0)
    before = np.concatenate([[-1.0], steps.level[:-1]])
    return np.asarray(np.where(np.isfinite(rate) & (finite * before < most), finite * steps.level, most))


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

"""The linear model: what solvers see of the problem at one plan.

It holds the exact effect of every single change on the objective and on every limit. Several changes at once interact,
so what a solver finds on it is a proposal: the planner evaluates it truly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int, Plan


@dataclass(frozen=True, kw_only=True, eq=False)
class StockRows:
    """R stock limits, each of one product up to one period, as Z entries (row, slot, choice), each once."""

    product: Int
    """[R]"""
    period: Int
    """[R]"""
    headroom: Float
    """[R] units left at the plan."""
    row: Int
    """[Z]"""
    slot: Int
    """[Z] position in `LinearModel.slots`."""
    choice: Int
    """[Z]"""
    units: Float
    """[Z] change of the row's units under this single change."""

    @classmethod
    def none(cls) -> StockRows:
        """No stock limit."""
        ints, floats = np.zeros(0, dtype=np.int64), np.zeros(0)
        return cls(product=ints, period=ints, headroom=floats, row=ints, slot=ints, choice=ints, units=floats)


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearModel:
    """Objective and limits per single change, at one plan. F free slots, L scalar limits.

    Raises
    ------
    ValueError
        For arrays whose shapes do not fit.
    """

    slots: Int
    """[F] flat slot numbers."""
    gain: Float
    """[F, width] change of the objective; 0 at the current choice, -inf for choices that a slot lacks."""
    use: Float
    """[L, F, width] change of ``sign * use``; 0 at the current choice."""
    headroom: Float
    """[L] how much ``sign * use`` may still rise; negative where the plan breaks the limit."""
    stock: StockRows

    def __post_init__(self) -> None:
        count, width = self.gain.shape
        if self.slots.shape != (count,) or self.use.shape != (len(self.headroom), count, width):
            raise ValueError(
                f"expected slots [F], gain [F, width], use [L, F, width] and headroom [L], got "
                f"{self.slots.shape}, {self.gain.shape}, {self.use.shape} and {self.headroom.shape}"
            )

    def rows(self, options: Flag) -> tuple[Int, Int, Int, Float, Float]:
        """All limits as one sparse table over some single changes.

        Parameters
        ----------
        options : bool [F, width]
            The changes that are columns.

        Returns
        -------
        tuple
            Row, position and choice of each entry [Z], its value [Z], and the headroom of each row [L + R].
        """
        use = np.where(options, self.use, 0.0)
        row, at, choice = np.nonzero(use)
        kept = options[self.stock.slot, self.stock.choice] & (self.stock.units != 0)
        return (
            np.concatenate([row, self.stock.row[kept] + len(self.headroom)]),
            np.concatenate([at, self.stock.slot[kept]]),
            np.concatenate([choice, self.stock.choice[kept]]),
            np.concatenate([use[row, at, choice], self.stock.units[kept]]),
            np.concatenate([self.headroom, self.stock.headroom]),
        )

    def options(self, plan: Plan, base: Flag) -> Flag:
        """[F, width] real changes: possible by the rules' masks [N, width], and not the current choice."""
        table = np.isfinite(self.gain) & base[self.slots]
        table[np.arange(len(self.slots)), plan[self.slots]] = False
        return table

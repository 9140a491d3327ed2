"""Customers whose choice prices near given ones decide: all others are settled.

Prices may move by a reach r_l each. An option's worth then moves against the chosen one's by at most the sum of r_l
times the uses of both; where even that does not close the distance between the two, the choice is settled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.rows import Rows, choose, priced
from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Torn:
    """How far customers are from another choice. n rows."""

    choice: NDArray[np.int8]
    """[n] the best at the given prices."""
    worth: Float
    """[n] after prices."""
    ease: Float
    """[C + 1, n] share of the reach that prices must move before an option can overtake; 0 for the chosen one."""

    @property
    def nearest(self) -> Float:
        """[n] share of the reach before anything can overtake."""
        ease = self.ease.copy()
        ease[self.choice, np.arange(self.choice.size)] = np.inf
        return np.asarray(ease.min(axis=0))


def torn(rows: Rows, table: Float, reach: Float) -> Torn:
    """Measure how torn customers are.

    Parameters
    ----------
    table
        Prices [M, S, C] of a unit of each measure.
    reach
        [M, S, C] how far they may move.
    """
    choice, best = choose(rows, table)
    count = rows.value.shape[0]
    moves = np.zeros((count + 1, rows.count))
    for offer in range(count):
        for measure, use in enumerate(rows.use):
            column = reach[measure, :, offer]
            if column.any():
                far = column[rows.segment]
                moves[offer + 1] += far if use is None else far * use[offer]
    chosen = moves[choice, np.arange(rows.count)]
    ease = np.empty_like(moves)
    for option in range(count + 1):
        worth = priced(rows, option - 1, table) if option else np.zeros(rows.count)
        distance, give = best - worth, chosen + moves[option]
        with np.errstate(divide="ignore", invalid="ignore"):
            ease[option] = np.where(distance <= 0, 0.0, np.where(give > 0, distance / give, np.inf))
    ease[choice, np.arange(rows.count)] = 0.0
    return Torn(choice=choice, worth=best, ease=ease)

"""What single changes take of limits that have a row for each window, week or month: one pass for all rows of a limit.

A pass of exact marginals for every row would take hundreds of them. A change works in its own period nearly alone: what
it takes of all rows of its limit together is shared evenly by those that its period counts in. What it moves in other
periods (customers who tire, sales bought ahead) is counted there, too, so this is an estimate, for choosing among
changes that are evaluated truly before they are made.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from constraints.limits.book import Limits
from scenarios.arrays import Flag, Float, Int
from scenarios.response.functional import parts_of

Taken = Callable[[Float], Float]
"""[N, width] what every single change adds to the use of all limits, weighed by row [L]."""


class Windowed:
    """Limits with several rows, by the periods that these count.

    Parameters
    ----------
    limits
        Rows and scales.
    """

    def __init__(self, limits: Limits) -> None:
        self._scale, self._periods = limits.scale, limits.available.shape[1]
        self.rows: list[Int] = [rows for rows in limits.rows_of.values() if len(rows) > 1]
        """Rows of each of these limits."""
        self._limit = np.full(len(limits.bound), -1, dtype=np.int64)
        self._covers: Flag = np.zeros((len(limits.bound), self._periods), dtype=bool)
        for number, rows in enumerate(self.rows):
            self._limit[rows] = number
            self._covers[rows] = [parts_of(limits.functionals[row])[0][1].periods > 0 for row in rows]

    def of(self, rows: Int) -> Int:
        """The limits with several rows that some rows [M] belong to; stock, numbered behind all others, is of none."""
        found = self._limit[rows[rows < len(self._limit)]]
        return np.unique(found[found >= 0])

    def shares(self, number: int, taken: Taken) -> Float:
        """[N, width] what every single change takes of each row of a limit that counts its period, in shares of scales.

        Parameters
        ----------
        number
            The limit, as `rows` numbers it.
        taken
            Exact marginals.
        """
        rows = self.rows[number]
        weights = np.zeros(len(self._scale))
        weights[rows] = 1.0 / self._scale[rows]
        total = taken(weights)
        counted = self._covers[rows].sum(axis=0)
        each = np.divide(1.0, counted, out=np.zeros(len(counted)), where=counted > 0)
        shared = each[np.arange(len(total)) % self._periods][:, None]
        return np.asarray(np.multiply(total, shared, out=np.zeros_like(total), where=shared > 0))

    def covered(self, rows: Int, slots: Int) -> Flag:
        """[rows, M] which rows count the periods of some slots: the last axis of all blocks of slots is time."""
        return self._covers[rows][:, slots % self._periods]

    def room(self, rows: Int, left: Float, slots: int) -> Float:
        """[N] the least that is ``left`` [rows] of those rows that count each slot's period; inf where none does."""
        least = np.where(self._covers[rows], left[:, None], np.inf).min(axis=0)
        return np.asarray(least[np.arange(slots) % self._periods])

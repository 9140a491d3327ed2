"""How sums of customers move in the futures: as the mean customer of their segment does under the offer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float

_NOTHING = 1e-9
"""Share of the largest amount below which an expected amount says nothing of how it moves."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Moves:
    """What an expected amount becomes in each future: so many times as much, and so much more a customer."""

    times: Float
    """[D, S, C]"""
    plus: Float
    """[D, S, C]"""

    def of(self, sums: Float, count: Float) -> Float:
        """Return sums in every future [D, S, C].

        Parameters
        ----------
        sums
            [D, S, C] as each future's member has them.
        count
            [S, C] customers.
        """
        return np.asarray(sums * self.times + count * self.plus)


def moves_of(there: Float, here: Float, member: NDArray[np.int64]) -> Moves:
    """Return how the mean customer moves.

    Parameters
    ----------
    there
        [D, S, C] in the futures.
    here
        [E, S, C] as expected where the amounts start.
    member
        [D] which start each future has.
    """
    start = here[member]
    tells = np.abs(start) > _NOTHING * max(float(np.abs(here).max(initial=0.0)), 1e-300)
    times = np.divide(there, start, out=np.ones_like(there), where=tells)
    return Moves(times=times, plus=np.where(tells, 0.0, there - start))

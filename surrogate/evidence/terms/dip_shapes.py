"""How what was bought ahead is missing from the weeks after a deal: in equal parts of some weeks, or fading out.

Customers who stocked up buy less until the cupboard is empty. A cupboard that is used up by steady steps leaves equal
parts for a while and nothing after it; many cupboards that are used up at their own paces leave a dip that fades.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float

DIP_WEEKS = (1, 2, 3, 4)
"""Weeks that a dip of equal parts may last: those that are tried."""
LONG_DIPS = (6, 8)
"""Those tried beside them on data of a year or more: goods that last for months are not missed for one month alone."""
FADES = (1.5,)
"""Weeks after which half of a fading dip is over: those that are tried."""
LONG_FADES = (3.0, 4.5, 6.0)
"""Those tried beside them on data of a year or more."""
LONG = 52
"""Weeks of data from which on long dips are tried."""


@dataclass(frozen=True, kw_only=True)
class DipShape:
    """Either ``weeks`` or ``half_life``; the other is 0."""

    weeks: int = 0
    """Weeks that miss equal parts."""
    half_life: float = 0.0
    """Weeks after which half of what is missing has been missed; it fades for ever."""

    @property
    def fades(self) -> bool:
        """Whether the dip has no end."""
        return self.half_life > 0

    def of_past(self, values: Float) -> Float:
        """Return the weighted mean of the weeks before each week, of values [..., T]; before the data lies nothing."""
        out = np.zeros_like(values)
        if self.fades:
            keep = 0.5 ** (1.0 / self.half_life)
            for week in range(1, values.shape[-1]):
                out[..., week] = keep * out[..., week - 1] + (1.0 - keep) * values[..., week - 1]
            return out
        for lag in range(1, self.weeks + 1):
            out[..., lag:] += values[..., :-lag] / self.weeks
        return out


def blocks(weeks: int) -> tuple[DipShape, ...]:
    """Return the dips of equal parts that are tried on so many weeks of data."""
    tried = (*DIP_WEEKS, *LONG_DIPS) if weeks >= LONG else DIP_WEEKS
    return tuple(DipShape(weeks=each) for each in tried)


def fading(weeks: int) -> tuple[DipShape, ...]:
    """Return the fading dips that are tried on so many weeks of data."""
    tried = (*FADES, *LONG_FADES) if weeks >= LONG else FADES
    return tuple(DipShape(half_life=each) for each in tried)

"""What a slot can hold: an offer at one of its levels; of one that is sent once, told of today or still valid today.

An offer that is ``valid`` for some days has two choices a level: one for periods in which its message goes out, one for
the periods after. So whether a line carries a message is said by its choice, once, and every table of choices knows it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag
from scenarios.language.schema import Horizon, Offer


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An offer at one level of coverage and quantity: what a slot can hold."""

    offer: int
    """Index into the scenario's offers."""
    coverage: float
    """Share of the segment that is contacted, or was on the day of its sending; 1 for public offers."""
    quantity: float = 1.0
    """Share of the uses that there are pieces for; 1 where pieces are not counted."""
    told: bool = True
    """False on the days after the sending of an offer that is ``valid`` for some: nobody is told of it again."""

    @property
    def served(self) -> float:
        """Share of the segment that can get the offer: contacted, and in time for a piece."""
        return self.coverage * self.quantity


def choices_of(number: int, offer: Offer, horizon: Horizon) -> list[Choice]:
    """List the choices of an offer: one a level, and one more for what is still valid after its sending."""
    told = [Choice(offer=number, coverage=share, quantity=pieces) for share, pieces in offer.levels]
    if offer.valid is None or offer.valid.periods_of(horizon) == 1:
        return told
    return told + [Choice(offer=number, coverage=share, quantity=pieces, told=False) for share, pieces in offer.levels]


def told_apart(choice: Choice, offer: Offer, horizon: Horizon) -> Flag:
    """[T] periods in which this of an offer's two choices a level stands: those of sendings, or those after."""
    return np.array([offer.told_in(horizon, period) == choice.told for period in range(horizon.periods)], dtype=bool)

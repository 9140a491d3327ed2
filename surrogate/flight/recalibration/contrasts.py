"""Contrasts: lifts that a random holdout measured, as evidence beside what was sold in all.

Whom chance kept out of an offer differs from the others in nothing but the offer. So the contrast of both groups tells
of its lift whatever else happened to the days: weather, rivals, displays. It is normal around the true lift
(`surrogate.flight.measure.taught`). The treated are part of what was sold in all, too; what is unsure of a contrast
comes almost wholly from the few who were kept out, so that both count as independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float
from surrogate.flight.recalibration.beliefs import Beliefs


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrast:
    """A measured lift of an offer on a product (or the baskets, K) in a segment, per contacted customer.

    Raises
    ------
    ValueError
        For a standard error that is not above 0, or no planned lift.
    """

    offer: int
    product: int
    segment: int
    planned: float
    """The lift that was believed before the campaign, in the running plan."""
    lift: float
    standard_error: float
    periods: NDArray[np.bool_]
    """[T] in which both groups were compared."""

    def __post_init__(self) -> None:
        if not (self.standard_error > 0 and self.planned != 0):
            raise ValueError("a contrast needs a standard error above 0 and a planned lift")


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """What C contrasts tell near some moves of the beliefs."""

    slopes: Float
    """[B, C] change of each expected lift with each part."""
    off: Float
    """[C] measured lifts less the expected ones."""
    trust: Float
    """[C] precision of each."""

    @property
    def log_likelihood(self) -> float:
        """But for a constant."""
        return -0.5 * float((self.trust * self.off**2).sum())


def told(contrasts: Sequence[Contrast], beliefs: Beliefs, theta: Float, moment: int) -> Told:
    """Linearise contrasts where changes count from a moment on: by the share of their periods that lie after it."""
    slopes, off = np.zeros((len(beliefs.kind), len(contrasts))), np.zeros(len(contrasts))
    for number, each in enumerate(contrasts):
        later = float(each.periods[moment:].sum() / max(int(each.periods.sum()), 1))
        parts = beliefs.lift[:, each.segment, each.product, each.offer] * np.where(beliefs.lasting, 1.0, later)
        expected = each.planned * float(np.exp(parts @ theta))
        slopes[:, number], off[number] = expected * parts, each.lift - expected
    return Told(slopes=slopes, off=off, trust=np.array([each.standard_error**-2 for each in contrasts]))

"""What was learned of an effect, as a factor on what was forecast, with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Float
from surrogate.flight.recalibration.beliefs import Beliefs
from surrogate.flight.recalibration.undone import NOTHING, quantile

NINETY = 1.6449
"""Half of a 90 % interval in standard deviations."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Moved:
    """A factor on what was forecast, with its 90 % interval."""

    factor: float
    low: float
    high: float
    before_low: float
    """Ends of the interval that was believed before; its middle is 1."""
    before_high: float
    cells: int
    """Cells (of segments, products and periods) that tell of it."""
    nothing: float = 0.0
    """Of an offer: how far it is certain that it brings nothing at all, beyond what is believed of any offer."""


@dataclass(frozen=True, kw_only=True)
class Further:
    """How evidence of another kind moves a factor on."""

    log: float
    variance: float
    """What is left of the variance of its log, as a share."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Factor:
    """A factor in logs, were its offer carried out."""

    middle: float
    sd: float
    before: float
    """Standard deviation that was believed before."""
    cells: int
    nothing: float

    def moved(self) -> Moved:
        """As a factor with its interval."""
        return moved_by(self.middle, self.sd, self.before, self.cells, self.nothing)


def further(factors: Mapping[str, Factor], by: Mapping[str, Further]) -> dict[str, Factor]:
    """Factors moved on by other evidence, where there is any."""
    found = dict(factors)
    for name, more in by.items():
        if name in found:
            sd = found[name].sd * float(np.sqrt(more.variance))
            found[name] = replace(found[name], middle=found[name].middle + more.log, sd=sd)
    return found


def moved_by(middle: float, sd: float, before: float, cells: int, nothing: float = 0.0) -> Moved:
    """A factor with its interval.

    Parameters
    ----------
    middle, sd
        Of its log, were the offer carried out.
    before
        Standard deviation that was believed.
    nothing
        Probability that the factor is that of an offer which is not carried out.
    """
    return Moved(
        factor=float(np.exp(middle)) * (1.0 - nothing) + NOTHING * nothing,
        low=quantile(0.05, middle, sd, nothing),
        high=quantile(0.95, middle, sd, nothing),
        before_low=float(np.exp(-NINETY * before)),
        before_high=float(np.exp(NINETY * before)),
        cells=cells,
        nothing=nothing,
    )


def factor_of(
    weights: Float,
    beliefs: Beliefs,
    theta: Float,
    covariance: Float,
    cells: int,
    own: tuple[float, float, float] = (0.0, 0.0, 0.0),
    nothing: float = 0.0,
) -> Factor:
    """A weighted mean of logs of factors.

    Parameters
    ----------
    own
        What comes on top that no part shares: the mean, its standard deviation now and before.
    nothing
        Probability that the factor is that of an offer which is not carried out.
    """
    return Factor(
        middle=float(weights @ theta) + own[0],
        sd=float(np.hypot(np.sqrt(max(float(weights @ covariance @ weights), 0.0)), own[1])),
        before=float(np.hypot(np.sqrt((weights**2) @ beliefs.before**2), own[2])),
        cells=cells,
        nothing=nothing,
    )

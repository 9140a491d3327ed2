"""What was learned of an effect, as a factor on what was forecast, with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True, kw_only=True, eq=False)
class OfferFactor:
    """The factor of an offer: of a targeted one that of each segment that tells, and of all of them together."""

    whole: Factor
    """Over all of its cells."""
    parts: Mapping[int | None, tuple[float, Factor]]
    """By segment (None: all of a public one): its share of what the offer sold, and its factor."""

    def moved(self) -> Moved:
        """All segments together."""
        weights = np.array([weight for weight, _ in self.parts.values()])
        own = [each for _, each in self.parts.values()]
        middle, _, nothing = combined(
            [each.middle for each in own], [each.sd for each in own], weights, [each.nothing for each in own]
        )
        return replace(self.whole, middle=middle, nothing=nothing).moved()

    def of_segment(self, segment: int) -> Moved | None:
        """One segment's, where several tell; None where one alone does, or none."""
        found = self.parts.get(segment)
        return None if found is None or len(self.parts) < 2 else found[1].moved()


def combined(
    middles: Sequence[float], sds: Sequence[float], weights: Float, chances: Sequence[float]
) -> tuple[float, float, float]:
    """Middle and standard deviation of the log of the mean of some factors, and how likely all of them are nothing.

    Parameters
    ----------
    middles, sds
        Of their logs, were the offer carried out.
    weights
        What each counts.
    chances
        How likely it is not carried out there: of an offer that fails in one segment alone the mean is lower.
    """
    share, gone = weights / weights.sum(), np.array(chances)
    sd, dead = float(share @ np.array(sds)), float(gone.min())
    middle = float(share @ np.array(middles))
    if dead == gone.max() or dead >= 1.0:
        return middle, sd, dead
    mean = float(share @ (np.exp(middles) * (1.0 - gone) + NOTHING * gone))
    return float(np.log(max((mean - NOTHING * dead) / (1.0 - dead), NOTHING))), sd, dead


def further(
    factors: Mapping[str, OfferFactor], by: Mapping[str, Mapping[int | None, Further]]
) -> dict[str, OfferFactor]:
    """Factors moved on by other evidence, where there is any."""
    found = dict(factors)
    for name, more in by.items():
        if name in found:
            parts = {
                segment: (weight, _further(own, more[segment]) if segment in more else own)
                for segment, (weight, own) in found[name].parts.items()
            }
            kept = float(np.mean([each.variance for each in more.values()]))
            whole = replace(found[name].whole, sd=found[name].whole.sd * float(np.sqrt(kept)))
            found[name] = OfferFactor(whole=whole, parts=parts)
    return found


def _further(own: Factor, more: Further) -> Factor:
    return replace(own, middle=own.middle + more.log, sd=own.sd * float(np.sqrt(more.variance)))


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

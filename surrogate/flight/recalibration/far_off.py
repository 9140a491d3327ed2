"""Offers whose lift is far off its forecast: a coupon that brings a third of what was believed, or three times as much.

A lift is believed to be right within its interval, and a baseline within its own. Where one offer fails beyond that,
such beliefs share what is missing out: half of it comes off the lift, the rest off baselines and shocks, however many
weeks say the same. So beside the beliefs stands, for each offer that is suspected, a second explanation by which its
lift may be anything of a wide prior (a scale mixture, robust against a truth outside of what was believed; Andrews and
Mallows, 1974, doi:10.1111/j.2517-6161.1974.tb00989.x; West, 1984, doi:10.1111/j.2517-6161.1984.tb01311.x). All are
fitted to the same sales and weighed by how well they explain them: weeks in which the offer ran and weeks in which it
did not tell a lift from a baseline. An offer that comes as believed moves no further than before. Of a targeted offer a
part of that is everybody's (``rho_offer``, the correlation inside an offer) and the rest each segment's own: a coupon
that fails for one may be dead at the till, or lost in that mailing alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surrogate.flight.recalibration.beliefs import Beliefs
from surrogate.flight.recalibration.explained import Explained, mixed
from surrogate.flight.recalibration.suspects import suspected

LEVEL_SD = 0.8
"""Standard deviation of the log of a lift that is far off: a third or three times, say."""
BELIEF = 0.1
"""Probability beforehand that an offer's lift is."""
SUSPECT = 0.5
"""Standard deviations of its belief by which a lift must have moved before it is suspected."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FarOff:
    """Beliefs with a part of its own for each suspected offer, and what explains the sales, both ways weighed."""

    beliefs: Beliefs
    explained: Explained
    chance: dict[int, float]
    """By number of a suspected offer: how likely its lift is far off."""

    def padded(self, found: Explained) -> Explained:
        """An explanation by the beliefs without these parts, which do not move in it."""
        more = len(self.beliefs.kind) - len(found.theta)
        return replace(
            found, theta=np.pad(found.theta, (0, more)), covariance=np.pad(found.covariance, ((0, more), (0, more)))
        )


def weigh_far_off(
    plain: Explained,
    beliefs: Beliefs,
    shifts: Mapping[int, float],
    fit: Callable[[Beliefs], Explained],
    segments: Mapping[int, Sequence[int]],
    shared: float,
) -> FarOff:
    """Weigh that lifts are far off against what explains the sales where none is.

    Parameters
    ----------
    plain
        What explains the sales by the beliefs as they are.
    shifts
        By number of an offer: how far its lift was moved, in standard deviations of its belief.
    fit
        Explains the sales by some beliefs.
    segments
        Those whose sales tell of a targeted offer, by its number.
    shared
        Share of the variance of what a targeted offer is off that is the same for all segments.
    """
    offers = suspected(shifts, SUSPECT)
    if not offers:
        return FarOff(beliefs=beliefs, explained=plain, chance={})
    odds = float(np.log(BELIEF) - np.log1p(-BELIEF))
    levels = [level for offer in offers for level in _levels(offer, segments.get(offer, ()), shared)]
    wide = FarOff(beliefs=beliefs.with_lift_levels(levels), explained=plain, chance={})
    count = len(beliefs.kind)
    found: dict[tuple[int, ...], Explained] = {(): wide.padded(plain)}

    def tried(far: tuple[int, ...]) -> None:
        own = [number for number, (offer, _, _) in enumerate(levels) if offer in far]
        each = fit(beliefs.with_lift_levels([levels[number] for number in own]))
        places = np.append(np.arange(count), [count + number for number in own]).astype(np.int64)
        theta, covariance = np.zeros(len(wide.beliefs.kind)), np.zeros((len(wide.beliefs.kind),) * 2)
        theta[places], covariance[np.ix_(places, places)] = each.theta, each.covariance
        found[far] = replace(each, theta=theta, covariance=covariance)

    def score(far: tuple[int, ...]) -> float:
        return found[far].log_evidence + len(far) * odds

    for offer in offers:
        tried((offer,))
    likely = tuple(offer for offer in offers if score((offer,)) > score(()))
    if len(likely) > 1:
        tried(likely)
    explained, weights = mixed(found, {far: score(far) for far in found})
    return replace(
        wide,
        explained=explained,
        chance={offer: sum(weight for far, weight in weights.items() if offer in far) for offer in offers},
    )


def _levels(offer: int, segments: Sequence[int], shared: float) -> list[tuple[int, int | None, float]]:
    """Levels of an offer as `Beliefs.with_lift_levels` takes them: of everybody, and of each segment that tells."""
    if not segments:
        return [(offer, None, LEVEL_SD)]
    own = [(offer, segment, LEVEL_SD * float(np.sqrt(1.0 - shared))) for segment in segments]
    return [(offer, None, LEVEL_SD * float(np.sqrt(shared))), *own]

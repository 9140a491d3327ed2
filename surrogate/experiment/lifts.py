"""What an experiment's networks say of segments: their mean outcome without offer, and the lift of an offer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate.digits import to_digits
from surrogate.experiment.model import OutcomeModel
from surrogate.experiment.network import mean_outcome, saving_ramps
from surrogate.experiment.predictive import predictive, predictive_ratio

Float = NDArray[np.float64]
LOWEST_LIFT = -0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Who:
    """Segments as mixtures of groups. S segments, G groups, F features."""

    features: Float
    """[G, F]"""
    share: Float
    """[S, G]"""
    learned: bool
    """Whether the groups are the model's own."""


def means(outcome: OutcomeModel, who: Who) -> Float:
    """Return the mean outcome of a customer without offer [E, S], spread as the truth may lie around it."""
    if who.learned:
        return predictive(outcome.base @ who.share.T, skewness=outcome.skewness)
    rows = [net.without(*net.states(who.features)) for net in outcome.networks]
    found = np.stack([mean_outcome(row, binary=outcome.binary) for row in rows]) * outcome.scale @ who.share.T
    return predictive(found, skewness=outcome.skewness)


def lifts(outcome: OutcomeModel, who: Who, mechanic: int, saving: float) -> Float:
    """Return the relative extra outcome [E, S] of one offer, spread as the truth may lie around it."""
    ramps = saving_ramps(np.array([saving]))
    above, below = [], []
    for number, net in enumerate(outcome.networks):
        profile, hidden = net.states(who.features)
        link = net.without(profile, hidden)
        answer = net.answers(profile, hidden, np.array([mechanic]), ramps)[:, 0]
        without, with_offer = (mean_outcome(one, binary=outcome.binary) for one in (link, link + answer))
        base = outcome.base[number] if who.learned else without * outcome.scale
        above.append(who.share @ (base * with_offer / without))
        below.append(who.share @ base)
    return to_digits(np.maximum(predictive_ratio(np.stack(above), np.stack(below)) - 1.0, LOWEST_LIFT))

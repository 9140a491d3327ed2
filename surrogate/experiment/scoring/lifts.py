"""What an experiment's networks say of segments: their mean outcome without offer, and the lift of an offer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.digits import to_digits
from surrogate.experiment.fitted.network import SAVING_CAP, answer_ramps, mean_outcome
from surrogate.experiment.model import OutcomeModel
from surrogate.experiment.scoring.predictive import predictive, predictive_ratio

LOWEST_LIFT = -0.5
_LEAST = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Who:
    """Segments as mixtures of groups. S segments, G groups, F features."""

    features: Float
    """[G, F]"""
    share: Float
    """[S, G]"""
    learned: bool
    """Whether the groups are the model's own."""
    rows: tuple[int | None, ...]
    """[S] the model's segment that each segment is; None where it is none of them."""
    like: Int | None = None
    """[G] the model's own group that each group is like but for what a scenario says of it; None: like none."""
    own: Float | None = None
    """[G, F] features of that group."""


def means(outcome: OutcomeModel, who: Who) -> Float:
    """Return the mean outcome of a customer without offer [E, S], spread as the truth may lie around it."""
    base = np.stack([_base(outcome, number, who) for number in range(len(outcome.networks))])
    return predictive(base @ who.share.T)


def lifts(outcome: OutcomeModel, who: Who, mechanic: int, saving: float, known: float = SAVING_CAP) -> Float:
    """Return the relative extra outcome [E, S] of one offer, spread as the truth may lie around it.

    ``known`` is the largest saving that the experiment tried of the mechanic.
    """
    above, below = _with_and_without(outcome, who, mechanic, saving, known)
    ratio = predictive_ratio(above, below, miss=outcome.lift_miss, least=1.0 + LOWEST_LIFT)
    return to_digits(np.maximum(ratio, 1.0 + LOWEST_LIFT) - 1.0)


def member_lifts(outcome: OutcomeModel, who: Who, mechanic: int, saving: float, known: float = SAVING_CAP) -> Float:
    """Return the relative extra outcome [E, S] as the members have it, not spread; parameters as of `lifts`."""
    above, below = _with_and_without(outcome, who, mechanic, saving, known)
    return np.asarray(np.maximum(above / below - 1.0, LOWEST_LIFT))


def _with_and_without(
    outcome: OutcomeModel, who: Who, mechanic: int, saving: float, known: float
) -> tuple[Float, Float]:
    """Return the mean outcome [E, S] with one offer and without."""
    ramps = answer_ramps(np.array([saving]), known=known)
    above, below = [], []
    for number, net in enumerate(outcome.networks):
        profile, hidden = net.states(who.features)
        link = net.without(profile, hidden)
        answer = net.answers(profile, hidden, np.array([mechanic]), ramps)[:, 0]
        without, with_offer = (mean_outcome(one, binary=outcome.binary) for one in (link, link + answer))
        base = _base(outcome, number, who)
        above.append(who.share @ (base * with_offer / without))
        below.append(who.share @ base)
    return np.stack(above), np.stack(below)


def _base(outcome: OutcomeModel, number: int, who: Who) -> Float:
    """Return a member's mean outcome of groups [G] without offer.

    A group that is like one of the model's own has that group's mean, moved as the network moves with what differs: the
    mean outcome of many customers is not the outcome of their mean.
    """
    if who.learned:
        return np.asarray(outcome.base[number])
    net = outcome.networks[number]
    link = net.without(*net.states(who.features))
    if who.like is None or who.own is None:
        return np.asarray(mean_outcome(link, binary=outcome.binary) * outcome.scale)
    level = np.maximum(outcome.base[number][who.like] / outcome.scale, _LEAST)
    known = np.log(level / np.maximum(1.0 - level, _LEAST)) if outcome.binary else np.log(level)
    moved = known + link - net.without(*net.states(who.own))
    return np.asarray(mean_outcome(moved, binary=outcome.binary) * outcome.scale)

"""Offers that bring nothing: a display that was never built, a coupon that no till knows.

A factor on a lift is believed in logs, where nothing is infinitely far from the forecast: however plain the sales,
such a belief stops half way and blames baselines and relatives for the rest. So beside it stands a second explanation,
with a belief of its own (a spike and a slab; Mitchell and Beauchamp, 1988, doi:10.1080/01621459.1988.10478694): that an
offer was not carried out. Both are fitted to the same sales, and weighed by how well they explain them. What tells them
apart are a product's days without the offer, and its neighbours: where these sell what is expected, a baseline is no
excuse. Uses, where they are told, tell more (`surrogate.flight.recalibration.unused`).

A targeted offer may fail for everybody (no till knows the code) or in one segment alone (its mailing was lost). Both
are weighed: of the probability that it fails in a segment, ``rho_offer``, the correlation inside an offer, is that it
fails everywhere. So one dead segment says by half that others, of which nothing is known, are dead, too; and where
another one sells as expected, it says nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scenarios.arrays import Float
from scenarios.response.effects import Effects
from surrogate.flight.evidence import Forecast
from surrogate.flight.recalibration.contrasts import Contrast
from surrogate.flight.recalibration.explained import Explained, mixed

NOTHING = 0.02
"""Factor on the lift of an offer that is not carried out; not 0, because lifts move in logs."""
SUSPECT = 0.3
"""Standard deviations of its belief by which a lift must have come down before its offer is suspected."""
USED = 10.0
"""Log of how much better carrying it out explains an offer's uses, from which on it is carried out for certain."""
MOST = 3
"""Most suspects: each is a fit of its own."""


Gone = frozenset[tuple[int, int]]
"""An explanation: offers that are not carried out, with the segments in which they are not."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Suspect:
    """An offer that may not be carried out."""

    offer: int
    everywhere: Gone
    """It in all segments."""
    told: tuple[int, ...]
    """Segments whose sales tell of it, the most suspect first; of a public offer, which is everybody's, none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighed:
    """All explanations, weighed."""

    explained: Explained
    nothing: dict[int, Float]
    """By number of an offer, [S]: how much more likely than before it brings nothing there, from 0 to 1 (`excess`)."""
    carried_out: dict[tuple[int, int], Explained]
    """By a suspected offer and segment: the explanations by which it is carried out there. The others tell nothing of
    what its lift is then."""


def suspects(shifts: Mapping[int, float], unused: Mapping[int, float]) -> tuple[int, ...]:
    """Offers that may bring nothing: by their uses, or where their lift came down and uses do not speak against it.

    Parameters
    ----------
    shifts
        How far each lift was moved, in standard deviations of its belief, in the segment where it came down most.
    unused
        Log of how much better nothing explains an offer's uses, where these are told, in the segment where most so.
    """
    told = [(-unused.get(offer, 0.0), shift, offer) for offer, shift in shifts.items()]
    may = [each for each in told if each[0] < 0.0 or (each[1] < -SUSPECT and each[0] < USED)]
    return tuple(offer for _, _, offer in sorted(may)[:MOST])


def weigh_undone(
    plain: Explained,
    suspected: Sequence[Suspect],
    fit: Callable[[Forecast, Sequence[Contrast]], Explained],
    forecast: Forecast,
    contrasts: Sequence[Contrast],
    belief: float,
    shared: float,
    unused: Callable[[Gone], float],
) -> Weighed:
    """Weigh that some offers bring nothing against what explains the sales otherwise.

    Parameters
    ----------
    plain
        What explains the sales where all offers are carried out.
    suspected
        Offers that may not be: each everywhere and in single segments and, where more than one is the better
        explanation so, these together.
    fit
        Explains the sales by a forecast, and by what holdouts measured.
    belief
        Probability beforehand that an offer is not carried out in a segment.
    shared
        Share of that by which it then is nowhere, of a targeted offer.
    unused
        Log of how much better the uses that are told are explained where some offers are not carried out.
    """
    found: dict[Gone, Explained] = {frozenset(): plain}
    scores: dict[Gone, float] = {frozenset(): plain.log_evidence}

    def tried(gone: Gone, odds: float) -> None:
        seen = [same for same in found if _told_of(same, suspected) == _told_of(gone, suspected)]
        if seen:  # they differ in segments of which nobody knows anything
            found[gone] = found[seen[0]]
        else:
            measured = [
                replace(each, planned=each.planned * NOTHING) if (each.offer, each.segment) in gone else each
                for each in contrasts
            ]
            found[gone] = fit(forecast.without(gone, NOTHING), measured)
        scores[gone] = found[gone].log_evidence + odds + unused(gone)

    def odds(chance: float) -> float:
        return float(np.log(chance) - np.log1p(-belief))

    better: list[tuple[Gone, float]] = []
    for suspect in suspected:
        own: list[tuple[Gone, float]] = []
        whole = odds(belief * shared if suspect.told else belief)
        single = odds(belief * (1.0 - shared)) if shared < 1.0 else -np.inf
        singles = [frozenset({(suspect.offer, segment)}) for segment in suspect.told[:MOST]] if shared < 1.0 else []
        ways = [(each, single) for each in singles]
        ways += [(suspect.everywhere, whole)] if whole > -np.inf else []
        for gone, by in ways:
            tried(gone, by)
            own += [(gone, by)] if scores[gone] > scores[frozenset()] else []
        some = frozenset().union(*(gone for gone, _ in own if gone in singles))
        if len(some) > 1:
            tried(some, single * len(some))
            own.append((some, single * len(some)))
        if own:
            better.append(max(own, key=lambda each: scores[each[0]]))
    if len(better) > 1:
        tried(frozenset().union(*(gone for gone, _ in better)), sum(by for _, by in better))
    explained, weights = mixed(found, scores)
    nothing, carried_out = dict[int, Float](), dict[tuple[int, int], Explained]()
    without: dict[frozenset[Gone], Explained] = {}
    for suspect in suspected:
        pairs = sorted(suspect.everywhere)
        chance = np.array([sum(weight for gone, weight in weights.items() if pair in gone) for pair in pairs])
        # Of segments of which nothing is known it was believed only that it fails everywhere.
        before = [belief if not suspect.told or s in suspect.told else belief * shared for _, s in pairs]
        beyond = np.array([excess(float(one), by) for one, by in zip(chance, before, strict=True)])
        if (beyond > 0).any():
            nothing[suspect.offer] = beyond
        for pair in pairs:
            here = frozenset(gone for gone in found if pair not in gone)
            if here not in without:
                without[here] = mixed({gone: found[gone] for gone in found if gone in here}, scores)[0]
            carried_out[pair] = without[here]
    return Weighed(explained=explained, nothing=nothing, carried_out=carried_out)


def _told_of(gone: Gone, suspected: Sequence[Suspect]) -> Gone:
    """What of an explanation anything is known of."""
    of = {each.offer: each.told for each in suspected}
    return frozenset((offer, segment) for offer, segment in gone if not of[offer] or segment in of[offer])


def excess(chance: float, belief: float) -> float:
    """How much more likely than believed something has become: 0 as believed, 1 where it is certain.

    What a forecast expects holds that some offers are not carried out: only what is learned beyond it takes off.
    """
    return max(chance - belief, 0.0) / (1.0 - belief)


def without_undone(effects: Effects, nothing: Mapping[int, Float]) -> Effects:
    """Take off lifts what offers that may bring nothing in a segment [S] are less worth; they are less sure, too."""
    if not nothing:
        return effects
    lift, sd = effects.lift.copy(), effects.lift_sd.copy()
    for offer, chances in nothing.items():
        mean, wider = _mean_and_spread(chances[:, None, None])
        lift[..., offer] *= mean
        sd[..., offer] = np.where(sd[..., offer] > 0, np.sqrt(sd[..., offer] ** 2 + np.log(wider)), sd[..., offer])
    return replace(effects, lift=lift, lift_sd=sd)


def without_unused(effects: Effects, offer: int, chances: Float, lines: NDArray[np.bool_]) -> Effects:
    """Take off the take-up of an offer's lines [S, K + 1, T] that nobody may be able to use it; uses told so.

    Beside `without_undone`, by the same probabilities [S]. Lines that stand cost as little as they bring then; whatever
    else might be planned of the offer is not taken to be cheaper for that.
    """
    if not (chances > 0).any():
        return effects
    take_up, take_up_cv = effects.take_up.copy(), effects.take_up_cv.copy()
    mean, wider = (np.broadcast_to(each[:, None, None], lines.shape)[lines] for each in _mean_and_spread(chances))
    take_up[lines, offer] *= mean
    take_up_cv[lines, offer] = np.sqrt((1.0 + take_up_cv[lines, offer] ** 2) * wider - 1.0)
    return replace(effects, take_up=take_up, take_up_cv=take_up_cv)


def _mean_and_spread(chance: Float) -> tuple[Float, Float]:
    """Means of factors that are `NOTHING` with some probability and else 1, and mean squares over the means' squares.

    The second is at least 1: where nothing is all but certain, rounding would take it below.
    """
    mean = (1.0 - chance) + chance * NOTHING
    return mean, np.maximum(((1.0 - chance) + chance * NOTHING**2) / mean**2, 1.0)


def quantile(share: float, middle: float, sd: float, nothing: float) -> float:
    """Quantile of a factor that is nothing with some probability, and else lognormal about a middle of logs."""
    if share <= nothing:
        return NOTHING
    return float(np.exp(middle + ndtri((share - nothing) / (1.0 - nothing)) * sd))

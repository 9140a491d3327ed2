"""Offers that bring nothing: a display that was never built, a coupon that no till knows.

A factor on a lift is believed in logs, where nothing is infinitely far from the forecast: however plain the sales,
such a belief stops half way and blames baselines and relatives for the rest. So beside it stands a second explanation,
with a belief of its own (a spike and a slab; Mitchell and Beauchamp, 1988, doi:10.1080/01621459.1988.10478694): that an
offer was not carried out. Both are fitted to the same sales, and weighed by how well they explain them. What tells them
apart are a product's days without the offer, and its neighbours: where these sell what is expected, a baseline is no
excuse. Uses, where they are told, tell more (`surrogate.flight.recalibration.unused`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

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


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighed:
    """All explanations, weighed."""

    explained: Explained
    nothing: dict[int, float]
    """By number of an offer: how much more likely than before it brings nothing, from 0 to 1 (`excess`)."""
    carried_out: dict[int, Explained]
    """By number of a suspected offer: the explanations by which it is carried out. The others tell nothing of what its
    lift is then."""


def suspects(shifts: Mapping[int, float], unused: Mapping[int, float]) -> tuple[int, ...]:
    """Offers that may bring nothing: by their uses, or where their lift came down and uses do not speak against it.

    Parameters
    ----------
    shifts
        How far each lift was moved, in standard deviations of its belief.
    unused
        Log of how much better nothing explains an offer's uses, where these are told.
    """
    told = [(-unused.get(offer, 0.0), shift, offer) for offer, shift in shifts.items()]
    may = [each for each in told if each[0] < 0.0 or (each[1] < -SUSPECT and each[0] < USED)]
    return tuple(offer for _, _, offer in sorted(may)[:MOST])


def weigh_undone(
    plain: Explained,
    suspected: Sequence[int],
    fit: Callable[[Forecast, Sequence[Contrast]], Explained],
    forecast: Forecast,
    contrasts: Sequence[Contrast],
    belief: float,
    unused: Mapping[int, float],
) -> Weighed:
    """Weigh that some offers bring nothing against what explains the sales otherwise.

    Parameters
    ----------
    plain
        What explains the sales where all offers are carried out.
    suspected
        Numbers of the offers that may not be: each by itself and, where more than one is the better explanation so,
        these together.
    fit
        Explains the sales by a forecast, and by what holdouts measured.
    belief
        Probability beforehand that an offer is not carried out.
    unused
        Log of how much better nothing explains an offer's uses, by its number, where these are told.
    """
    odds = float(np.log(belief) - np.log1p(-belief))
    found: dict[tuple[int, ...], Explained] = {(): plain}

    def score(gone: tuple[int, ...]) -> float:
        return found[gone].log_evidence + sum(odds + unused.get(offer, 0.0) for offer in gone)

    def tried(gone: tuple[int, ...]) -> None:
        measured = [replace(each, planned=each.planned * NOTHING) if each.offer in gone else each for each in contrasts]
        found[gone] = fit(forecast.without(gone, NOTHING), measured)

    for offer in suspected:
        tried((offer,))
    likely = tuple(offer for offer in suspected if score((offer,)) > score(()))
    if len(likely) > 1:
        tried(likely)
    scores = {gone: score(gone) for gone in found}
    explained, weights = mixed(found, scores)
    chance = {offer: sum(weight for gone, weight in weights.items() if offer in gone) for offer in suspected}
    return Weighed(
        explained=explained,
        nothing={offer: excess(each, belief) for offer, each in chance.items() if each > belief},
        carried_out={
            offer: mixed({gone: each for gone, each in found.items() if offer not in gone}, scores)[0]
            for offer in suspected
        },
    )


def excess(chance: float, belief: float) -> float:
    """How much more likely than believed something has become: 0 as believed, 1 where it is certain.

    What a forecast expects holds that some offers are not carried out: only what is learned beyond it takes off.
    """
    return max(chance - belief, 0.0) / (1.0 - belief)


def without_undone(effects: Effects, nothing: Mapping[int, float]) -> Effects:
    """Take off lifts what offers that may bring nothing are less worth, and widen them by not knowing."""
    if not nothing:
        return effects
    lift, sd = effects.lift.copy(), effects.lift_sd.copy()
    for offer, chance in nothing.items():
        mean, wider = _mean_and_spread(chance)
        lift[..., offer] *= mean
        sd[..., offer] = np.where(sd[..., offer] > 0, np.sqrt(sd[..., offer] ** 2 + np.log(wider)), sd[..., offer])
    return replace(effects, lift=lift, lift_sd=sd)


def without_unused(effects: Effects, offer: int, chance: float, lines: NDArray[np.bool_]) -> Effects:
    """Take off the take-up of an offer's lines [S, K + 1, T] that nobody may be able to use it; uses told so.

    Beside `without_undone`. Lines that stand cost as little as they bring then; whatever else might be planned of the
    offer is not taken to be cheaper for that.
    """
    if not chance > 0:
        return effects
    take_up, take_up_cv = effects.take_up.copy(), effects.take_up_cv.copy()
    mean, wider = _mean_and_spread(chance)
    take_up[lines, offer] *= mean
    take_up_cv[lines, offer] = np.sqrt((1.0 + take_up_cv[lines, offer] ** 2) * wider - 1.0)
    return replace(effects, take_up=take_up, take_up_cv=take_up_cv)


def _mean_and_spread(chance: float) -> tuple[float, float]:
    """Mean of a factor that is `NOTHING` with some probability and else 1, and its mean square over the mean's square.

    The second is at least 1: where nothing is all but certain, rounding would take it below.
    """
    mean = (1.0 - chance) + chance * NOTHING
    return mean, max(((1.0 - chance) + chance * NOTHING**2) / mean**2, 1.0)


def quantile(share: float, middle: float, sd: float, nothing: float) -> float:
    """Quantile of a factor that is nothing with some probability, and else lognormal about a middle of logs."""
    if share <= nothing:
        return NOTHING
    return float(np.exp(middle + ndtri((share - nothing) / (1.0 - nothing)) * sd))

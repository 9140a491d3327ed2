"""Uses that the till saw: which share of what is bought under an offer is bought with it, whatever the lift is.

Of what customers buy under an offer the till counts the part that uses it. How much of that they would have bought
anyway is what the lift says: of a share r of purchases and a lift l, ``r (1 + l) - l`` of the base units are used. So
where a lift test says that an offer brings less than was learned, those who use it would have bought anyway, and
take-up is more.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer
from scenarios.language.words import Mechanic
from surrogate.digits import to_digits
from surrogate.scoring.axes import Axes
from surrogate.scoring.known_mechanics import seen, use_seen
from surrogate.scoring.score_offers import OfferScores

_USED = (Mechanic.COUPON, Mechanic.GIFT, Mechanic.BUNDLE)
"""Mechanics on goods that the till counts the uses of."""
TOLD = 0.01
"""From which move of a take-up on a note says so."""


def kept_uses(axes: Axes, learned: OfferScores, tested: OfferScores, base: Float) -> OfferScores:
    """Return scores in which the used share of purchases is as learned, whatever lift tests made of the lift.

    Parameters
    ----------
    axes
        The scenario beside the model.
    learned, tested
        Scores without lift tests, and with them.
    base
        [S, K, T] baseline units, which weigh cells in a note.
    """
    take_up, notes = learned.take_up.copy(), list(tested.notes)
    for column, offer in enumerate(axes.scenario.offers):
        if not _told(axes, offer):
            continue
        mine = np.s_[:, :-1, :, column]
        before, after = (each.lift.mean(axis=0)[mine] for each in (learned, tested))
        was = learned.take_up[mine]
        now = np.clip(1.0 - (1.0 - was) * (1.0 + after) / (1.0 + before), 0.0, 1.0)
        take_up[mine] = np.where(was > 0, now, 0.0)
        weight = base * (was > 0)
        if not (weight.sum() > 0):
            continue
        old, new, less, more = (float((weight * each).sum() / weight.sum()) for each in (was, now, before, after))
        if abs(new - old) >= TOLD:
            notes.append(
                f"Lift tests move what {offer.id} brings from {less:+.0%} to {more:+.0%}; the till saw "
                f"{(old + less) / (1.0 + less):.0%} of what was bought under offers like it bought with them, and "
                f"this stays: its take-up moves from {old:.0%} to {new:.0%}."
            )
    varies = np.where(take_up > 0, tested.take_up_cv, 0.0)
    return replace(tested, take_up=to_digits(take_up), take_up_cv=varies, notes=tuple(notes))


def _told(axes: Axes, offer: Offer) -> bool:
    """Whether an offer's take-up was learned from uses that the till counted."""
    model = axes.model
    return not offer.is_basket and offer.mechanic in _USED and seen(model, offer) and use_seen(model, offer)

"""Uses of an offer on orders, split into those by orders that it brings and those by customers who order anyway.

The till counted all uses together, a comparison of customers or weeks says what the offer brings, and the two may
disagree: a lift above all uses there were is chance, or orders that did not use the offer. How many uses are of new
orders is then a share between 0 and 1, of which the lift is a measurement with an error. The mean of what is left of
that measurement between 0 and 1 is what the offer is taken to bring at most (a normal distribution cut at both ends:
with all shares equally likely beforehand, the posterior mean). So uses stay as many as the till told, a lift that is
surely below them stays as it is, and one that may be anything gives neither all uses to new orders nor none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.first_few import first_few
from scenarios.language.schema import Offer
from surrogate.digits import to_digits
from surrogate.scoring.axes import Axes
from surrogate.scoring.known_mechanics import share_taken
from surrogate.scoring.score_offers import OfferScores
from surrogate.scoring.share_of_new import share_of_new

WIDEST = 1.0
"""Most that the split makes a take-up unsure, as a share of it."""
TOLD = 0.05
"""From which share on a note says that a lift was taken to be smaller than it was learned."""
_NAMED = 8
"""Segments that a note names."""


def split_uses(axes: Axes, offers: OfferScores, about: Offer | None = None) -> OfferScores:
    """Return scores in which take-up of offers on orders is what is left of their uses to those who order anyway.

    Parameters
    ----------
    axes
        The scenario beside the model.
    offers
        With all uses as take-up of offers whose uses the till told.
    about
        Only this offer's split is told; all by default.
    """
    lift, take_up, varies, notes = offers.lift.copy(), offers.take_up.copy(), offers.take_up_cv.copy(), [*offers.notes]
    for column, offer in enumerate(axes.scenario.offers):
        if not offer.is_basket or share_taken(axes.model, offer) is None:
            continue
        own, uses = offers.lift[:, :, -1, :, column], offers.take_up[:, -1, :, column]  # [E, S, T], [S, T]
        mean = np.maximum(own.mean(axis=0), 0.0)
        error = np.hypot(mean * offers.lift_sd[:, -1, :, column], offers.lift_points[:, -1, :, column])
        whole = np.maximum(uses, 1e-12)
        share, unsure = share_of_new(mean / whole, error / whole)
        brought = np.minimum(uses * share, mean)  # that a small lift may be larger is no reason to believe so
        times = np.where(mean > 0, brought / np.maximum(mean, 1e-12), 1.0)
        lift[:, :, -1, :, column] = own * times
        take_up[:, -1, :, column] = uses - brought
        left = np.where(mean > 0, np.minimum(unsure / np.maximum(1.0 - share, 1e-12), WIDEST), 0.0)
        varies[:, -1, :, column] = np.where(uses > 0, np.hypot(offers.take_up_cv[:, -1, :, column], left), 0.0)
        smaller = ((times < 1.0 - TOLD) & (mean > 0)).any(axis=1)
        names = [segment.id for segment, here in zip(axes.segments, smaller, strict=True) if here]
        if names and about in (None, offer):
            who = "" if len(names) == len(axes.segments) else f" ({first_few(names, _NAMED)})"
            part = float((brought * smaller[:, None]).sum() / max((uses * smaller[:, None]).sum(), 1e-12))
            notes.append(
                f"Offer {offer.id} was learned to bring about as many orders as used one like it at the till, or "
                f"more{who}: as the lift is unsure, {part:.0%} of these uses are taken to be of orders that it brings, "
                "the others of customers who order anyway."
            )
    return replace(
        offers, lift=to_digits(lift), take_up=to_digits(take_up), take_up_cv=to_digits(varies), notes=tuple(notes)
    )

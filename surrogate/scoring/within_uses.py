"""Lifts of targeted offers on goods, held within the uses that the data saw: no offer brings more than what used it.

Which share r of what contacted customers bought was bought with the offer is known; how much of it is new is what the
lift says, and where customers were chosen, or an answer is carried over from other segments, the lift is badly known.
The share of the uses that is new lies between 0 and 1, and a lift measures it with an error. So a lift that is surely
below its uses stays as it is, and one that may be anything gives neither all uses to new purchases nor none
(`share_of_new`, as of offers on orders): an unsure lift near the top can only be too high. Uses stay as they are, so
what is taken off a lift is bought by customers who would have paid the full price.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer
from surrogate.digits import to_digits
from surrogate.model import Model
from surrogate.scoring.known_mechanics import seen, use_seen
from surrogate.scoring.share_of_new import share_of_new


def told_by_named(model: Model, offer: Offer, chosen: float) -> bool:
    """Whether named customers' own uses taught an offer on goods, so that of its uses only the split is unsure."""
    return bool(chosen > 0) and not offer.is_basket and seen(model, offer) and use_seen(model, offer)


def within_uses(lift: Float, take_up: Float, sd: Float) -> tuple[Float, Float]:
    """Return lift [E, ...] and take-up [...] with the mean lift drawn below what the uses allow.

    Parameters
    ----------
    lift, take_up
        As they were learned.
    sd
        [...] standard deviation of the log of true over learned lift, beside what members differ by.
    """
    mean = lift.mean(axis=0)
    positive = np.maximum(mean, 1e-9)
    with_offer = 1.0 - (1.0 - take_up) / (1.0 + positive)  # share r of purchases
    error = np.hypot(mean * sd, lift.std(axis=0))
    of_uses = with_offer * (1.0 + positive)
    share, _ = share_of_new(positive / of_uses, error / (of_uses * (1.0 + positive)))
    most = with_offer * share / (1.0 - with_offer * share)
    less = np.where(mean > 0, np.minimum(most / positive, 1.0), 1.0)  # that it may be more is no reason to believe so
    now = 1.0 - (1.0 - take_up) * (1.0 + mean * less) / (1.0 + mean)
    held = (take_up > 0) & (mean > 0)
    return (
        np.asarray(to_digits(np.where(held, lift * less, lift))),
        np.asarray(to_digits(np.where(held, np.clip(now, 0.0, 1.0), take_up))),
    )

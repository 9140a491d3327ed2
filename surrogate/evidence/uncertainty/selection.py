"""What choosing customers does to a learned lift: an error that no held-out week tells, because those were chosen too.

An offer to named customers is learned from whom the retailer chose, mostly those who were about to buy more, or less,
than they usually do. Held-out weeks hold the same choice, so that the calibrated spread of lifts knows nothing of it.
This error stands beside the calibrated one: all products and offers of a mechanic share it, and half of its variance is
each segment's own. Where an answer is carried over from other segments, that adds an error of the segment's own
(`surrogate.scoring.carried_over`). What chance measured of such offers takes both away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer
from scenarios.language.words import Layer, Mechanic
from surrogate.held_out.mechanic_errors import spoken_against
from surrogate.model import Model

SELECTED = 0.40
"""Standard deviation of the log of true over learned lift by how customers were chosen.

Made-up shops with a known truth say so (docs/learning.md): what was learned of coupons was off by 0.4 to 0.8 where they
went to recent buyers, by 0.0 to 0.3 where they went to chance and, in other runs, to heavy buyers.
"""
SPOKEN_AGAINST = float(np.log(2.0))
"""The same of a mechanic whose held-out sales are foreseen no better than if it did nothing: what was bought then lies
as near to no lift as to the learned one, so that half of it is no surprise."""
ANY_SEGMENT = 0.50
"""Share of its variance that all segments have in common."""


def selected(model: Model, offers: tuple[Offer, ...]) -> Float:
    """Return the standard deviation [O] of that error of a scenario's offers: 0 where nobody is known to be chosen.

    Offers are concerned that go to named customers, where use by such customers taught the model their mechanic.
    """
    used = () if model.offers is None else model.offers.used

    def sd(mechanic: str) -> float:
        return SELECTED if spoken_against(model.accuracy, mechanic) is None else SPOKEN_AGAINST

    return np.array(
        [
            sd(offer.mechanic.value) if offer.layer is Layer.TARGETED and offer.mechanic.value in used else 0.0
            for offer in offers
        ]
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Selection:
    """Covariances of that error. J lift tests, S segments, O offers of the scenario."""

    between: Float
    """[J, J] of the tests."""
    reach: Float
    """[S, O, J] of the offers with the tests."""
    own: Float
    """[S, O] variance of the offers."""
    mean: Float
    """[O] variance of their means over segments."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """How far that error goes, of some offers. S segments, O offers."""

    sd: Float
    """[O] standard deviations by how customers were chosen (`selected`)."""
    carried: Float
    """[S, O] standard deviations that are each segment's own, because its answer is carried over from others."""
    mechanics: tuple[Mechanic, ...]
    """[O]"""


def selection(of: Choice, tested: Choice, share: Float, weight: Float) -> Selection:
    """Return the covariances.

    Parameters
    ----------
    of, tested
        The scenario's offers, and the tested ones.
    share : [J, S]
        Of each test's extra units, by segment.
    weight : [S, O]
        How much each segment counts in an offer's mean; sums to 1.
    """
    kernel = ANY_SEGMENT + (1.0 - ANY_SEGMENT) * np.eye(share.shape[1])
    same = np.array([[one is other for other in tested.mechanics] for one in tested.mechanics])
    like = np.array([[one is other for other in tested.mechanics] for one in of.mechanics])
    to_segment, by_segment = (tested.sd[:, None] * share) @ kernel, share * tested.carried.T
    reach = to_segment.T[:, None, :] * of.sd[:, None] + of.carried[..., None] * by_segment.T[:, None]
    common = of.sd**2 * np.einsum("so,st,to->o", weight, kernel, weight)
    return Selection(
        between=same * ((to_segment @ share.T) * tested.sd[None, :] + by_segment @ by_segment.T),
        reach=reach * like,
        own=of.sd**2 + of.carried**2,
        mean=common + ((weight * of.carried) ** 2).sum(axis=0),
    )

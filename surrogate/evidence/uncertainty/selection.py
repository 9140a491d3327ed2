"""What choosing customers does to a learned lift: an error that no held-out week tells, because those were chosen too.

An offer to named customers is learned from whom the retailer chose, mostly those who were about to buy more, or less,
than they usually do. Held-out weeks hold the same choice, so that the calibrated spread of lifts knows nothing of it.
This error stands beside the calibrated one: all products and offers of a mechanic share it, and half of its variance is
each segment's own. What chance measured of such offers takes it away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer
from scenarios.language.words import Layer, Mechanic
from surrogate.model import Model

SELECTED = 0.40
"""Standard deviation of the log of true over learned lift by how customers were chosen.

Made-up shops with a known truth say so (docs/learning.md): what was learned of coupons was off by 0.4 to 0.8 where they
went to recent buyers, by 0.0 to 0.3 where they went to chance and, in other runs, to heavy buyers.
"""
ANY_SEGMENT = 0.50
"""Share of its variance that all segments have in common."""


def selected(model: Model, offers: tuple[Offer, ...]) -> Float:
    """Return the standard deviation [O] of that error of a scenario's offers: 0 where nobody is known to be chosen.

    Offers are concerned that go to named customers, where use by such customers taught the model their mechanic.
    """
    used = () if model.offers is None else model.offers.used
    return np.array(
        [SELECTED if offer.layer is Layer.TARGETED and offer.mechanic.value in used else 0.0 for offer in offers]
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Selection:
    """Covariances of that error. J lift tests, S segments, O offers of the scenario."""

    between: Float
    """[J, J] of the tests."""
    reach: Float
    """[S, O, J] of the offers with the tests."""
    own: Float
    """[O] variance of the offers."""
    mean: Float
    """[O] variance of their means over segments."""


def selection(
    sd: Float, mechanics: tuple[Mechanic, ...], test_sd: Float, test_mechanics: tuple[Mechanic, ...], share: Float,
    weight: Float,
) -> Selection:  # fmt: skip
    """Return the covariances.

    Parameters
    ----------
    sd, mechanics : [O], [O]
        Standard deviations of the scenario's offers by how customers were chosen (`selected`), and what each offer is.
    test_sd, test_mechanics : [J], [J]
        The same of the tested offers.
    share : [J, S]
        Of each test's extra units, by segment.
    weight : [S, O]
        How much each segment counts in an offer's mean; sums to 1.
    """
    kernel = ANY_SEGMENT + (1.0 - ANY_SEGMENT) * np.eye(share.shape[1])
    same = np.array([[one is other for other in test_mechanics] for one in test_mechanics])
    like = np.array([[one is other for other in test_mechanics] for one in mechanics])
    to_segment = (test_sd[:, None] * share) @ kernel
    return Selection(
        between=same * (to_segment @ share.T) * test_sd[None, :],
        reach=to_segment.T[:, None, :] * (sd[:, None] * like)[None],
        own=sd**2,
        mean=sd**2 * np.einsum("so,st,to->o", weight, kernel, weight),
    )

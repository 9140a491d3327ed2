"""What choosing customers does to a learned lift: an error that no held-out week tells, because those were chosen too.

An offer to named customers is learned from whom the retailer chose, mostly those who were about to buy more, or less,
than they usually do. Held-out weeks hold the same choice, so that the calibrated spread of lifts knows nothing of it.
Where chance measured such offers, what was learned is held against it with this error beside the calibrated one: all
products and offers of the mechanic share it, and half of its variance is each segment's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.language.words import Mechanic

Float = NDArray[np.float64]
Flag = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class SelectionParams:
    """How large that error is.

    Made-up shops with a known truth say so (docs/learning.md): the log of true over learned lifts of coupons was off by
    0.3 to 0.7 in segments of those who send to recent buyers, by 0.0 to 0.3 in one that sends to heavy ones.
    """

    sd: float = 0.40
    """Standard deviation of the log of true over learned lift."""
    any_segment: float = 0.50
    """Share of its variance that all segments have in common."""

    def __post_init__(self) -> None:
        if not (self.sd >= 0 and 0 <= self.any_segment <= 1):
            raise ValueError("expected a deviation of at least 0 and a share between 0 and 1")


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
    chosen: Flag,
    mechanics: tuple[Mechanic, ...],
    tested: Flag,
    test_mechanics: tuple[Mechanic, ...],
    share: Float,
    weight: Float,
    params: SelectionParams,
) -> Selection:
    """Return the covariances.

    Parameters
    ----------
    chosen, mechanics : [O], [O]
        Which of the scenario's offers go to named customers, and what each is.
    tested, test_mechanics : [J], [J]
        The same of the tested offers.
    share : [J, S]
        Of each test's extra units, by segment.
    weight : [S, O]
        How much each segment counts in an offer's mean; sums to 1.
    """
    kernel = params.sd**2 * (params.any_segment + (1.0 - params.any_segment) * np.eye(share.shape[1]))
    same = np.array([[one is other for other in test_mechanics] for one in test_mechanics])
    like = np.array([[one is other for other in test_mechanics] for one in mechanics])
    like = like.reshape(len(mechanics), len(test_mechanics)) & chosen[:, None] & tested[None, :]
    met = like.any(axis=1)
    to_segment = share @ kernel  # [J, S]
    return Selection(
        between=np.where(same & tested[:, None] & tested[None, :], to_segment @ share.T, 0.0),
        reach=np.where(like[None], to_segment.T[:, None, :], 0.0),
        own=np.where(met, params.sd**2, 0.0),
        mean=np.where(met, np.einsum("so,st,to->o", weight, kernel, weight), 0.0),
    )

"""The atlas of a front: what use of the limits is worth, by the direction that is climbed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.evolution.workspace import Prices
from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Atlas:
    """Prices that guided steps ended with, by direction."""

    shares: Float
    """[D, M] directions, each adding up to 1."""
    known: tuple[Prices, ...]
    """Prices in units of the leading measure, one entry a direction."""

    def prices(self, shares: Float) -> Prices:
        """Prices of the nearest known direction."""
        return self.known[int(np.argmin(((self.shares - shares) ** 2).sum(axis=1)))]

    def with_prices(self, shares: Float, prices: Prices) -> Atlas:
        """The atlas with one more direction."""
        return Atlas(shares=np.concatenate([self.shares, shares[None]]), known=(*self.known, prices))

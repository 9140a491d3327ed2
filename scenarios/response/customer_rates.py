"""How customers' own rates of buying differ in the data that effects were learned from, good by good."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CustomerRates:
    """Of the customers of one segment: what a comparison of them meets, no part of a plan's futures. K products.

    Raises
    ------
    ValueError
        For lots below 1, tastes below 0 or of other products than lots.
    """

    lots: tuple[float, ...]
    """[K] units of one purchase."""
    tastes: tuple[float, ...]
    """[K] relative variance of what single goods are to customers, beside activity."""
    activity: float
    """Relative covariance of what customers buy of two goods, in one period as in another: above 0 where some buy more
    of everything, below 0 where one good takes the place of another."""
    visits: float
    """Weeks: what two goods vary together within one week of it, beyond activity; above 0 where visits buy several."""

    def __post_init__(self) -> None:
        if not (min(self.lots, default=1.0) >= 1 and min(self.tastes, default=0.0) >= 0):
            raise ValueError("expected lots of at least 1 and tastes of at least 0")
        if len(self.lots) != len(self.tastes):
            raise ValueError(f"expected lots and tastes of the same products, got {len(self.lots)}, {len(self.tastes)}")

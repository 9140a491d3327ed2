"""What is decided: the offers that customers may get, and the limits that all customers share.

Letters: N customers, C offers, S segments, M measures, L limits. Every limit is an upper bound on one measure, summed
over the customers of some segments who get some of the offers. Uses are whole numbers in a fine unit (a ten-thousandth
of the currency's smallest, a millionth of a use ...), so that sums are exact and a limit is kept or it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scenarios.arrays import Flag, Float, Int

MOST_USE = 2**42
"""Largest use of one customer: sums of a block of rows stay below 2^63."""
MOST_SUM = 2**62
"""What all customers' uses never add up to: a bound above it binds nobody, and would leave 64 bits."""
MOST_OFFERS = 120
"""Offers that a choice of eight bits can tell apart, none included."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AssignLimit:
    """An upper bound on one measure over some segments and offers.

    Raises
    ------
    ValueError
        For a bound below 0.
    """

    id: str
    measure: int
    """Index of the measure."""
    cells: Flag
    """[S, C] whose use counts."""
    bound: int
    """In the measure's fine unit, at least 0."""

    def __post_init__(self) -> None:
        if not (self.bound >= 0):
            raise ValueError(f"limit {self.id}: the bound must be at least 0, got {self.bound}")


@dataclass(frozen=True, kw_only=True, eq=False)
class AssignQuestion:
    """Offers, measures and limits.

    Raises
    ------
    ValueError
        For no or too many offers, no segment, and limits whose cells or measures do not fit.
    """

    offers: tuple[str, ...]
    """[C]"""
    segments: tuple[str, ...]
    """[S], at least one."""
    measures: tuple[str, ...]
    """[M]"""
    limits: tuple[AssignLimit, ...]
    """[L]"""

    def __post_init__(self) -> None:
        if not (1 <= len(self.offers) <= MOST_OFFERS):
            raise ValueError(f"expected 1 to {MOST_OFFERS} offers, got {len(self.offers)}")
        if not self.segments:
            raise ValueError("expected at least one segment")
        for limit in self.limits:
            if limit.cells.shape != (len(self.segments), len(self.offers)):
                raise ValueError(f"limit {limit.id}: cells of shape {limit.cells.shape}")
            if not (0 <= limit.measure < len(self.measures)):
                raise ValueError(f"limit {limit.id}: no measure {limit.measure}")

    @cached_property
    def bounds(self) -> Int:
        """Bounds [L]."""
        return np.array([limit.bound for limit in self.limits], dtype=np.int64)

    @cached_property
    def cells(self) -> Float:
        """[L, S, C] 1 where a limit counts, else 0."""
        shape = (len(self.limits), len(self.segments), len(self.offers))
        return np.array([limit.cells for limit in self.limits], dtype=np.float64).reshape(shape)

    @cached_property
    def measure_of(self) -> Int:
        """Index of the measure of each limit [L]."""
        return np.array([limit.measure for limit in self.limits], dtype=np.int64)

    def uses(self, table: Int) -> Int:
        """Return the use of every limit [L] from a table of uses [M, S, C]."""
        return np.array([int(table[limit.measure][limit.cells].sum()) for limit in self.limits], dtype=np.int64)

    def price_table(self, prices: Float) -> Float:
        """Return what a unit of each measure costs by segment and offer [M, S, C] at prices [L] of the limits."""
        table = np.zeros((len(self.measures), len(self.segments), len(self.offers)))
        for price, limit in zip(prices, self.limits, strict=True):
            table[limit.measure] += float(price) * limit.cells
        return table

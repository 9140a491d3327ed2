"""How customers' own rates of buying differ in the data that effects were learned from, good by good."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SegmentRates:
    """Of the customers of one segment, as relative variances.

    Raises
    ------
    ValueError
        For a figure below 0.
    """

    activity: float
    """Of how much customers buy at all: all goods alike, from one period to another."""
    visits: float
    """Weeks: what goods vary together within one week of it, beyond activity, because one visit buys several."""
    tastes: tuple[float, ...]
    """[K] of what single goods are to customers, beside activity."""

    def __post_init__(self) -> None:
        if not (min(self.activity, self.visits, *self.tastes) >= 0):
            raise ValueError("expected activity, visits and tastes of at least 0")


@dataclass(frozen=True, kw_only=True)
class CustomerRates:
    """What a comparison of customers meets, no part of a plan's futures. S segments, K products of the scenario.

    Raises
    ------
    ValueError
        For lots below 1, or tastes of other products than lots.
    """

    lots: tuple[float, ...]
    """[K] units of one purchase."""
    segments: tuple[SegmentRates | None, ...]
    """[S]; None where too few customers tell it."""

    def __post_init__(self) -> None:
        if not (min(self.lots, default=1.0) >= 1):
            raise ValueError("expected lots of at least 1")
        if not all(one is None or len(one.tastes) == len(self.lots) for one in self.segments):
            raise ValueError("expected as many tastes as lots")

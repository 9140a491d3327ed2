"""The records of a market experiment: what is tried, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer

INTERVAL = 1.645
"""Standard normal quantile of a 90 % interval."""
DRIFT = 0.10
"""Relative standard deviation by which effects are taken to drift between the experiment and the campaign."""


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """Which days are measured and how often.

    ``runs`` are independent runs of the whole horizon, each with its own moods and competitor; offers are tried on
    the ``days`` of each, and only those named in ``offers`` (None: all).

    Raises
    ------
    ValueError
        For no run, or no day.
    """

    seed: int
    runs: int
    days: tuple[int, ...]
    offers: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not (self.runs >= 1):
            raise ValueError(f"runs: expected at least 1, got {self.runs}")
        if not self.days:
            raise ValueError("days: expected at least one day to try offers on")

    def tries(self, offer: Offer) -> bool:
        """Whether the experiment tries an offer."""
        return self.offers is None or offer.id in self.offers

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the runs."""
        return tuple(self.seed + 1 + run for run in range(self.runs))


@dataclass(frozen=True, kw_only=True)
class MeasuredEffect:
    """One offer in one segment and product (None for the basket)."""

    segment: int
    product: int | None
    offer: str
    lift: float
    low: float
    high: float
    take_up: float


@dataclass(frozen=True, kw_only=True)
class OrderBinRow:
    """Orders of one segment near one value, per average period."""

    segment: int
    value: float
    orders: float
    units: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurement:
    """All that the experiment found."""

    effects: tuple[MeasuredEffect, ...]
    base_units: Float
    """[S, K, T] expected units with no promotion and full shelves."""
    orders: tuple[OrderBinRow, ...]


@dataclass(kw_only=True, eq=False)
class TrialSums:
    """What the trials of one offer in one cell found, one entry a trial."""

    base: list[float] = field(default_factory=list)
    """Sales without the offer."""
    gain: list[float] = field(default_factory=list)
    """What the offer added."""
    under: list[float] = field(default_factory=list)
    """The part of ``whole`` that comes under the offer."""
    whole: list[float] = field(default_factory=list)
    """Base units (baskets: orders) that there would have been anyway."""

    def add(self, base: float, gain: float, under: float, whole: float) -> None:
        """Add one trial."""
        self.base.append(base)
        self.gain.append(gain)
        self.under.append(under)
        self.whole.append(whole)

    def effect(self, segment: int, product: int | None, offer: str) -> MeasuredEffect:
        """Return the mean effect with its interval: the error of the mean over trials, and drift.

        Raises
        ------
        ValueError
            When the cell sold nothing in any trial.
        """
        base, gain, whole = np.array(self.base), np.array(self.gain), np.array(self.whole)
        if not (base.sum() > 0 and whole.sum() > 0):
            raise ValueError(f"offer {offer}: its cell sold nothing; expected more simulated customers or trials")
        lift = float(gain.sum() / base.sum())
        error = float((gain - lift * base).std(ddof=1) * np.sqrt(gain.size) / base.sum()) if gain.size > 1 else 0.0
        relative = error / abs(lift) if lift else 0.0
        spread = float(np.sqrt(np.log1p(relative**2) + DRIFT**2))
        ends = sorted(lift * float(np.exp(sign * INTERVAL * spread)) for sign in (-1, 1))
        return MeasuredEffect(
            segment=segment,
            product=product,
            offer=offer,
            lift=lift,
            low=ends[0],
            high=ends[1],
            take_up=float(np.sum(self.under) / whole.sum()),
        )

"""How large a holdout must be: which lift a comparison of two random groups detects, and with which power.

The outcome of a customer (units in the campaign) has a mean and a variance; the means of two random groups are compared
by a two-sided normal test at 5 %. A covariate from before the campaign takes away the share of the variance that it
explains (CUPED).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Float = NDArray[np.float64]
SIGNIFICANCE = 0.05
POWER = 0.80
SPREAD = 1.0
"""Assumed relative deviation of customers' own rates of buying, where no past of theirs is known: some buy often, most
hardly ever."""
LARGEST_HOLDOUT = 0.5


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is known of one customer's outcome without the offers.

    Raises
    ------
    ValueError
        For a mean or variance that is not above 0, or an explained share outside 0 to 1.
    """

    mean: float
    variance: float
    explained: float = 0.0
    """Share of the variance that the past explains (squared correlation)."""

    def __post_init__(self) -> None:
        if not (self.mean > 0 and self.variance > 0):
            raise ValueError(f"expected a mean and a variance above 0, got {self.mean} and {self.variance}")
        if not (0.0 <= self.explained < 1.0):
            raise ValueError(f"explained: expected a share from 0 to below 1, got {self.explained}")

    @property
    def left(self) -> float:
        """Variance that the past leaves."""
        return self.variance * (1.0 - self.explained)


def counted_outcome(mean: float, spread: float = SPREAD) -> Outcome:
    """Units of a customer as a count around an own rate: variance mean + (spread * mean) squared."""
    return Outcome(mean=mean, variance=mean + (spread * mean) ** 2)


def spread_of(before: Float, fewest: int = 100) -> float | None:
    """Relative deviation of customers' own rates, from units [N] that they bought before; None where too few tell it.

    Counts around own rates have the variance mean + (spread * mean) squared: what exceeds the mean tells the spread.
    """
    if len(before) < fewest or not (before.mean() > 0):
        return None
    mean, variance = float(before.mean()), float(before.var(ddof=1))
    return float(np.sqrt(max(variance - mean, 0.0))) / mean


def standard_error(outcome: Outcome, treated: float, held: float, lift: float = 0.0) -> float:
    """Of the measured lift, with so many customers in each group; larger outcomes vary more."""
    growth = 1.0 + max(lift, -0.9)
    return float(np.sqrt(outcome.left * (growth / treated + 1.0 / held)) / outcome.mean)


def power_of(outcome: Outcome, treated: float, held: float, lift: float) -> float:
    """Chance that a true lift shows as different from 0."""
    if not (treated > 0 and held > 0):
        return 0.0
    z = abs(lift) / standard_error(outcome, treated, held, lift)
    bar = float(ndtri(1.0 - SIGNIFICANCE / 2.0))
    return float(ndtr(z - bar) + ndtr(-z - bar))


def detectable_lift(outcome: Outcome, treated: float, held: float, power: float = POWER) -> float:
    """Smallest lift that is found with a power; infinite where a group is empty."""
    if not (treated > 0 and held > 0):
        return float("inf")
    z = float(ndtri(1.0 - SIGNIFICANCE / 2.0) + ndtri(power))
    lift = z * standard_error(outcome, treated, held)
    for _ in range(50):
        lift = z * standard_error(outcome, treated, held, lift)
    return lift


def holdout_needed(outcome: Outcome, customers: int, lift: float, power: float = POWER) -> int | None:
    """Fewest customers to keep out so that a lift is found with a power; None where no share up to half is enough."""
    best = 1.0 / (1.0 + float(np.sqrt(1.0 + max(lift, -0.9))))
    low, high = 1, max(int(min(best, LARGEST_HOLDOUT) * customers), 1)
    if power_of(outcome, customers - high, high, lift) < power:
        return None
    while low < high:
        middle = (low + high) // 2
        if power_of(outcome, customers - middle, middle, lift) >= power:
            high = middle
        else:
            low = middle + 1
    return low

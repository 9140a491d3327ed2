"""How large a holdout must be: which lift a comparison of two random groups detects, and with which power.

The outcome of a customer (units in the campaign) has a mean and a variance; the means of two random groups are compared
by a two-sided normal test at 5 %. A covariate from before the campaign takes away the share of the variance that it
explains (CUPED).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from scenarios.arrays import Float

SIGNIFICANCE = 0.05
POWER = 0.80
SPREAD = 1.0
"""Assumed relative deviation of customers' own rates of buying, where no past of theirs is known: some buy often, most
hardly ever."""
FEWEST_KNOWN = 100
"""Customers whose past tells how they buy, at least."""
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


@dataclass(frozen=True, kw_only=True)
class Buying:
    """How customers buy: how much their own rates differ, and how many units they take at a time.

    Raises
    ------
    ValueError
        For a negative spread, or less than a unit at a time.
    """

    spread: float = SPREAD
    """Relative deviation of customers' own rates of buying."""
    lot: float = 1.0
    """Units of one purchase."""

    def __post_init__(self) -> None:
        if not (self.spread >= 0 and self.lot >= 1):
            raise ValueError(f"expected a spread of at least 0 and lots of at least 1, got {self.spread}, {self.lot}")


ASSUMED = Buying()
"""Where no customer's past is known."""


def counted_outcome(mean: float, buying: Buying = ASSUMED) -> Outcome:
    """Units of a customer as purchases around an own rate: variance lot * mean + (spread * mean) squared."""
    return Outcome(mean=mean, variance=buying.lot * mean + (buying.spread * mean) ** 2)


def buying_of(before: Float, lot: float | None = None) -> Buying | None:
    """How customers buy, from units [N] that they bought before; None where too few tell it.

    Purchases counted around own rates that differ (gamma) leave the variance lot * mean + (spread * mean) squared.
    Where nobody knows the lot, many customers without any purchase tell it: of two ways to the same variance, lots
    leave more of them with nothing.

    Parameters
    ----------
    before
        Units [N].
    lot
        Units of one purchase, where weeks of other data told them.
    """
    if len(before) < FEWEST_KNOWN or not (before.mean() > 0):
        return None
    mean, variance, none = float(before.mean()), float(before.var(ddof=1)), float((before == 0).mean())
    low, high = 1.0, max(variance / mean, 1.0)
    if lot is not None:
        low = high = min(max(lot, low), high)
    for _ in range(50):
        lot = 0.5 * (low + high)
        low, high = (lot, high) if _without_purchase(mean, variance, lot) < none else (low, lot)
    return Buying(spread=float(np.sqrt(max(variance - low * mean, 0.0))) / mean, lot=low)


def _without_purchase(mean: float, variance: float, lot: float) -> float:
    """Share of customers without any purchase, where units come in lots."""
    spread = max(variance - lot * mean, 0.0) / mean**2
    purchases = mean / lot
    return float(np.exp(-purchases) if spread * purchases < 1e-6 else (1.0 + spread * purchases) ** (-1.0 / spread))


def standard_error(outcome: Outcome, treated: float, held: float, lift: float = 0.0) -> float:
    """Of the measured lift, with so many customers in each group.

    Customers with offers vary more: some answer and some do not, and who answers takes more at a time. Their deviation
    is taken to grow as their mean does, hence their variance with its square.
    """
    growth = 1.0 + max(lift, -0.9)
    return float(np.sqrt(outcome.left * (growth**2 / treated + 1.0 / held)) / outcome.mean)


def power_of(outcome: Outcome, treated: float, held: float, lift: float) -> float:
    """Chance that a true lift shows as different from 0."""
    if not (treated > 0 and held > 0):
        return 0.0
    z = abs(lift) / standard_error(outcome, treated, held, lift)
    bar = float(ndtri(1.0 - SIGNIFICANCE / 2.0))
    return float(ndtr(z - bar) + ndtr(-z - bar))


def power_at(lift: float, detects: float) -> float:
    """Chance that a true lift shows where ``detects`` is the lift that shows with `POWER`."""
    bar = float(ndtri(1.0 - SIGNIFICANCE / 2.0))
    z = abs(lift) / detects * (bar + float(ndtri(POWER)))
    return float(ndtr(z - bar) + ndtr(-z - bar))


def detectable_lift(outcome: Outcome, treated: float, held: float) -> float:
    """Smallest lift that is found with `POWER`; infinite where a group is empty, or too small for any lift.

    The deviation of customers with offers grows as their mean does. Where there are too few of them, it therefore grows
    as fast as the lift that it hides, and no lift stands out.
    """
    if not (treated > 0 and held > 0):
        return float("inf")
    z = float(ndtri(1.0 - SIGNIFICANCE / 2.0) + ndtri(POWER))
    # lift^2 = ratio * ((1 + lift)^2 / treated + 1 / held), solved for the lift above 0
    ratio = z**2 * outcome.left / outcome.mean**2
    fixed = ratio / treated
    if not (fixed < 1.0):
        return float("inf")
    return float((fixed + np.sqrt(fixed**2 + (1.0 - fixed) * (fixed + ratio / held))) / (1.0 - fixed))


def holdout_needed(outcome: Outcome, customers: int, lift: float) -> int | None:
    """Fewest customers to keep out so that a lift is found with `POWER`; None where no share up to half is enough."""
    best = 1.0 / (2.0 + max(lift, -0.9))
    low, high = 1, max(int(min(best, LARGEST_HOLDOUT) * customers), 1)
    if power_of(outcome, customers - high, high, lift) < POWER:
        return None
    while low < high:
        middle = (low + high) // 2
        if power_of(outcome, customers - middle, middle, lift) >= POWER:
            high = middle
        else:
            low = middle + 1
    return low

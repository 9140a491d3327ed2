"""What a rule of who gets which offer would earn, estimated from customers who were randomised otherwise.

With A the arm a customer was in, e_a the known probability of arm a, pi the rule's choice, y the outcome and m_a a
prediction of the outcome in arm a (made without the customer):

    inverse propensity    V = mean( 1{A = pi} y / e_pi )
    doubly robust         V = mean( m_pi + 1{A = pi} (y - m_pi) / e_pi )

Both are means over customers, so that their standard errors and those of differences between two rules are exact for
large numbers; rows of one customer count together. Dudik, Erhan, Langford and Li, Statistical Science 29 (2014),
doi:10.1214/14-STS500.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.held_out.intervals import LEVEL
from surrogate.held_out.trial import Estimate, summed_by_customer


@dataclass(frozen=True, kw_only=True, eq=False)
class Assigned:
    """N randomised customers in one of A arms (arm 0 is usually: no offer).

    Raises
    ------
    ValueError
        When shapes do not fit or a customer's own arm had no chance.
    """

    outcome: Float
    """[N]"""
    arm: Int
    """[N] the arm the customer was in."""
    propensity: Float
    """[N, A] probability of each arm; rows sum to 1."""
    unit: Int | None = None
    """[N] number of the customer, where some have several rows: their rows are not independent."""

    def __post_init__(self) -> None:
        count, arms = self.outcome.size, self.propensity.shape[-1]
        if not (self.outcome.shape == self.arm.shape == (count,) and self.propensity.shape == (count, arms)):
            raise ValueError("outcome and arm must be [N] and propensity [N, A]")
        if self.unit is not None and self.unit.shape != (count,):
            raise ValueError("unit must be [N]")
        if not (np.isfinite(self.outcome).all() and ((self.arm >= 0) & (self.arm < arms)).all()):
            raise ValueError("outcomes must be finite and arms numbers from 0 to A - 1")
        if not (np.abs(self.propensity.sum(axis=1) - 1.0) < 1e-6).all() or not (self.propensity >= 0).all():
            raise ValueError("propensities must be at least 0 and sum to 1 for each customer")
        if not (self.propensity[np.arange(count), self.arm] > 0).all():
            raise ValueError("every customer's own arm must have a propensity above 0")


@dataclass(frozen=True, kw_only=True, eq=False)
class PolicyValue:
    """Outcome per customer under a rule."""

    estimate: Estimate
    scores: Float
    """[N] a row's term; the mean is the value, so that two rules can be compared pair by pair."""
    unit: Int | None = None
    """[N] whose row it is; None: each another customer's."""


def inverse_propensity(data: Assigned, choice: Int) -> PolicyValue:
    """Return the value of giving customer n the arm ``choice[n]``, from those who happened to be in that arm.

    Raises
    ------
    ValueError
        For rules that choose what a customer could not get.
    """
    return _value(_matched(data, choice) * data.outcome, data.unit)


def doubly_robust(data: Assigned, choice: Int, predicted: Float) -> PolicyValue:
    """Return the same with predictions [N, A] of the outcome in each arm, which must not have seen the customer.

    Raises
    ------
    ValueError
        For predictions of another shape or not finite, and rules that choose what a customer could not get.
    """
    if not (predicted.shape == data.propensity.shape and np.isfinite(predicted).all()):
        raise ValueError("predictions must be finite and [N, A]")
    expected = predicted[np.arange(choice.size), choice]
    return _value(expected + _matched(data, choice) * (data.outcome - expected), data.unit)


def gain(mine: PolicyValue, other: PolicyValue) -> Estimate:
    """Return how much more one rule earns per customer than another on the same customers, paired."""
    return _mean(mine.scores - other.scores, mine.unit)


def _matched(data: Assigned, choice: Int) -> Float:
    """Return 1 / propensity where the customer was in the chosen arm, else 0."""
    if not (choice.shape == data.arm.shape and ((choice >= 0) & (choice < data.propensity.shape[1])).all()):
        raise ValueError("choices must be arms, one for each customer")
    chance = data.propensity[np.arange(choice.size), choice]
    if not (chance > 0).all():
        raise ValueError("the rule chooses an arm that some customers could not get; the data cannot value it")
    return np.asarray((data.arm == choice) / chance)


def _value(scores: Float, unit: Int | None) -> PolicyValue:
    return PolicyValue(estimate=_mean(scores, unit), scores=scores, unit=unit)


def _mean(scores: Float, unit: Int | None) -> Estimate:
    """Return the mean of terms [N], its error summed customer by customer."""
    value = float(scores.mean())
    customers = scores.size if unit is None else np.unique(unit).size
    error = float("inf")
    if customers > 1:
        squares = float((summed_by_customer(scores - value, unit) ** 2).sum())
        error = float(np.sqrt(squares * customers / (customers - 1)) / scores.size)
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * error
    return Estimate(value=value, low=value - reach, high=value + reach, standard_error=error)

"""One offer against none on randomised customers, and the average effect of the offer on them.

Arms are weighted by the inverse probability of being in them, so that unequal splits are fair; who was likely to be
drawn for another offer is rare here, and counts more for it. Rows of one customer (waves) are not independent:
variances are summed customer by customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.held_out.intervals import LEVEL


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure with its 90 % interval and standard error."""

    value: float
    low: float
    high: float
    standard_error: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """One offer against none on N randomised customers.

    Raises
    ------
    ValueError
        When lengths differ, an arm is empty, or a propensity is not strictly between 0 and 1.
    """

    outcome: Float
    """[N] what the customer did: 0 or 1, or an amount."""
    treated: Flag
    """[N] who got the offer."""
    propensity: Float
    """[N] probability of the offer that the customer had, of all who got the offer or nothing."""
    unit: Int | None = None
    """[N] number of the customer, where some have several rows (waves): their rows are not independent."""
    drawn: Float | None = None
    """[N] probability of being in the trial at all, where other offers took some of the customers; None: 1."""

    def __post_init__(self) -> None:
        count = self.outcome.size
        if not all(one is None or one.shape == (count,) for one in (self.unit, self.drawn)):
            raise ValueError("unit and drawn must be arrays [N]")
        if self.drawn is not None and not ((self.drawn > 0) & (self.drawn <= 1 + 1e-9)).all():
            raise ValueError("probabilities of being in the trial must be above 0 and at most 1")
        if not (self.outcome.shape == self.treated.shape == self.propensity.shape == (count,)):
            raise ValueError("outcome, treated and propensity must be arrays [N] of one length")
        if self.treated.dtype != np.bool_:
            raise ValueError("treated must be an array of True and False")
        if not (self.treated.any() and not self.treated.all()):
            raise ValueError("a trial needs customers with the offer and customers without it")
        if not (np.isfinite(self.outcome).all() and ((self.propensity > 0) & (self.propensity < 1)).all()):
            raise ValueError("outcomes must be finite and propensities strictly between 0 and 1")

    @property
    def weight(self) -> Float:
        """[N] inverse probability of the arm that the customer was in."""
        return np.where(self.treated, 1.0 / self.propensity, 1.0 / (1.0 - self.propensity))

    @property
    def stands_for(self) -> Float:
        """[N] how many customers one in the trial stands for, beside the one who was most likely to be in it."""
        return np.ones(self.outcome.size) if self.drawn is None else self.drawn.max() / self.drawn


def average_effect(trial: Trial) -> Estimate:
    """Return the average effect of the offer on all customers, each arm's mean weighted by inverse propensity.

    Who was likely to be drawn for other offers is rarer in the trial, and counts more for it.
    """
    mean, variance = difference_of_means(trial, np.ones(trial.outcome.size, dtype=bool), everybody=True)
    return normal_estimate(mean, float(np.sqrt(variance)))


def difference_of_means(trial: Trial, here: Flag, *, everybody: bool = False) -> tuple[float, float]:
    """Return the weighted difference of the arms' means and its variance (linearised, summed customer by customer)."""
    size = trial.stands_for if everybody else np.ones(trial.outcome.size)
    difference, moved = 0.0, np.zeros(trial.outcome.size)
    for arm, sign in ((trial.treated, 1.0), (~trial.treated, -1.0)):
        mine = here & arm
        weight, outcome = (trial.weight * size)[mine], trial.outcome[mine]
        mean = float((weight * outcome).sum() / weight.sum())
        difference += sign * mean
        freedom = mine.sum() / max(int(mine.sum()) - 1, 1)
        moved[mine] = sign * np.sqrt(freedom) * weight * (outcome - mean) / weight.sum()
    return difference, float((summed_by_customer(moved, trial.unit) ** 2).sum())


def summed_by_customer(terms: Float, unit: Int | None) -> Float:
    """Sum terms [N] over the rows of each customer; None: each row is another one."""
    return terms if unit is None else np.asarray(np.bincount(unit, terms), dtype=np.float64)


def normal_estimate(value: float, standard_error: float) -> Estimate:
    """Return a figure with the 90 % interval of a normal distribution."""
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * standard_error
    return Estimate(value=value, low=value - reach, high=value + reach, standard_error=standard_error)


def check_score(trial: Trial, score: Float) -> None:
    """Refuse scores that are not finite, or not one for each customer of a trial.

    Raises
    ------
    ValueError
        For such scores.
    """
    if not (score.shape == trial.outcome.shape and np.isfinite(score).all()):
        raise ValueError("scores must be finite, one for each customer")

"""How well uplift scores rank and size what an offer does, on customers who were randomised.

An experiment gives a customer the offer (treated) or not, with a known probability (propensity e). Customers stand in
falling order of their score; sums over the first of them are weighted by the inverse probability of their own arm, so
that unequal splits are fair; who was likely to be drawn for another offer is rare here, and counts more for it;
customers with equal scores enter together. With T(k), C(k) the weighted numbers of
treated and untreated customers among the first k, and Yt(k), Yc(k) their weighted outcomes:

    Qini curve      g(k) = p T(k) (Yt(k) / T(k) - Yc(k) / C(k))      p: treated customers / T(n)
                         = Yt - Yc Nt / Nc                           with one propensity for all, N counts (Radcliffe)
    Qini            (area under g - area under the straight line to g(n)) / the same of the ideal order
    ideal order     treated customers by falling outcome, then those of outcome 0, then untreated by rising outcome
    uplift curve    u(k) = (k / n) (Yt(k) / T(k) - Yc(k) / C(k))
    AUUC            area under u over k / n: outcome per customer; a random order has half the average effect

The mean of an arm of which nobody has come yet counts as 0. Areas are trapezoids over k / n. Qini is 0 for a random
order and 1 for the ideal one, which knows the outcomes: real experiments give a few hundredths (Hillstrom's women's
e-mail on visits .05 to .08). This is the normalisation of scikit-uplift's ``qini_auc_score``, there for one propensity.

Radcliffe, "Using control groups to target on predicted lift", Direct Marketing Analytics Journal (2007), 14-21;
Jaskowski and Jaroszewicz, ICML Workshop on Clinical Data (2012); Gutierrez and Gerardy, PMLR 67 (2017), 1-13.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from surrogate.held_out.intervals import LEVEL

Float = NDArray[np.float64]


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
    treated: NDArray[np.bool_]
    """[N] who got the offer."""
    propensity: Float
    """[N] probability of the offer that the customer had, of all who got the offer or nothing."""
    unit: NDArray[np.int64] | None = None
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A curve over the share of customers reached, from 0 to 1. M points."""

    share: Float
    """[M]"""
    gain: Float
    """[M]"""

    @property
    def area(self) -> float:
        """Area under the curve."""
        return float(np.trapezoid(self.gain, self.share))

    @property
    def area_over_random(self) -> float:
        """Area between the curve and the straight line to its end."""
        return self.area - float(self.gain[-1]) / 2


def qini_curve(trial: Trial, score: Float) -> Curve:
    """Return extra outcomes among the treated, over the share of customers taken by falling score."""
    return _Ranked(trial, score).qini_curve(np.ones(trial.outcome.size))


def uplift_curve(trial: Trial, score: Float) -> Curve:
    """Return extra outcome per customer of treating only the first customers by falling score."""
    return _Ranked(trial, score).uplift_curve(np.ones(trial.outcome.size))


def qini(trial: Trial, score: Float) -> float:
    """Return the Qini coefficient: 0 for a random order, 1 for the ideal one; 0 where no order differs from another."""
    return _qini_of(trial, score)(np.ones(trial.outcome.size))


def auuc(trial: Trial, score: Float) -> float:
    """Return the area under the uplift curve, in outcome per customer; half the average effect for a random order."""
    return uplift_curve(trial, score).area


def average_effect(trial: Trial) -> Estimate:
    """Return the average effect of the offer on all customers, each arm's mean weighted by inverse propensity.

    Who was likely to be drawn for other offers is rarer in the trial, and counts more for it.
    """
    mean, variance = _difference(trial, np.ones(trial.outcome.size, dtype=bool), everybody=True)
    return _normal(mean, float(np.sqrt(variance)))


def qini_interval(trial: Trial, score: Float, *, rng: np.random.Generator, resamples: int = 400) -> Estimate:
    """Return `qini` with the interval of a bootstrap of customers within their arms; the score is taken as given.

    All rows of a customer are drawn together.
    """
    return _bootstrap(trial, _qini_of(trial, score), rng, resamples)


def auuc_interval(trial: Trial, score: Float, *, rng: np.random.Generator, resamples: int = 400) -> Estimate:
    """Return `auuc` with the interval of a bootstrap of customers within their arms; the score is taken as given."""
    ranked = _Ranked(trial, score)
    return _bootstrap(trial, lambda count: ranked.uplift_curve(count).area, rng, resamples)


def qini_gain(trial: Trial, score: Float, other: Float, *, rng: np.random.Generator, resamples: int = 400) -> Estimate:
    """Return by how much a score's Qini exceeds another's, paired: both on the same resampled customers."""
    mine, theirs = _qini_of(trial, score), _qini_of(trial, other)
    return _bootstrap(trial, lambda count: mine(count) - theirs(count), rng, resamples)


@dataclass(frozen=True, kw_only=True)
class CalibrationRow:
    """Customers of similar predicted uplift: what was predicted, and what the experiment shows."""

    customers: int
    predicted: float
    observed: Estimate


def calibration(trial: Trial, predicted: Float, *, bins: int = 10) -> tuple[CalibrationRow, ...]:
    """Compare predicted and observed uplift in bins of equal size (deciles), lowest prediction first.

    Customers of equal prediction stay together, so there may be fewer bins; one that lacks an arm joins the next.

    Raises
    ------
    ValueError
        For less than one bin, and predictions [N] that do not fit the trial.
    """
    if not (bins >= 1):
        raise ValueError("bins must be at least 1")
    _check_score(trial, predicted)
    edges = np.unique(np.quantile(predicted, np.arange(1, bins) / bins, method="inverted_cdf"))
    place = np.searchsorted(edges, predicted, side="left")
    masks: list[NDArray[np.bool_]] = []
    here = np.zeros(predicted.size, dtype=bool)
    for number in range(edges.size + 1):
        here = here | (place == number)
        if trial.treated[here].any() and not trial.treated[here].all():
            masks.append(here)
            here = np.zeros(predicted.size, dtype=bool)
    masks[-1] = masks[-1] | here
    rows = []
    for mask in masks:
        mean, variance = _difference(trial, mask)
        observed = _normal(mean, float(np.sqrt(variance)))
        rows.append(
            CalibrationRow(
                customers=int(mask.sum()) if trial.unit is None else int(np.unique(trial.unit[mask]).size),
                predicted=float(predicted[mask].mean()),
                observed=observed,
            )
        )
    return tuple(rows)


def calibration_slope(trial: Trial, predicted: Float, expected: Float | None = None) -> Estimate:
    """Return the slope of the true uplift on the predicted: 1 is right, 0 says that predictions hold no information.

    Least squares of an unbiased sign of each customer's uplift, y (t - e) / (e (1 - e)), on the prediction, with
    heteroscedasticity-robust standard errors (the best linear predictor of Chernozhukov, Demirer, Duflo and
    Fernandez-Val, doi:10.3982/ECTA19303).

    Parameters
    ----------
    predicted
        [N] uplift.
    expected
        [N] expected outcome whatever the arm; taken off first, it narrows the interval.
    """
    _check_score(trial, predicted)
    e = trial.propensity
    outcome = trial.outcome - (0.0 if expected is None else expected)
    sign = outcome * (trial.treated - e) / (e * (1.0 - e))
    centred = predicted - predicted.mean()
    spread = float((centred**2).sum())
    if not (spread > 0):
        return Estimate(value=0.0, low=float("-inf"), high=float("inf"), standard_error=float("inf"))
    slope = float((centred * sign).sum() / spread)
    residual = sign - sign.mean() - slope * centred
    return _normal(slope, float(np.sqrt((by_customer(centred * residual, trial.unit) ** 2).sum()) / spread))


class _Ranked:
    """Customers in falling order of a score, ready for many resamples of how often each one counts."""

    def __init__(self, trial: Trial, score: Float) -> None:
        _check_score(trial, score)
        order = np.argsort(-score, kind="stable")
        ranked = score[order]
        self.ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), ranked.size - 1)
        self.order = order
        self.outcome, self.treated = trial.outcome[order], trial.treated[order]
        self.size = trial.stands_for[order]
        self.weight = trial.weight[order] * self.size

    def _sums(self, count: Float) -> tuple[Float, Float, Float, float]:
        """Return share of customers [M + 1], weighted treated [M + 1], difference of means [M + 1] and p."""
        count = count[self.order]
        weight = count * self.weight

        def taken(values: Float) -> Float:
            return np.concatenate([[0.0], np.cumsum(values)[self.ends]])

        n_t, n_c = taken(weight * self.treated), taken(weight * ~self.treated)
        y_t, y_c = taken(weight * self.treated * self.outcome), taken(weight * ~self.treated * self.outcome)
        gap = y_t / np.where(n_t > 0, n_t, 1.0) - y_c / np.where(n_c > 0, n_c, 1.0)
        share = taken(count * self.size)
        treated = float((count * self.treated).sum())
        return share / share[-1], n_t, gap, treated / n_t[-1] if n_t[-1] > 0 else 0.0

    def qini_curve(self, count: Float) -> Curve:
        share, n_t, gap, scale = self._sums(count)
        return Curve(share=share, gain=scale * n_t * gap)

    def uplift_curve(self, count: Float) -> Curve:
        share, _, gap, _ = self._sums(count)
        return Curve(share=share, gain=share * gap)


def _qini_of(trial: Trial, score: Float) -> Callable[[Float], float]:
    ranked = _Ranked(trial, score)
    ideal = _Ranked(trial, np.where(trial.treated, trial.outcome, -trial.outcome))

    def value(count: Float) -> float:
        most = ideal.qini_curve(count).area_over_random
        return ranked.qini_curve(count).area_over_random / most if most > 0 else 0.0

    return value


def _bootstrap(trial: Trial, statistic: Callable[[Float], float], rng: np.random.Generator, resamples: int) -> Estimate:
    if not (resamples >= 20):
        raise ValueError("resamples must be at least 20")
    unit = np.arange(trial.outcome.size) if trial.unit is None else np.unique(trial.unit, return_inverse=True)[1]
    had, lacked = np.zeros(int(unit.max()) + 1, dtype=bool), np.zeros(int(unit.max()) + 1, dtype=bool)
    had[unit[trial.treated]], lacked[unit[~trial.treated]] = True, True
    arms = [np.flatnonzero(had & ~lacked), np.flatnonzero(lacked & ~had), np.flatnonzero(had & lacked)]
    values = np.empty(resamples)
    for number in range(resamples):
        count = np.zeros(had.size)
        for arm in arms:
            if arm.size:
                count[arm] = np.bincount(rng.integers(arm.size, size=arm.size), minlength=arm.size)
        values[number] = statistic(count[unit])
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(
        value=statistic(np.ones(trial.outcome.size)),
        low=float(low),
        high=float(high),
        standard_error=float(values.std(ddof=1)),
    )


def _difference(trial: Trial, here: NDArray[np.bool_], *, everybody: bool = False) -> tuple[float, float]:
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
    return difference, float((by_customer(moved, trial.unit) ** 2).sum())


def by_customer(terms: Float, unit: NDArray[np.int64] | None) -> Float:
    """Sum terms [N] over the rows of each customer; None: each row is another one."""
    return terms if unit is None else np.asarray(np.bincount(unit, terms), dtype=np.float64)


def _normal(value: float, standard_error: float) -> Estimate:
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * standard_error
    return Estimate(value=value, low=value - reach, high=value + reach, standard_error=standard_error)


def _check_score(trial: Trial, score: Float) -> None:
    if not (score.shape == trial.outcome.shape and np.isfinite(score).all()):
        raise ValueError("scores must be finite, one for each customer")

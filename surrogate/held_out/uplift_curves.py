"""How well uplift scores rank customers by what an offer does to them: Qini and uplift curves on a randomised trial.

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

import numpy as np

from scenarios.arrays import Float
from surrogate.held_out.intervals import LEVEL
from surrogate.held_out.trial import Estimate, Trial, check_score


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


class _Ranked:
    """Customers in falling order of a score, ready for many resamples of how often each one counts."""

    def __init__(self, trial: Trial, score: Float) -> None:
        check_score(trial, score)
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

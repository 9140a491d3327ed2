"""Members at the predictive quantiles of a new estimate: what a handful of bootstrap members can say of the truth.

The truth lies around the estimate as the bootstrap members lie around their mean, so it is like one member more. Of E
exchangeable members and one more, the one more falls outside the range of the E in 2 / (E + 1) of all cases: the range
of eight members is an interval of 78 %, not of 90 %. The distribution of one more, given a mean and a standard
deviation s of E, is Student's with E - 1 degrees of freedom around the mean, with the scale s sqrt(1 + 1 / E) (Hahn and
Meeker, Statistical Intervals, doi:10.1002/9780470316771). Members are put at its quantiles t, evenly from the lower to
the upper end of the 90 % interval, each where its rank says: so what moves together in the members (segments, outcomes,
offers) still does (ensemble copula coupling: Schefzik, Thorarinsdottir and Gneiting, doi:10.1214/13-STS443).

Lifts are ratios of two means a and b, and outcomes with long tails make their logarithms miss: the largest outcomes
move a mean and its spread together, so an arm without them has a mean too low and thinks it knows it well. Ratios are
therefore placed by Fieller's theorem (Journal of the Royal Statistical Society B 16 (1954), 175-185): at those q for
which a - q b is as many of its own standard deviations from 0 as Student's quantile says. Near q = 1 the tails of both
arms cancel in it. Where b is known so badly that the set runs away, logarithms are compared.

How far the networks miss the truth of bins of customers is an error of another kind, which the bootstrap does not see.
It is told in units of b and added to the variance of a, so it widens a lift of 0 as much as any other.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import t as student

from scenarios.arrays import Float, Int
from surrogate.digits import to_digits
from surrogate.held_out.intervals import ENDS

_LEAST = 1e-12
_BADLY = 0.5
"""Fieller's g, the square of the base's relative reach, from which on ratios are compared by their logarithms: there
the set reaches a third farther up than they do, and at 1 it has no end."""


def predictive(members: Float) -> Float:
    """Return members at the quantiles of the truth's predictive distribution, with the mean that they had.

    Parameters
    ----------
    members
        [E, ...] positive figures of E >= 2 bootstrap members, such as baselines. Compared by their logarithms.

    Returns
    -------
    NDArray
        [E, ...] positive, in the order of the members.

    Raises
    ------
    ValueError
        For fewer than two members: one has no spread.
    """
    scores, rank = _scores(members)
    logs = np.log(np.maximum(to_digits(members), _LEAST))
    return _with_mean(np.exp(logs.mean(axis=0) + logs.std(axis=0, ddof=1) * scores), rank, members.mean(axis=0))


def predictive_ratio(above: Float, below: Float, *, miss: float = 0.0, least: float = _LEAST) -> Float:
    """Return the ratios of members at the quantiles of the true ratio's predictive distribution, with their mean.

    Parameters
    ----------
    above, below
        [E, S] positive figures of the same E >= 2 bootstrap members: mean outcomes with an offer, and without.
    miss
        Standard deviation of what the members all miss in ``above``, in units of ``below``.
    least
        Smallest ratio that can be.

    Raises
    ------
    ValueError
        For fewer than two members.
    """
    ratio = above / np.maximum(below, _LEAST)
    scores, rank = _scores(ratio)
    a, b = above.mean(axis=0), np.maximum(below.mean(axis=0), _LEAST)
    freedom = len(ratio) - 1
    beyond = miss**2 / (1.0 + 1.0 / len(ratio))  # scores are for one member more; this is no error of the members
    v_a, v_b = above.var(axis=0, ddof=1) + beyond * b**2, below.var(axis=0, ddof=1)
    both = ((above - a) * (below - b)).sum(axis=0) / freedom
    left = b**2 - scores**2 * v_b
    known = (scores**2 * v_b).max(axis=0) < _BADLY * b**2
    root = np.sqrt(np.maximum(a**2 * v_b + b**2 * v_a - 2 * a * b * both + scores**2 * (both**2 - v_a * v_b), 0.0))
    fieller = np.maximum((a * b - scores**2 * both + scores * root) / np.where(known, left, 1.0), least)
    logs = np.log(np.maximum(to_digits(ratio), _LEAST))
    spread = np.sqrt(logs.var(axis=0, ddof=1) + beyond / np.maximum(ratio.mean(axis=0), _LEAST) ** 2)
    plain = np.maximum(np.exp(logs.mean(axis=0) + spread * scores), least)
    return _with_mean(np.where(known, fieller, plain), rank, ratio.mean(axis=0))


def _scores(members: Float) -> tuple[Float, Int]:
    """Return Student's quantile of each member [E, ...], for one standard deviation, and its rank."""
    count = len(members)
    if not (count >= 2):
        raise ValueError("at least two members are needed")
    rank = np.argsort(np.argsort(to_digits(members), axis=0, kind="stable"), axis=0, kind="stable")
    scores = student.ppf(np.linspace(*ENDS, count), count - 1) * np.sqrt(1.0 + 1.0 / count)
    return np.asarray(scores[rank]), rank


def _with_mean(placed: Float, rank: Int, mean: Float) -> Float:
    """Move the members between the lowest and the highest so that all have a mean: the ends of the interval stay."""
    inner = (rank > 0) & (rank < len(placed) - 1)
    if inner.any():
        gap = (mean - placed.mean(axis=0)) * len(placed) / inner.sum(axis=0)
        placed = np.where(inner, np.clip(placed + gap, placed.min(axis=0), placed.max(axis=0)), placed)
    return np.asarray(placed * (mean / placed.mean(axis=0)))

"""Intervals that hold what they promise: spreads chosen on held-out weeks by split conformal calibration.

A future's units are the planner's own (`scenarios.futures.draws`): one ensemble member, its baseline times a log-normal
factor shared by all weeks, its lift times another; around them, counting noise of customers who come or stay away (a
gamma-Poisson count whose variance is ``dispersion`` times its mean), which sums over a plan average out. The
nonconformity score of a held-out figure is the least spread whose 90 % interval holds it; the calibrated spread is the
score that 90 % of the figures stay below: split conformal prediction (Vovk, Gammerman and Shafer, doi:10.1007/b106715;
Lei et al., doi:10.1080/01621459.2017.1307116).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenarios.arrays import Flag, Float, Int

LEVEL = 0.90
"""Share of all intervals here that should hold the true value."""
DRAWS = 120
"""Draws behind every interval."""
ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


def log_normal(rng: np.random.Generator, shape: tuple[int, ...], sd: Float | float) -> Float:
    """Return factors [shape] of mean 1 whose logarithm has standard deviation ``sd``, as the planner draws them."""
    return np.asarray(np.exp(rng.standard_normal(shape) * sd - 0.5 * np.square(sd)))


def count_noise(rng: np.random.Generator, mean: Float, dispersion: float) -> Float:
    """Return counts [...] with a mean [...] and ``dispersion`` times as much variance (Poisson at 1)."""
    mean = np.maximum(mean, 0.0)
    if dispersion > 1.0 + 1e-6:
        mean = rng.gamma(np.maximum(mean, 1e-12) / (dispersion - 1.0), dispersion - 1.0)
    return rng.poisson(np.minimum(mean, 1e15)).astype(np.float64)


def pick_members(rng: np.random.Generator, members: int) -> Int:
    """Return the ensemble member of each of `DRAWS` draws, all equally often."""
    return np.resize(rng.permutation(members), DRAWS)


def holds(draws: Float, value: Float) -> Flag:
    """Return where the 90 % interval of draws [D, ...] holds a value [...]."""
    low, high = np.quantile(draws, ENDS, axis=0)
    return np.asarray((low <= value) & (value <= high))


def least_spread(inside: Callable[[float], Flag], spreads: tuple[float, ...]) -> Float:
    """Return the least spread [N] from which on all intervals hold a figure; the largest where none does.

    Parameters
    ----------
    inside
        Says which of the N figures the intervals of a spread hold.
    spreads
        Spreads to try, rising.
    """
    held = np.stack([inside(spread) for spread in spreads])
    lasting = np.flip(np.logical_and.accumulate(np.flip(held, axis=0), axis=0), axis=0)
    place = np.where(lasting.any(axis=0), lasting.argmax(axis=0), len(spreads) - 1)
    return np.asarray(spreads)[place]


def conformal_spread(scores: Float) -> float:
    """Return the spread whose 90 % intervals hold 90 % of the figures scored [N], N >= 1, and of others like them.

    The 90 % quantile of the scores. The finite-sample correction of split conformal prediction, which takes the next
    larger score, is left out on purpose: with a few dozen scores it is the largest but one, and covers too much.

    Raises
    ------
    ValueError
        Without a score.
    """
    if not (scores.size >= 1):
        raise ValueError("at least one score is needed")
    return float(np.quantile(scores, LEVEL))

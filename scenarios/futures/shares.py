"""Uncertain shares: log-normal, at most 1, and in the mean still what is expected.

Cutting a log-normal share of mean m at 1 would lower its mean, the more the nearer m is to 1: a share of 100 % with a
coefficient of variation of 0.6 would be 78 % in the mean. So it is scaled up first, until its mean after the cut is m.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from scenarios.arrays import Float
from scenarios.futures.draws import factor

_HALVINGS = 44
_FAR = 8.0
"""Standard deviations beyond which nothing of a normal distribution counts."""


def scaled_up(mean: Float, sd: Float) -> Float:
    """Shares whose log-normal factors, cut so that no share is above 1, have these means.

    Parameters
    ----------
    mean
        Expected shares, 0 to 1.
    sd
        Standard deviation of the log of each share's factor; 0 where it is certain.
    """
    found = np.array(mean, dtype=float)
    mean, sd = np.broadcast_arrays(found, sd)
    moves = (mean > 0) & (sd > 0)
    if not moves.any():  # a plan's public lines, and layers without lines
        return found
    # Many cells share one pair of figures, and searching costs some dozens of passes.
    pairs, which = np.unique(mean[moves] + 1j * sd[moves], return_inverse=True)
    found[moves] = _searched(pairs.tobytes())[which]
    return found


@lru_cache(maxsize=512)
def _searched(pairs: bytes) -> Float:
    """What pairs (complex: mean, standard deviation) are scaled up to; plans and their futures ask for few, often."""
    given = np.frombuffer(pairs, dtype=np.complex128)
    low, spread = np.log(np.minimum(given.real, 1.0)), given.imag
    target, high = np.exp(low), low + _FAR * spread + 0.5 * spread**2
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        enough = _mean_below_one(middle, spread) >= target
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.asarray(np.exp(high))


def drawn(scaled: Float, scores: Float, sd: Float) -> Float:
    """Shares in some draws, from what `scaled_up` made of their means and standard normal scores."""
    return np.asarray(np.minimum(scaled * factor(scores, sd), 1.0))


def _mean_below_one(log_scale: Float, sd: Float) -> Float:
    """Mean of ``min(exp(log_scale) * F, 1)`` for log-normal F of mean 1."""
    at_one = (0.5 * sd**2 - log_scale) / sd
    return np.asarray(np.exp(log_scale) * _normal(at_one - sd) + 1.0 - _normal(at_one))


def _normal(values: Float) -> Float:
    """Standard normal distribution function to 1e-7 (Abramowitz and Stegun 1964, 26.2.17); SciPy loads for 0.3 s."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(values))
    series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-0.5 * values**2) / np.sqrt(2 * np.pi) * series
    return np.asarray(np.where(values >= 0, 1.0 - tail, tail))

"""Seasons that units of a panel have each of their own, read off what is left of their sales."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float

_LEAST = 0.1
"""Least that a week of the year sells, in weeks of the mean."""


def own_seasons(rest: Float, weight: Float, basis: Float, year: int) -> Float:
    """Return what weeks of the year sell [N, T], in baselines.

    Bumps, and what they take from others and from later weeks, grow with the season: a share of them that is fitted as
    if they did not is too large where promotions stand in the high of the year, and too small in its low.

    Parameters
    ----------
    rest
        [N, T] relative sales less 1, what promotions explain taken off.
    weight
        [N, T] at least 0.
    basis
        [T, D] what levels may follow, from `surrogate.evidence.terms.panel_fit.drift`.
    year
        How many of its last columns are those of the year; 0 where none is known.
    """
    if not year:
        return np.ones_like(rest)
    moments = np.einsum("nt,td,te->nde", weight, basis, basis)
    inverse = np.linalg.pinv(moments, rcond=1e-9, hermitian=True)
    level = np.einsum("nde,ne->nd", inverse, (rest * weight) @ basis)
    return np.asarray(np.maximum(1.0 + level[:, -year:] @ basis[:, -year:].T, _LEAST))

"""Members spread out by what is unsure of their lifts whatever their size.

The spread of lifts that held-out weeks calibrate is relative: it says nothing of a lift near 0. How surely a
category's own weeks tell its answer (`surrogate.effects.own_weeks`) does, in points of lift. The members' own spread,
of a softened bootstrap, is often narrower. Where it is, members are put at the quantiles of a normal distribution
around their mean, evenly from the lower to the upper end of the 90 % interval and each where its rank says: so what
moves together in the members still does (ensemble copula coupling: Schefzik, Thorarinsdottir and Gneiting,
doi:10.1214/13-STS443).
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from scenarios.arrays import Float, Int
from surrogate.digits import to_digits

ENDS = (0.05, 0.95)
"""Shares of the distribution at which the lowest and the highest member stand."""


def ranks(values: Float) -> Int:
    """Return the rank [E, ...] of every member, 0 the lowest; of equal ones the first is the lower."""
    return np.asarray(np.argsort(np.argsort(to_digits(values), axis=0, kind="stable"), axis=0, kind="stable"))


def spread_out(lift: Float, points: Float, rank: Int) -> Float:
    """Return lifts [E, ...] of members that spread at least as far as is unsure.

    Parameters
    ----------
    lift
        [E, ...]; a single member stays as it is.
    points
        [...] standard deviation of what is unsure, in points of lift.
    rank
        [E, ...] order of the members, the same wherever errors are the same.
    """
    if len(lift) < 2:
        return lift
    placed = lift.mean(axis=0) + ndtri(np.linspace(*ENDS, len(lift)))[rank] * points
    return np.where(lift.std(axis=0, ddof=1) < points, placed, lift)

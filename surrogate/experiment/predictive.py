"""Members at the predictive quantiles of a new estimate: what a handful of bootstrap members can say of the truth.

The truth lies around the estimate as the bootstrap members lie around their mean, so it is like one member more. Of E
exchangeable members and one more, the one more falls outside the range of the E in 2 / (E + 1) of all cases: the range
of eight members is an interval of 78 %, not of 90 %. The distribution of one more, given a mean and a standard
deviation s of E, is Student's with E - 1 degrees of freedom around the mean, with the scale s sqrt(1 + 1 / E) (Hahn and
Meeker, Statistical Intervals, doi:10.1002/9780470316771). Members are put at its quantiles, evenly from the lower to
the upper end of the 90 % interval, each where its rank says: so what moves together in the members (segments, outcomes,
offers) still does (ensemble copula coupling: Schefzik, Thorarinsdottir and Gneiting, doi:10.1214/13-STS443).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from surrogate.digits import to_digits
from surrogate.held_out.intervals import ENDS

Float = NDArray[np.float64]


def predictive(members: Float) -> Float:
    """Return members at the quantiles of the truth's predictive distribution, with the mean that they had.

    Parameters
    ----------
    members
        [E, ...] positive figures of E >= 2 bootstrap members: baselines, or ratios 1 + lift. Compared by their
        logarithms, on which ratios are nearest to normal.

    Returns
    -------
    NDArray
        [E, ...] positive, in the order of the members.

    Raises
    ------
    ValueError
        For fewer than two members: one has no spread.
    """
    count = len(members)
    if not (count >= 2):
        raise ValueError("at least two members are needed")
    logs = np.log(np.maximum(to_digits(members), 1e-12))
    rank = np.argsort(np.argsort(logs, axis=0, kind="stable"), axis=0, kind="stable")
    scores = student.ppf(np.linspace(*ENDS, count), count - 1) * np.sqrt(1.0 + 1.0 / count)
    placed = np.exp(logs.mean(axis=0) + logs.std(axis=0, ddof=1) * scores[rank])
    return np.asarray(placed * (members.mean(axis=0) / placed.mean(axis=0)))

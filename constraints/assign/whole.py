"""Whole choices from a linear programme: of the customers whom prices near the best ones leave torn.

Customers who are exactly alike are one group with a size. At exact prices at most as many groups are split between
choices as there are limits; fractions of customers get nothing at first, and `constraints.assign.fill` gives away what
that leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, limit_uses
from scenarios.arrays import Flag, Float, Int

_NEARLY = 1e-6
"""What a solver's number may lack of a whole customer."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearChoice:
    """What the linear programme says of some groups of customers."""

    wanted: Int
    """[K, C + 1] whole customers of each group by choice; rows sum to the groups' sizes."""
    prices: Float
    """[L] at least 0."""


class LinearError(RuntimeError):
    """The solver gave no optimum."""


def linear_choice(rows: Rows, size: Int, question: AssignQuestion, bounds: Float, open_: Flag) -> LinearChoice:
    """Solve the linear programme of some groups.

    Parameters
    ----------
    rows
        One row a group [K].
    size
        [K] customers of each group.
    bounds
        [L] what they may use, at least 0.
    open_
        [C, K] options that are considered, beside nothing.

    Raises
    ------
    LinearError
        Where the solver fails.
    """
    offer, row = np.nonzero(open_ & np.isfinite(rows.value))
    limits = len(question.limits)
    wanted = np.zeros((rows.count, len(question.offers) + 1), dtype=np.int64)
    wanted[:, 0] = size
    if not offer.size:
        return LinearChoice(wanted=wanted, prices=np.zeros(limits))
    value = rows.value[offer, row]
    use = limit_uses(rows, question)[:, offer, row]
    unit = max(float(np.abs(value).max()), 1e-300)
    scale = np.maximum(np.maximum(use.max(axis=1, initial=0.0), np.abs(bounds) / max(int(size.sum()), 1)), 1.0)
    column = np.arange(offer.size)
    at, entry = np.nonzero(use)
    matrix = coo_array(
        (
            np.concatenate([use[at, entry] / scale[at], np.ones(offer.size)]),
            (np.concatenate([at, limits + row]), np.concatenate([entry, column])),
        ),
        shape=(limits + rows.count, offer.size),
    ).tocsr()
    right = np.concatenate([bounds / scale, size.astype(np.float64)])
    result = linprog(-value / unit, A_ub=matrix, b_ub=right, bounds=(0, None), method="highs-ds")
    if result.status != 0:
        raise LinearError(f"the linear programme of {offer.size} columns ended with: {result.message}")
    whole = np.floor(np.maximum(result.x, 0.0) + _NEARLY).astype(np.int64)
    wanted[row, offer + 1] = whole
    wanted[:, 0] -= wanted[:, 1:].sum(axis=1)
    over = wanted[:, 0] < 0
    wanted[over] = 0
    wanted[over, 0] = size[over]
    prices = np.maximum(-result.ineqlin.marginals[:limits], 0.0) * unit / scale
    return LinearChoice(wanted=wanted, prices=np.asarray(prices))

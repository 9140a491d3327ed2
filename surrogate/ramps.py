"""Ramps of a saving: how far a price went down each stretch of the response, whose slopes are learned one by one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

Array = Any
"""A NumPy or JAX array: both pass through here."""

_SAME = 1e-9


def saving_ramps(saving: Array, knots: tuple[float, ...], cap: float, xp: Any = np, *, known: Array) -> Array:
    """Return ramps [..., J] of savings [...]: piecewise linear in -log(1 - saving).

    Parameters
    ----------
    saving
        Shares of the price; those above ``cap`` count as this one.
    knots
        Savings where the slope may change, one fewer than ramps.
    known
        [...] the largest saving that was seen. Beyond it the response goes on as steeply as it last did: what a slope
        begins at that no customer saw is no finding.
    """
    price, last = (-xp.log1p(-xp.clip(one, 0.0, cap)) for one in (saving, known))
    inside = xp.minimum(price, last)
    ends = [0.0, *(-np.log1p(-knot) for knot in knots), np.inf]
    ramps = []
    for low, high in pairwise(ends):
        final = (last > low + _SAME) & (last <= high + _SAME)
        ramps.append(xp.clip(inside - low, 0.0, high - low) + xp.where(final, price - inside, 0.0))
    return xp.stack(ramps, axis=-1)

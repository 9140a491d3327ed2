"""Segments as a model keeps them: means over their customers, levels of demand, orders; no customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnedGroups:
    """Segments as learned. S segments, F features, E members, C categories."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    customers: NDArray[np.int64]
    """[S]"""
    features: Float
    """[S, F] mean normalised features."""
    raw: Float
    """[S, F] mean features in people's units; NaN where unknown."""
    base: Float
    """[E, S, C] units a week at the end of the data, nothing promoted."""
    base_cv: Float
    """[S, C] relative standard deviation of what the level forecast missed on held-out weeks."""
    orders: tuple[tuple[tuple[float, float, float], ...], ...]
    """By segment: (order value, orders a week, units an order) of each bin."""
    least_visits: float = 0.0
    """Customers with fewer visits a week show too little of themselves and are placed in ``rest``, where it exists."""
    stability: float = 1.0
    """Share in which the least stable segment comes back from resampled customers, 0 to 1."""

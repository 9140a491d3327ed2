"""Effects that nobody doubts: one member, no spread, take-up the same everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.response.effects import Effects


def sure_effects(units: NDArray[np.float64], lift: NDArray[np.float64], take_up: float = 1.0) -> Effects:
    """Effects of baselines [S, K, T] and lifts [S, K + 1, T, O]."""
    return Effects(
        base_units=units[None],
        base_cv=np.zeros(units.shape[:2]),
        lift=lift[None],
        lift_sd=np.zeros(lift.shape),
        take_up=np.full(lift.shape, take_up),
        take_up_cv=np.zeros(lift.shape),
        evidence=("assumed",) * lift.shape[-1],
        source="made up",
    )

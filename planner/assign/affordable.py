"""Offers that alone would break a limit are closed: no choices hold them, and the bound need not either."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constraints.assign.question import AssignQuestion
from scenarios.arrays import Float


def affordable(
    value: Float, uses: tuple[Float | None, ...], segment: NDArray[np.int16], question: AssignQuestion
) -> Float:
    """Return values [C, n] with -inf where one use [M] of [C, n] alone is beyond a limit."""
    for limit in question.limits:
        use = uses[limit.measure]
        inside = limit.cells.T[:, segment]
        value = np.where(inside & ((1.0 if use is None else use) > limit.bound), -np.inf, value)
    return value

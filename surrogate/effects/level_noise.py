"""Spread of a segment's demand in a future: of its level, and counting noise around it."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float

BASE_CV_RANGE = (0.05, 0.80)
"""Relative spreads of levels that are believed; no baseline is drawn with a larger one."""
PLAN_WEEKS = 4.0
"""Weeks that counting noise averages out over in a plan."""


def with_noise(spread: Float, noise: float, base: Float) -> Float:
    """Return the spread of a future's baseline [S, C]: that of the level, and counting noise of ``PLAN_WEEKS`` weeks.

    A future draws one factor for all periods of a segment and product; so does what is left of the noise after a plan.
    """
    counting = noise / np.maximum(base * PLAN_WEEKS, 1e-9)
    return np.minimum(np.sqrt(spread[:, None] ** 2 + counting), BASE_CV_RANGE[1])


def without_noise(base_cv: Float, noise: float, base: Float) -> Float:
    """Return the spread of levels [S, C] that `with_noise` was given."""
    counting = noise / np.maximum(base * PLAN_WEEKS, 1e-9)
    return np.sqrt(np.maximum(base_cv**2 - counting, BASE_CV_RANGE[0] ** 2))

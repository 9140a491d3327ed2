"""How a promotion looks to the network: ramps of its depth, and shares of displays and mailers."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.arrays import Float
from surrogate.ramps import saving_ramps

Array = Any
"""A NumPy or JAX array: both pass through here."""

DEPTH_KNOTS = (0.15, 0.30)
"""Depths where the slope of the response may change."""
DEPTH_CAP = 0.60
"""Deeper cuts respond as this one: the data holds next to none."""


def depth_ramps(depth: Array, xp: Any = np, *, known: Array = DEPTH_CAP) -> Array:
    """Return ramp_j [..., R] of savings; ``known`` is the largest that was seen (`surrogate.model.Model.deepest`)."""
    return saving_ramps(depth, DEPTH_KNOTS, DEPTH_CAP, xp, known=known)


def promotion_features(depth: Float, display: Float, mailer: Float, *, known: float = DEPTH_CAP) -> Float:
    """Return phi [..., J] of promotions: the ramps of the depth, then display and mailer shares."""
    return np.concatenate([depth_ramps(depth, known=known), np.stack([display, mailer], axis=-1)], axis=-1)

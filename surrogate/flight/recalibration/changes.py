"""Parts of what changes lifts and baselines while a campaign runs: customers care less, a category is needed less."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Layer
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects

CHANGED_LIFT = (0.35, 0.35, 0.15, 0.15)
"""Shares of the variance of what changes lifts: of everybody's answer, of a segment's, of messages, of an offer."""
CHANGED_BASE = (0.25, 0.35, 0.2, 0.2)
"""The same of baselines: of everything, of a category, of a product, of a segment."""
SMALL_LIFT = 0.01
"""Lift below which a change moves its log as at this one."""


def lift_changes(model: Coefficients, effects: Effects, sd: float) -> list[Float]:
    """Parts [S, K+1, O] of what changes lifts, of a usual size.

    Whoever cares twice as much for prices answers a cut to (1 - d) as one to (1 - d) squared: a change multiplies the
    log of 1 + lift, so it moves the logs of large lifts more than those of small ones. That messages are read less
    moves all of theirs alike.
    """
    grid = model.grid
    s, k, _ = grid.shape
    offers = grid.scenario.offers
    wide = (s, k + 1, len(offers))
    lift = np.maximum(effects.lift.mean(axis=0).mean(axis=2), SMALL_LIFT)
    answer = (1.0 + lift) * np.log1p(lift) / lift
    sizes = sd * np.sqrt(CHANGED_LIFT)
    told = np.array([offer.layer is Layer.TARGETED for offer in offers])
    parts = [sizes[0] * answer]
    parts += [placed(sizes[1] * answer, wide, np.s_[segment]) for segment in range(s)]
    parts += [np.broadcast_to(sizes[2] * told, wide)] if told.any() else []
    return parts + [placed(np.full(wide, sizes[3]), wide, np.s_[:, :, offer]) for offer in range(len(offers))]


def base_changes(model: Coefficients, sd: float) -> list[Float]:
    """Parts [S, K] of what changes baselines, of a usual size."""
    s, k, _ = model.grid.shape
    sizes = sd * np.sqrt(CHANGED_BASE)
    categories = [product.category for product in model.grid.products]
    parts = [np.full((s, k), sizes[0])]
    parts += [
        np.broadcast_to(sizes[1] * np.array([each == name for each in categories]), (s, k))
        for name in dict.fromkeys(categories)
    ]
    parts += [placed(np.full((s, k), sizes[2]), (s, k), np.s_[:, product]) for product in range(k)]
    return parts + [placed(np.full((s, k), sizes[3]), (s, k), np.s_[segment]) for segment in range(s)]


def placed(values: Float, shape: tuple[int, ...], where: Any) -> Float:
    """Values where they are wanted, 0 elsewhere."""
    full = np.zeros(shape)
    full[where] = np.broadcast_to(values, shape)[where]
    return full

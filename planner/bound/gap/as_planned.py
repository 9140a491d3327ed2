"""What a plan does to every cell: tired customers, what rivals and earlier lines take, what baskets add."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float, Plan
from scenarios.response.coefficients import Coefficients
from scenarios.response.model import basket_rise, choose, fatigue, flows, pair_indices, rivalry, setting


class AsPlanned(NamedTuple):
    """What the plan does to every cell, [T, S, K]."""

    fresh: Float
    """Fatigue factor."""
    own: Float
    """Load that its own offers put on rivals."""
    kept: Float
    """What rivals leave."""
    robbed: Float
    """Sum of rivals' loads."""
    dip: Float
    """What earlier lines leave."""
    lent: Float
    """Sum of earlier lines' dips."""
    above: Float
    """Basket factor less 1."""


def as_planned(model: Coefficients, plan: Plan) -> AsPlanned:
    """Return the tables of a flat plan [N]."""
    cell, basket = pair_indices(model.grid.split(plan), model.grid.widths, np)
    chosen, here, strength = choose(model, cell, basket, np), setting(model), model.strengths
    periods = model.grid.shape[2]
    tired = fatigue(chosen.reach, here.past_fatigue, strength.fatigue, strength.fatigue_decay, np)[..., :periods]
    own = -np.log1p(-chosen.theft * tired)
    padded = np.concatenate([own, np.zeros_like(own[:, :1])], axis=1)
    dip, lent = np.ones_like(own), np.zeros_like(own)
    for lag, share in enumerate(chosen.dips, start=1):
        before = share[..., : max(periods - lag, 0)]
        dip[..., lag:] *= 1.0 - before
        lent[..., lag:] += before
    moved = chosen.basket_lift * flows(chosen, here, model, np).basket_fatigue
    tables = (
        tired,
        own,
        rivalry(chosen.theft, tired, model.rivals, np),
        padded[:, model.rivals].sum(axis=2),
        dip,
        lent,
        np.broadcast_to(basket_rise(moved, model.supplied, np), own.shape),
    )
    return AsPlanned(*(np.moveaxis(table, 2, 0) for table in tables))

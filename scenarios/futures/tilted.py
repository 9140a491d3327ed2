"""Tilted effects: what a weighted set of futures expects of every offer, as one table that the search can follow.

A careful objective weighs the futures of the best plan (`scenarios.language.aim.draw_weights`). The weighted mean of
what they say of baselines, lifts and take-ups is, to first order, the table whose account has the same slope by every
choice.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.arrays import Float
from scenarios.futures.drawn_model import MOST_FATIGUE, drawn_model
from scenarios.futures.draws import Draws, base_factors, factor
from scenarios.futures.shares import scaled_up
from scenarios.futures.told_uses import moved_take_up, offers_told
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.interactions import LIFT_FLOOR, Strengths


def tilted(effects: Effects, draws: Draws, weights: Float) -> Effects:
    """Weighted mean of the effects in some draws, as effects of one ensemble member; uncertainty stays as it is.

    Parameters
    ----------
    weights : [D]
        Of each draw, adding up to 1; those of very good futures may be below 0.
    """
    spread = np.sqrt(np.log1p(effects.base_cv**2))
    members = len(effects.base_units)
    size = effects.base_units.mean(axis=-1)[draws.member % members] * factor(draws.base, spread)
    base, moved = np.zeros(effects.base_units.shape[1:]), base_factors(effects, draws)
    for member in range(members):
        here = draws.member % members == member
        base += np.tensordot(weights[here], moved[here], 1) * effects.base_units[member]
    share = _of_the_sales(weights, size)
    take_sd = np.sqrt(np.log1p(effects.take_up_cv**2))
    take_scaled = scaled_up(effects.take_up, take_sd)
    expected, told = (effects.lift.mean(axis=0), effects.take_up), offers_told(effects)
    lift, take_up = np.zeros(effects.lift.shape[1:]), np.zeros(effects.take_up.shape)
    for number in np.flatnonzero(weights):
        member, part = draws.member[number], share[number][..., None, None]
        moved = effects.lift[member] * factor(draws.lift[number][:, :, None], effects.lift_sd)
        moved = np.maximum(moved, LIFT_FLOOR)
        lift += part * moved
        take_up += part * moved_take_up(expected, moved, told, draws.take_up[number][:, :, None], take_sd, take_scaled)
    return replace(
        effects,
        base_units=np.maximum(base, 0.0)[None],
        lift=np.maximum(lift, LIFT_FLOOR)[None],
        take_up=np.clip(take_up, 0.0, 1.0),
    )


def tilted_strengths(model: Coefficients, draws: Draws, weights: Float) -> Strengths:
    """Weighted mean of the strengths in some draws, each as far as it may lie; exact ones stay as they are."""
    if model.ranges is None:
        return model.strengths
    drawn = drawn_model(model, draws).strengths
    stolen = float(np.clip(weights @ np.asarray(drawn.cannibalisation)[:, 0], 0.0, 1.0))
    tired = float(np.clip(weights @ drawn.fatigue, 0.0, MOST_FATIGUE)) if np.ndim(drawn.fatigue) else drawn.fatigue
    return replace(
        model.strengths,
        pull_forward=np.clip(weights @ drawn.pull_forward[:, 0], 0.0, 1.0 - stolen),
        cannibalisation=stolen,
        fatigue=tired,
    )


def _of_the_sales(weights: Float, size: Float) -> Float:
    """[D, S, K+1] share of each draw in what a segment-product sells; of the basket, the weights themselves."""
    sales = weights[:, None, None] * size
    total = sales.sum(axis=0)
    share = np.where(total > 0, sales / np.where(total > 0, total, 1.0), weights[:, None, None])
    basket = np.broadcast_to(weights[:, None, None], (*share.shape[:2], 1))
    return np.concatenate([share, basket], axis=-1)

"""Fitting one ensemble member: quasi-Poisson units of groups x items x weeks, and binomial coupon use.

Everything is shrunk by Gaussian priors: thin categories and groups stay close to the common response, and levels drift
as random walks, so that the last level is the forecast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from surrogate.descent import cosine_rates, descend, no_memory, require_finite
from surrogate.effects.day_split import split_loss
from surrogate.effects.demand import Cells, Nuisance, bumps, coupon_share, log_baseline
from surrogate.effects.depths import DEPTH_KNOTS
from surrogate.effects.network import (
    DEVIATION_START,
    LURE_START,
    READ_START,
    RESPONSE_START,
    TIRING_START,
    Array,
    EffectNet,
)
from surrogate.quick_compile import ONCE

Member = tuple[EffectNet, Nuisance]
_CHUNK = 20
"""Steps between two words to whoever watches."""


@dataclass(frozen=True, kw_only=True)
class FitParams:
    """How a member is fitted; prior widths are standard deviations of log terms.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    steps: int = 160
    learning_rate: float = 0.05
    dispersion: float = 2.0
    """Variance of units over their mean."""
    drift: float = 0.03
    """Of a category's level from week to week."""
    common_drift: float = 0.06
    """Of all categories' level from week to week."""
    life: float = 0.1
    """Of the level of an item that came or left from week to week: it is launched, falls off and runs out of sizes."""
    season: float = 0.15
    """Of the columns of season and holidays, on every category; a category differs by two thirds of it."""
    span: float = 1.0
    """Of the level of a span of weeks."""
    group: float = 0.3
    """Of a group's level in a category around its profile's."""
    response: float = 0.25
    """Of the heads that tell customers and categories apart in their answer to depth."""
    shown_response: float = 0.1
    """The same of displays and mailers, of which the data shows few."""
    item_response: float = 0.3
    """Of an item's response around its category's."""
    own_response: float = 0.6
    """Of a category's factor on the response that customers and categories have in common."""
    mechanic: float = 0.6
    """Of a mechanic's answer to its saving around the common response."""
    lure: float = 1.2
    """Of what a mechanic brings beside its saving."""
    weight: float = 0.5

    def __post_init__(self) -> None:
        if not (self.steps >= 1 and self.learning_rate > 0 and self.dispersion >= 1):
            raise ValueError("steps and learning_rate must be positive and dispersion at least 1")
        if not (
            min(
                self.drift,
                self.common_drift,
                self.life,
                self.season,
                self.span,
                self.group,
                self.response,
                self.shown_response,
                self.item_response,
                self.own_response,
                self.mechanic,
                self.lure,
                self.weight,
            )
            > 0
        ):
            raise ValueError("prior widths must be positive")


def _loss(model: Member, cells: Cells, params: FitParams) -> Array:
    net, nuisance = model
    base, bump = log_baseline(net, nuisance, cells, jnp), bumps(net, nuisance, cells, jnp)
    log_mean = base + bump.rest
    units = jnp.sum(cells.row_weight[None] * (jnp.exp(log_mean) - cells.units * log_mean)) / params.dispersion
    losses = units + _priors(net, nuisance, cells, params) + _mechanic_priors(net, params)
    losses += _coupon_loss(net, cells) / params.dispersion
    if cells.deals.kind.size:
        contacts = _contact_loss(base, bump.contacted, cells) + _basket_loss(bump.ordered, cells)
        losses += (contacts + _take_loss(bump.taken, cells)) / params.dispersion
    if cells.days is not None:
        losses += split_loss(net, jnp.append(nuisance.response, 0.0), cells, base) / params.dispersion
    return losses


def _contact_loss(base: Array, contacted: Array, cells: Cells) -> Array:
    """Quasi-Poisson loss of what contacted customers bought; a member's weight of a cell counts here too."""
    deals = cells.deals
    places = base.shape[1] * base.shape[2]
    cell = jnp.minimum(deals.cell, places - 1)
    log_mean = base.reshape(len(base), places)[:, cell] + contacted
    weight = cells.row_weight.reshape(places)[cell] * deals.apart * deals.targeted
    return jnp.sum(weight * (deals.share > 0) * (jnp.exp(log_mean) - deals.units * log_mean))


def _coupon_loss(net: EffectNet, cells: Cells) -> Array:
    """Binomial loss of coupon use."""
    used = coupon_share(net, cells, jnp)
    return -jnp.sum(cells.redeemed * jnp.log(used) + (cells.exposed - cells.redeemed) * jnp.log1p(-used))


def _basket_loss(ordered: Array, cells: Cells) -> Array:
    """Binomial loss of the part of a group's purchases that customers make to whom a basket offer was sent."""
    deals, (_, items, weeks) = cells.deals, cells.units.shape
    week = jnp.maximum(deals.cell - items * weeks, 0)
    bought = jnp.minimum(deals.units, cells.sold[:, week])
    part = jnp.clip(ordered, 1e-6, 1 - 1e-6)
    here = (deals.item == items) * deals.apart * (deals.share > 0)
    return -jnp.sum(here * (bought * jnp.log(part) + (cells.sold[:, week] - bought) * jnp.log1p(-part)))


def _take_loss(taken: Array, cells: Cells) -> Array:
    """Binomial loss of what contacted customers took with declared offers."""
    deals, share = cells.deals, jnp.clip(taken, 1e-6, 1 - 1e-6)
    used = jnp.minimum(deals.used, deals.units)
    return -jnp.sum(deals.use_seen * (used * jnp.log(share) + (deals.units - used) * jnp.log1p(-share)))


def _square(values: Array, width: float) -> Array:
    return 0.5 * jnp.sum((values / width) ** 2)


def _mechanic_priors(net: EffectNet, params: FitParams) -> Array:
    """Partial pooling: mechanics answer as the common response unless the data says otherwise."""
    deviation = net.deviation - jnp.asarray(DEVIATION_START)[:, None]
    uneven = deviation - jnp.mean(deviation, axis=1, keepdims=True)
    tastes = _square(net.taste, params.response) + _square(net.lure_taste, params.response)
    return (
        _square(jnp.mean(deviation, axis=1), params.mechanic)
        + _square(uneven, params.mechanic / 2)
        + _square(net.lure - jnp.asarray(LURE_START), params.lure)
        + _square(net.ease, 0.5)
        + _square(net.use, 1.0)
        + _square(net.read - READ_START, 0.5)
        + _square(net.tiring - TIRING_START, 0.7)
        + tastes
    )


def _priors(net: EffectNet, nuisance: Nuisance, cells: Cells, params: FitParams) -> Array:
    square = _square
    seasons = square(nuisance.year, params.season) + square(nuisance.season, params.season * 2 / 3)
    steps = jnp.diff(nuisance.category, axis=1)
    walk = square(steps, params.drift) + square(jnp.diff(nuisance.common), params.common_drift)
    level = square(nuisance.span, params.span) + (
        square(nuisance.group, params.group) + square(nuisance.category[:, 0], 0.3) + square(nuisance.common[0], 0.1)
    )
    ramps = len(DEPTH_KNOTS) + 1
    start = jnp.asarray(RESPONSE_START)
    heads = square(net.response[:ramps], params.response) + square(net.response[ramps:], params.shown_response)
    heads += square(net.activation, params.response) + square(net.rate, 1.0)
    inner = square(net.embedding, 1.0) + square(net.hidden, params.weight) + square(net.profile, params.weight)
    typical = square((net.response_bias - start)[:ramps], 0.5) + square((net.response_bias - start)[ramps:], 0.3)
    switch = typical + square(net.switching, 0.5) + square(net.switching_bias + 1.5, 1.0)
    use = square(net.activation_bias + 3.0, 2.0) + square(net.activation_slope - 0.5, 0.5)
    return (
        walk
        + seasons
        + _life_prior(nuisance.life, cells, params)
        + level
        + heads
        + inner
        + switch
        + use
        + square(nuisance.item, 5.0)
        + response_priors(nuisance.response, cells, params)
    )


def _life_prior(life: Array, cells: Cells, params: FitParams) -> Array:
    """Let the level of items that came or left fade and drift through their lives, around what it sells in all."""
    if not life.size:
        return jnp.zeros(())
    there = (cells.row_weight > 0) * 1.0
    mean = jnp.sum(life * there, axis=1) / jnp.maximum(jnp.sum(there, axis=1), 1.0)
    return _square(jnp.diff(life, axis=1) - cells.fading[:, None], params.life) + _square(mean, 0.1)


def response_priors(response: Array, cells: Cells, params: FitParams) -> Array:
    """Draw items to their category, and categories to the common response.

    A category's factor is drawn to 1 as it stands, not by its logarithm: goods that no deal moves are then as near to
    the common response as goods that it moves twice as much, and no number of items makes them any farther. A category
    whose shelf prices were never cut has no factor: declared offers alone are too few to tell one.
    """
    cut = cells.inside @ jnp.sum(cells.phi[..., : len(DEPTH_KNOTS) + 1], axis=(1, 2)) > 0
    own = jnp.where(cut, (cells.inside @ response) / jnp.sum(cells.inside, axis=1), 0.0)
    within = response - own[cells.category]
    return _square(within, params.item_response) + _square(jnp.exp(own) - 1.0, params.own_response)


@partial(jax.jit, static_argnames="params", compiler_options=ONCE)
def _run(model: Member, state: Any, cells: Cells, rates: Array, *, params: FitParams) -> tuple[Member, Any, Array]:
    """Take one step a learning rate."""
    return descend(lambda current: _loss(current, cells, params), model, state, rates)


def fit_member(member: Member, cells: Cells, params: FitParams, tick: Callable[[float], None]) -> Member:
    """Fit one member by Adam with a cosine learning rate; ``tick`` hears the share done.

    Raises
    ------
    InvalidInput
        When the loss stops being finite.
    """
    rates = cosine_rates(params.learning_rate, params.steps)
    rates += [0.0] * (-params.steps % _CHUNK)  # steps of rate 0 change nothing, and every chunk compiles to the same
    model, state = member, no_memory(member)
    priors = replace(params, steps=1, learning_rate=1.0)
    for done in range(0, len(rates), _CHUNK):
        model, state, losses = _run(model, state, cells, np.array(rates[done : done + _CHUNK]), params=priors)
        require_finite(losses, rows="weekly units")
        tick(min((done + _CHUNK) / params.steps, 1.0))
    return model

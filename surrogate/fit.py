"""Fitting one ensemble member: quasi-Poisson units of groups x items x weeks, and binomial coupon use.

Nuisance terms carry what is no effect of a promotion: how units split over a category's items, how far a group differs
from what its profile says, and how a category drifts through the weeks (a random walk, so the last level is the
forecast). Everything is shrunk by Gaussian priors; thin categories and groups stay close to the common response.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax  # type: ignore[import-untyped]
from jaxtyping import Array
from numpy.typing import NDArray

from surrogate.cells import Shelf
from surrogate.coupons import CouponCells
from surrogate.network import DEPTH_KNOTS, FEATURES, RESPONSE_START, EffectNet, coupon_use, promotion_features

Float = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class FitParams:
    """How a member is fitted; prior widths are standard deviations of log terms."""

    steps: int = 160
    learning_rate: float = 0.05
    dispersion: float = 2.0
    """Variance of units over their mean."""
    drift: float = 0.03
    """Of a category's level from week to week."""
    common_drift: float = 0.06
    """Of all categories' level from week to week."""
    group: float = 0.3
    """Of a group's level in a category around its profile's."""
    response: float = 0.25
    item_response: float = 0.3
    """Of an item's response around its category's."""
    weight: float = 0.5

    def __post_init__(self) -> None:
        if not (self.steps >= 1 and self.learning_rate > 0 and self.dispersion >= 1):
            raise ValueError("steps and learning_rate must be positive and dispersion at least 1")
        if not (min(self.drift, self.common_drift, self.group, self.response, self.item_response, self.weight) > 0):
            raise ValueError("prior widths must be positive")


class Nuisance(eqx.Module):
    """What is no effect of a promotion."""

    item: Array
    """[I] log share of an item in its category's baseline (normalised when used)."""
    response: Array
    """[I] log factor on an item's response weights: some lines answer to deals more than their category."""
    group: Array
    """[G, C]"""
    common: Array
    """[T]"""
    category: Array
    """[C, T]"""


class FitData(eqx.Module):
    """Arrays of one fit. G groups, I items, T weeks, C categories, J promotion features, N coupon cells."""

    units: Array
    """[G, I, T]"""
    row_weight: Array
    """[I, T] Bayesian bootstrap weight."""
    phi: Array
    """[I, T, J]"""
    features: Array
    """[G, F]"""
    log_customers: Array
    """[G]"""
    membership: Array
    """[C, I] item weights within their category, rows sum to 1"""
    category: Array
    """[I]"""
    coupon_category: Array
    """[N]"""
    coupon_depth: Array
    """[N]"""
    coupon_phi: Array
    """[N, J]"""
    exposed: Array
    """[G, N] units bought by contacted customers"""
    redeemed: Array
    """[G, N] of them with the coupon"""


def assemble(
    shelf: Shelf, units: Float, features: Float, customers: Float, coupons: CouponCells, row_weight: Float
) -> FitData:
    """Gather the arrays of a fit."""
    membership = np.zeros((len(shelf.categories), len(shelf.names)))
    membership[shelf.category, np.arange(len(shelf.names))] = shelf.weight
    none = np.zeros_like(coupons.depth)
    return FitData(
        units=jnp.asarray(units),
        row_weight=jnp.asarray(row_weight),
        phi=jnp.asarray(promotion_features(shelf.depth, shelf.display, shelf.mailer)),
        features=jnp.asarray(features),
        log_customers=jnp.asarray(np.log(customers)),
        membership=jnp.asarray(membership),
        category=jnp.asarray(shelf.category),
        coupon_category=jnp.asarray(coupons.category),
        coupon_depth=jnp.asarray(coupons.depth),
        coupon_phi=jnp.asarray(promotion_features(coupons.depth, none, none)),
        exposed=jnp.asarray(coupons.exposed),
        redeemed=jnp.asarray(coupons.redeemed),
    )


def item_bump(net: EffectNet, nuisance: Nuisance, data: FitData) -> Array:
    """Return the log of units over baseline [G, I, T], switching inside the category taken off."""
    own = net.weights(net.hidden_state(data.features))[:, data.category, :] * jnp.exp(nuisance.response)[None, :, None]
    ramps = len(DEPTH_KNOTS) + 1
    bump = jnp.einsum("gij,itj->git", own[..., :ramps], data.phi[..., :ramps])
    for mark in range(ramps, len(FEATURES)):
        bump += jnp.log1p(jnp.expm1(own[:, :, None, mark]) * data.phi[None, :, :, mark])
    shelf = jnp.log(jnp.einsum("ci,git->gct", data.membership, jnp.exp(bump)))
    return bump - net.switched()[data.category][None, :, None] * shelf[:, data.category, :]


def log_baseline(net: EffectNet, nuisance: Nuisance, data: FitData) -> Array:
    """Return log expected units with nothing promoted [G, I, T]."""
    rate = net.log_rate(net.hidden_state(data.features)) + nuisance.group + data.log_customers[:, None]
    share = log_item_share(nuisance.item, data.category, data.membership.shape[0])
    level = nuisance.common[None, :] + nuisance.category
    return (rate[:, data.category] + share)[:, :, None] + level[data.category][None]


def log_item_share(item: Array, category: Array, categories: int) -> Array:
    """Return log shares [I] that sum to 1 within each category."""
    total = jax.ops.segment_sum(jnp.exp(item), category, num_segments=categories)
    return item - jnp.log(total)[category]


def _loss(model: tuple[EffectNet, Nuisance], data: FitData, params: FitParams) -> Array:
    net, nuisance = model
    log_mean = log_baseline(net, nuisance, data) + item_bump(net, nuisance, data)
    units = jnp.sum(data.row_weight[None] * (jnp.exp(log_mean) - data.units * log_mean)) / params.dispersion
    return units + _coupon_loss(net, data) / params.dispersion + _priors(net, nuisance, params)


def _coupon_loss(net: EffectNet, data: FitData) -> Array:
    """Binomial loss of coupon use."""
    used = coupon_use(net, data.features, data.coupon_category, data.coupon_depth, data.coupon_phi)
    return -jnp.sum(data.redeemed * jnp.log(used) + (data.exposed - data.redeemed) * jnp.log1p(-used))


def _priors(net: EffectNet, nuisance: Nuisance, params: FitParams) -> Array:
    def square(values: Array, width: float) -> Array:
        return 0.5 * jnp.sum((values / width) ** 2)

    steps = jnp.diff(nuisance.category, axis=1)
    walk = square(steps, params.drift) + square(jnp.diff(nuisance.common), params.common_drift)
    level = (
        square(nuisance.group, params.group) + square(nuisance.category[:, 0], 0.3) + square(nuisance.common[0], 0.1)
    )
    heads = square(net.response, params.response) + square(net.activation, params.response) + square(net.rate, 1.0)
    inner = square(net.embedding, 1.0) + square(net.hidden, params.weight) + square(net.profile, params.weight)
    typical = square(net.response_bias - jnp.asarray(RESPONSE_START), 0.5)
    switch = typical + square(net.switching, 0.5) + square(net.switching_bias + 1.5, 1.0)
    use = square(net.activation_bias + 3.0, 2.0) + square(net.activation_slope - 0.5, 0.5)
    return (
        walk
        + level
        + heads
        + inner
        + switch
        + use
        + square(nuisance.item, 5.0)
        + square(nuisance.response, params.item_response)
    )


@partial(jax.jit, static_argnames=("params", "count"))
def _run(
    model: tuple[EffectNet, Nuisance], state: optax.OptState, data: FitData, *, params: FitParams, count: int
) -> tuple[tuple[EffectNet, Nuisance], optax.OptState, Array]:
    optimiser = _optimiser(params)

    def step(
        _: int, carry: tuple[tuple[EffectNet, Nuisance], optax.OptState, Array]
    ) -> tuple[tuple[EffectNet, Nuisance], optax.OptState, Array]:
        current, opt, _loss_before = carry
        value, gradient = jax.value_and_grad(_loss)(current, data, params)
        updates, opt = optimiser.update(gradient, opt)
        return eqx.apply_updates(current, updates), opt, value

    model, state, loss = jax.lax.fori_loop(0, count, step, (model, state, jnp.zeros(())))
    return model, state, loss


def _optimiser(params: FitParams) -> optax.GradientTransformation:
    return optax.adam(optax.cosine_decay_schedule(params.learning_rate, params.steps, alpha=0.02), b2=0.99)


def fit_member(
    net: EffectNet, nuisance: Nuisance, data: FitData, params: FitParams, tick: Callable[[float], None]
) -> tuple[EffectNet, Nuisance]:
    """Fit one member by Adam with a cosine step; ``tick`` hears the share done."""
    model = (net, nuisance)
    state = _optimiser(params).init(model)
    chunk = 20
    for done in range(0, params.steps, chunk):
        count = min(chunk, params.steps - done)
        model, state, loss = _run(model, state, data, params=params, count=count)
        if not np.isfinite(float(loss)):
            raise FloatingPointError("the training loss is not finite: the data holds values that no rate explains")
        tick((done + count) / params.steps)
    return model

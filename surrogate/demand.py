"""Demand of groups of customers for shelf items in weeks: baseline times bump, over an array namespace ``xp``.

Nuisance terms carry what is no effect of a promotion: how units split over a category's items, how far a group differs
from what its profile says, and how a category drifts through the weeks.
"""

from __future__ import annotations

from typing import Any

import equinox as eqx
import numpy as np
from numpy.typing import NDArray

from surrogate.cells import Shelf
from surrogate.coupons import CouponCells
from surrogate.network import DEPTH_KNOTS, FEATURES, Array, EffectNet, item_weights, promotion_features

Float = NDArray[np.float64]
_COUPON_PAD = 64
"""Coupon cells are padded to a multiple of this with empty ones, so that one compilation serves every fit."""


class Nuisance(eqx.Module):
    """What is no effect of a promotion. G groups, I items, T weeks, C categories."""

    item: Array
    """[I] log share of an item in its category's baseline (normalised when used)."""
    response: Array
    """[I] log factor on an item's answer to depth: some lines answer to deals more than their category."""
    group: Array
    """[G, C]"""
    common: Array
    """[T]"""
    category: Array
    """[C, T]"""

    def until(self, weeks: int) -> Nuisance:
        """Return the first ``weeks`` weeks; where there are fewer, the last level goes on."""
        more = max(weeks - self.common.size, 0)
        return Nuisance(
            item=self.item,
            response=self.response,
            group=self.group,
            common=np.pad(self.common, (0, more), mode="edge")[:weeks],
            category=np.pad(self.category, ((0, 0), (0, more)), mode="edge")[:, :weeks],
        )

    def last(self, weeks: int) -> Nuisance:
        """Return ``weeks`` weeks that all stay at the last level."""
        return Nuisance(
            item=self.item,
            response=self.response,
            group=self.group,
            common=np.repeat(self.common[-1:], weeks),
            category=np.repeat(self.category[:, -1:], weeks, axis=1),
        )

    def for_groups(self, groups: int) -> Nuisance:
        """Return the terms for other groups, which are what their profile says."""
        return Nuisance(
            item=self.item,
            response=self.response,
            group=np.zeros((groups, self.category.shape[0])),
            common=self.common,
            category=self.category,
        )


class Cells(eqx.Module):
    """Arrays that demand is computed on and fitted to. J promotion features, N coupon cells."""

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
    inside: Array
    """[C, I] 1 where the item is in the category."""
    membership: Array
    """[C, I] item weights within their category, rows sum to 1."""
    category: Array
    """[I]"""
    coupon_category: Array
    """[N]"""
    coupon_depth: Array
    """[N]"""
    coupon_phi: Array
    """[N, J]"""
    exposed: Array
    """[G, N] units bought by contacted customers."""
    redeemed: Array
    """[G, N] of them with the coupon."""


def assemble(
    shelf: Shelf,
    units: Float,
    features: Float,
    customers: Float,
    *,
    coupons: CouponCells | None = None,
    row_weight: Float | None = None,
) -> Cells:
    """Gather the arrays; without coupons and weights they serve to predict."""
    inside = np.zeros((len(shelf.categories), len(shelf.names)))
    inside[shelf.category, np.arange(len(shelf.names))] = 1.0
    count = 0 if coupons is None else -(-max(coupons.depth.size, 1) // _COUPON_PAD) * _COUPON_PAD
    depth, category = np.full(count, 0.2), np.zeros(count, dtype=np.int64)
    exposed, redeemed = np.zeros((len(customers), count)), np.zeros((len(customers), count))
    if coupons is not None:
        known = coupons.depth.size
        depth[:known], category[:known] = coupons.depth, coupons.category
        exposed[:, :known], redeemed[:, :known] = coupons.exposed, coupons.redeemed
    none = np.zeros(count)
    return Cells(
        units=units,
        row_weight=np.ones(shelf.depth.shape) if row_weight is None else row_weight,
        phi=promotion_features(shelf.depth, shelf.display, shelf.mailer),
        features=features,
        log_customers=np.log(customers),
        inside=inside,
        membership=inside * shelf.weight,
        category=shelf.category,
        coupon_category=category,
        coupon_depth=depth,
        coupon_phi=promotion_features(depth, none, none),
        exposed=exposed,
        redeemed=redeemed,
    )


def item_bump(net: EffectNet, nuisance: Nuisance, cells: Cells, xp: Any = np) -> Array:
    """Return the log of units over baseline [G, I, T], switching inside the category taken off."""
    weights = net.weights(net.hidden_state(cells.features, xp), xp)
    own = item_weights(weights[:, cells.category, :], nuisance.response[None, :], xp)
    ramps = len(DEPTH_KNOTS) + 1
    bump = xp.einsum("gij,itj->git", own[..., :ramps], cells.phi[..., :ramps])
    for mark in range(ramps, len(FEATURES)):
        bump = bump + xp.log1p(xp.expm1(own[:, :, None, mark]) * cells.phi[None, :, :, mark])
    shelf = xp.log(xp.einsum("ci,git->gct", cells.membership, xp.exp(bump)))
    return bump - net.switched(xp)[cells.category][None, :, None] * shelf[:, cells.category, :]


def log_baseline(net: EffectNet, nuisance: Nuisance, cells: Cells, xp: Any = np) -> Array:
    """Return log expected units with nothing promoted [G, I, T]."""
    rate = net.log_rate(net.hidden_state(cells.features, xp)) + nuisance.group + cells.log_customers[:, None]
    share = nuisance.item - xp.log(cells.inside @ xp.exp(nuisance.item))[cells.category]
    level = nuisance.common[None, :] + nuisance.category
    return (rate[:, cells.category] + share)[:, :, None] + level[cells.category][None]

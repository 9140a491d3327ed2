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
from surrogate.network import (
    DEPTH_KNOTS,
    FEATURES,
    Array,
    EffectNet,
    depth_ramps,
    item_weights,
    promotion_features,
)
from surrogate.offer_uses import UseCells
from surrogate.past_offers import DealCells

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


class Deals(eqx.Module):
    """Declared offers where they ran. D places, none in data without `past_offers`."""

    kind: Array
    """[D] index into `surrogate.mechanics.KINDS`."""
    saving: Array
    """[D]"""
    ramps: Array
    """[D, R] of the savings."""
    level: Array
    category: Array
    """[D] index of the category; their number stands for the basket."""
    item: Array
    """[D] index of the item; their number stands for the basket, or for an item that does not matter."""
    cell: Array
    """[D] place in an array [2, I + 1, T]: layer (public, targeted), item (last: basket), week."""
    share: Array
    """[G, D]"""
    tired: Array
    """[D] earlier promoted days that customers remember."""


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
    deals: Deals
    """Declared past offers by item and week."""
    uses: Deals
    """Declared past offers whose use was seen; ``share`` holds the units that contacted customers bought."""
    used: Array
    """[G, U] of them under the offer."""


def assemble(
    shelf: Shelf,
    units: Float,
    features: Float,
    customers: Float,
    *,
    coupons: CouponCells | None = None,
    deals: DealCells | None = None,
    uses: UseCells | None = None,
    row_weight: Float | None = None,
) -> Cells:
    """Gather the arrays; without coupons, uses and weights they serve to predict.

    Deals outside the shelf's weeks are left out.
    """
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
        deals=_deals(shelf, deals, len(customers)),
        uses=_uses(shelf, uses, len(customers)),
        used=np.zeros((len(customers), 0)) if uses is None else uses.used,
    )


def _deals(shelf: Shelf, deals: DealCells | None, groups: int) -> Deals:
    items, weeks = len(shelf.names), shelf.weeks.size
    if deals is None:
        return _places(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), np.zeros((groups, 0)))
    deals = deals.window(int(shelf.weeks[0]), int(shelf.weeks[-1]))
    category = np.append(shelf.category, len(shelf.categories))[deals.item]
    cell = (deals.targeted * (items + 1) + deals.item) * weeks + deals.week - shelf.weeks[0]
    return _places(
        deals.kind,
        deals.saving,
        deals.level,
        deals.share,
        category=category,
        item=deals.item,
        cell=cell,
        tired=deals.tired,
    )


def _uses(shelf: Shelf, uses: UseCells | None, groups: int) -> Deals:
    if uses is None:
        return _deals(shelf, None, groups)
    nowhere = np.full(uses.kind.size, len(shelf.names))
    return _places(uses.kind, uses.saving, np.zeros(uses.kind.size), uses.exposed, category=uses.category, item=nowhere)


def _places(
    kind: NDArray[np.int64],
    saving: Float,
    level: Float,
    share: Float,
    *,
    category: NDArray[np.int64] | None = None,
    item: NDArray[np.int64] | None = None,
    cell: NDArray[np.int64] | None = None,
    tired: Float | None = None,
) -> Deals:
    nowhere = np.zeros(kind.size, dtype=np.int64)
    return Deals(
        kind=kind,
        saving=saving,
        ramps=depth_ramps(saving),
        level=level,
        category=nowhere if category is None else category,
        item=nowhere if item is None else item,
        cell=nowhere if cell is None else cell,
        share=share,
        tired=np.zeros(kind.size) if tired is None else tired,
    )


def item_bump(net: EffectNet, nuisance: Nuisance, cells: Cells, xp: Any = np) -> Array:
    """Return the log of units over baseline [G, I, T], switching inside the category taken off."""
    hidden = net.hidden_state(cells.features, xp)
    weights = net.weights(hidden, xp)
    own = item_weights(weights[:, cells.category, :], nuisance.response[None, :], xp)
    ramps = len(DEPTH_KNOTS) + 1
    bump = xp.einsum("gij,itj->git", own[..., :ramps], cells.phi[..., :ramps])
    for mark in range(ramps, len(FEATURES)):
        bump = bump + xp.log1p(xp.expm1(own[:, :, None, mark]) * cells.phi[None, :, :, mark])
    basket = 0.0
    if cells.deals.kind.size:
        offered = offered_bump(net, nuisance, cells, hidden, weights, xp)
        bump, basket = bump + offered[:, :-1], offered[:, -1:]
    shelf = xp.log(xp.einsum("ci,git->gct", cells.membership, xp.exp(bump)))
    return bump - net.switched(xp)[cells.category][None, :, None] * shelf[:, cells.category, :] + basket


def deal_bump(
    net: EffectNet, item_response: Array, features: Array, hidden: Array, weights: Array, deals: Deals, xp: Any = np
) -> Array:
    """Return the log bump [G, D] a contacted customer of every place of declared offers.

    ``hidden`` [G, C, H] and ``weights`` [G, C, J] are the categories'; ``item_response`` [I + 1] is 0 for the basket.
    """
    basket = net.hidden_basket(features, xp)
    hidden = xp.concatenate([hidden, basket], axis=1)[:, deals.category, :]
    weights = xp.concatenate([weights, net.weights(basket, xp)], axis=1)[:, deals.category, :]
    own = item_weights(weights, item_response[deals.item][None, :], xp)
    return net.offer_bump(own, hidden, deals.kind, deals.ramps, deals.level, xp)


def offered_bump(
    net: EffectNet, nuisance: Nuisance, cells: Cells, hidden: Array, weights: Array, xp: Any = np
) -> Array:
    """Return the log bump [G, I + 1, T] of declared offers on items and on the basket, over both layers."""
    deals, groups = cells.deals, cells.features.shape[0]
    response = xp.concatenate([nuisance.response, xp.zeros(1)])
    bump = deal_bump(net, response, cells.features, hidden, weights, deals, xp)
    items, weeks = cells.phi.shape[0] + 1, cells.phi.shape[1]
    fresh = net.fresh(deals.tired, xp)
    gain = _sum_into(deals.share * fresh * xp.expm1(bump), deals.cell, 2 * items * weeks, xp)
    return xp.sum(xp.log1p(gain).reshape(groups, 2, items, weeks), axis=1)


def _sum_into(values: Array, cell: Array, size: int, xp: Any) -> Array:
    """Sum values [G, D] into places [G, size]."""
    if xp is np:
        out = np.zeros((size, len(values)))
        np.add.at(out, cell, values.T)
        return out.T
    return xp.zeros((values.shape[0], size)).at[:, cell].add(values)


def used_share(net: EffectNet, cells: Cells, xp: Any = np) -> Array:
    """Return the share [G, U] of contacted customers' units that is taken with declared offers."""
    uses, hidden = cells.uses, net.hidden_state(cells.features, xp)
    response = xp.zeros(cells.phi.shape[0] + 1)
    bump = deal_bump(net, response, cells.features, hidden, net.weights(hidden, xp), uses, xp)
    bump = bump * (1.0 - net.switched(xp)[uses.category])
    taken = net.activated(hidden[:, uses.category, :], uses.saving[:, None], xp, use=net.use[uses.kind][:, None])
    return (taken[:, :, 0] + xp.expm1(bump)) / xp.exp(bump)


def log_baseline(net: EffectNet, nuisance: Nuisance, cells: Cells, xp: Any = np) -> Array:
    """Return log expected units with nothing promoted [G, I, T]."""
    rate = net.log_rate(net.hidden_state(cells.features, xp)) + nuisance.group + cells.log_customers[:, None]
    share = nuisance.item - xp.log(cells.inside @ xp.exp(nuisance.item))[cells.category]
    level = nuisance.common[None, :] + nuisance.category
    return (rate[:, cells.category] + share)[:, :, None] + level[cells.category][None]

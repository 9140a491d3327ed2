"""Demand of groups of customers for shelf items in weeks: baseline times bump, over an array namespace ``xp``.

Customers may be grouped and described anew in every span of weeks (`surrogate.effects.spans`): B spans of G groups.
Nuisance terms carry what is no effect of a promotion: how units split over a category's items, how far a group differs
from what its profile says, and how a category drifts through the weeks.
"""

from __future__ import annotations

from typing import Any

import equinox as eqx
import numpy as np

from scenarios.arrays import Float, Int
from surrogate.effects.day_split import Days
from surrogate.effects.deals import (
    Deals,
    basket_bump,
    deal_bump,
    in_span,
    lay_deals,
    ordered_share,
    public_bump,
    sum_into,
    taken_share,
    targeted_demand,
)
from surrogate.effects.depths import DEPTH_KNOTS, promotion_features
from surrogate.effects.network import FEATURES, Array, EffectNet, coupon_use, item_weights
from surrogate.shelf.cells import Shelf
from surrogate.shelf.coupons import CouponCells
from surrogate.shelf.deal_cells import DealCells

_COUPON_PAD = 64
"""Coupon cells are padded to a multiple of this with empty ones, so that one compilation serves every fit."""


class Nuisance(eqx.Module):
    """What is no effect of a promotion. G groups, I items, T weeks, C categories."""

    item: Array
    """[I] log share of an item in its category's baseline (normalised when used)."""
    response: Array
    """[I] log factor on an item's answer to depth: some lines answer to deals more than their category."""
    group: Array
    """[B, G, C]"""
    span: Array
    """[B] who counts as a customer differs between spans."""
    common: Array
    """[T]"""
    category: Array
    """[C, T]"""
    year: Array = eqx.field(default_factory=lambda: np.zeros(0))
    """[B] effect of the calendar's columns (`surrogate.effects.season`) on every category."""
    season: Array = eqx.field(default_factory=lambda: np.zeros((1, 0)))
    """[C, B] how far a category's differ from that."""
    life: Array = eqx.field(default_factory=lambda: np.zeros((0, 0)))
    """[I, T] how what an item that came or left sells changes with its age (`Shelf.passing`); empty without any."""

    def until(self, weeks: int) -> Nuisance:
        """Return the first ``weeks`` weeks; where there are fewer, the last level goes on."""
        more = max(weeks - self.common.size, 0)
        common = np.pad(self.common, (0, more), mode="edge")[:weeks]
        category = np.pad(self.category, ((0, 0), (0, more)), mode="edge")[:, :weeks]
        life = np.pad(self.life, ((0, 0), (0, more)), mode="edge")[:, :weeks] if self.life.size else self.life
        return Nuisance(**(vars(self) | {"common": common, "category": category, "life": life}))

    def last(self, weeks: int) -> Nuisance:
        """Return ``weeks`` weeks that all stay at the last level."""
        common, category = np.repeat(self.common[-1:], weeks), np.repeat(self.category[:, -1:], weeks, axis=1)
        life = np.repeat(self.life[:, -1:], weeks, axis=1)
        return Nuisance(**(vars(self) | {"common": common, "category": category, "life": life}))

    def spans(self, count: int) -> Nuisance:
        """Return the terms of the first spans; groups of spans beyond are what their profile says."""
        more = max(count - self.span.size, 0)
        group = np.pad(self.group, ((0, more), (0, 0), (0, 0)))[:count]
        return Nuisance(**(vars(self) | {"group": group, "span": np.pad(self.span, (0, more), mode="edge")[:count]}))

    def for_groups(self, groups: int) -> Nuisance:
        """Return the terms for other groups, which are what their profile says, at the level of the last span."""
        group = np.zeros((1, groups, self.category.shape[0]))
        return Nuisance(**(vars(self) | {"group": group, "span": self.span[-1:]}))


class Cells(eqx.Module):
    """Arrays that demand is computed on and fitted to. J promotion features, N coupon cells."""

    units: Array
    """[G, I, T]; in a fit without what named customers bought under their offers."""
    sold: Array
    """[G, T] of all items and customers; with days, by what units count in an order."""
    row_weight: Array
    """[I, T] Bayesian bootstrap weight."""
    phi: Array
    """[I, T, J]"""
    calendar: Array
    """[T, B] columns of season and holidays."""
    span: Array
    """[T] index of each week's span."""
    features: Array
    """[B, G, F]"""
    log_customers: Array
    """[B, G]"""
    inside: Array
    """[C, I] 1 where the item is in the category."""
    membership: Array
    """[C, I] item weights within their category, rows sum to 1."""
    passing: Array
    """[I] 1 for items that came or left."""
    fading: Array
    """[I] what a week of age adds to their log level."""
    present: Array
    """[I, T] item weights within what of their category is on the shelf, which sum to 1 in every category and week."""
    category: Array
    """[I]"""
    coupon_span: Array
    """[N]"""
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
    days: Days | None
    """Public ones by day, for fits."""


def assemble(
    shelf: Shelf,
    units: Float,
    features: Float,
    customers: Float,
    *,
    coupons: CouponCells | None = None,
    deals: DealCells | None = None,
    row_weight: Float | None = None,
    apart: bool = False,
    days: Days | None = None,
    span: Int | None = None,
    coupon_span: Int | None = None,
) -> Cells:
    """Gather the arrays; without coupons and weights they serve to predict.

    Features are [G, F] of all weeks, or [B, G, F] with ``span`` [T]; so are customers. A group may be empty in a span.
    Deals outside the shelf's weeks are left out. With ``apart``, what named customers bought under their offers is
    taken out of ``units``, because a fit looks at it by itself.
    """
    span = np.zeros(shelf.weeks.size, dtype=np.int64) if span is None else span
    features = features.reshape(-1, *features.shape[-2:])
    customers = customers.reshape(-1, customers.shape[-1])
    laid = lay_deals(shelf, deals, customers.shape[1], span)
    sold = units.sum(axis=1) if days is None else np.einsum("git,i->gt", units, days.worth)
    if apart and laid.kind.size:
        size = (len(shelf.names) + 1) * shelf.weeks.size
        theirs = sum_into(laid.units * laid.apart * laid.targeted, laid.cell, size, np)[:, : units[0].size]
        units = np.maximum(units - theirs.reshape(units.shape), 0.0)
    inside = np.zeros((len(shelf.categories), len(shelf.names)))
    inside[shelf.category, np.arange(len(shelf.names))] = 1.0
    count = 0 if coupons is None else -(-max(coupons.depth.size, 1) // _COUPON_PAD) * _COUPON_PAD
    depth, category, place = np.full(count, 0.2), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    exposed, redeemed = np.zeros((customers.shape[1], count)), np.zeros((customers.shape[1], count))
    if coupons is not None:
        known = coupons.depth.size
        place[:known] = 0 if coupon_span is None else coupon_span
        depth[:known], category[:known] = coupons.depth, coupons.category
        exposed[:, :known], redeemed[:, :known] = coupons.exposed, coupons.redeemed
    none = np.zeros(count)
    return Cells(
        units=units,
        sold=sold,
        row_weight=np.ones(shelf.depth.shape) if row_weight is None else row_weight,
        phi=promotion_features(shelf.depth, shelf.display, shelf.mailer),
        calendar=np.zeros((shelf.weeks.size, 0)) if shelf.calendar is None else shelf.calendar,
        span=span,
        features=features,
        log_customers=np.log(np.maximum(customers, 1e-9)),
        inside=inside,
        membership=inside * shelf.weight,
        passing=shelf.passing,
        fading=np.zeros(len(shelf.names)) if shelf.fading is None else shelf.fading,
        present=_present(shelf, inside),
        category=shelf.category,
        coupon_span=place,
        coupon_category=category,
        coupon_depth=depth,
        coupon_phi=promotion_features(depth, none, none),
        exposed=exposed,
        redeemed=redeemed,
        deals=laid,
        days=days,
    )


def _present(shelf: Shelf, inside: Float) -> Float:
    """Return the weights [I, T] of items in what is on the shelf; all of a category's items where none of it is."""
    weight = shelf.weight[:, None] * shelf.on_shelf
    total = (inside @ weight)[shelf.category]
    return np.asarray(np.where(total > 0, weight / np.where(total > 0, total, 1.0), shelf.weight[:, None]))


class Bumps(eqx.Module):
    """Logs of units over baseline."""

    total: Array
    """[G, I, T] of all customers of a group together, switching inside the category taken off."""
    rest: Array
    """[G, I, T] of those whose purchases are not looked at by themselves; their share is in it."""
    contacted: Array
    """[G, D] of contacted customers, over the baseline of the place that the deal stands in; their share is in it."""
    taken: Array
    """[G, D] share of that which is taken with the deal."""
    ordered: Array
    """[G, D] part of the group's purchases of a week that contacted customers of a basket offer make."""


def bumps(net: EffectNet, nuisance: Nuisance, cells: Cells, xp: Any = np) -> Bumps:
    """Return what promotions do to the cells."""
    hidden = net.hidden_state(cells.features, xp)
    weights = net.weights(hidden, xp)
    own = item_weights(weights[:, :, cells.category, :], nuisance.response[None, None, :], xp)
    ramps = len(DEPTH_KNOTS) + 1
    bump = xp.einsum("tgij,itj->git", own[..., :ramps][cells.span], cells.phi[..., :ramps])
    for mark in range(ramps, len(FEATURES)):
        lift = xp.moveaxis(xp.expm1(own[..., mark])[cells.span], 0, 2)
        bump = bump + xp.log1p(lift * cells.phi[None, :, :, mark])
    plain = _switch(net, cells, bump, xp)
    deals = cells.deals
    if not deals.kind.size:
        return Bumps(total=plain, rest=plain, contacted=deals.share, taken=deals.share, ordered=deals.share)
    items, weeks = cells.phi.shape[:2]
    response = xp.concatenate([nuisance.response, xp.zeros(1)])
    offered = deal_bump(net, response, cells.features, hidden, weights, deals, deals.span, xp)
    shown = _switch(net, cells, bump + public_bump(net, deals, offered, items, weeks, xp), xp)
    basket = basket_bump(net, deals, offered, items, weeks, xp)
    taken = taken_share(net, hidden, deals, xp)
    demand = targeted_demand(net, deals, offered, taken, plain, shown, xp)
    beneath = (plain + basket).reshape(len(plain), items * weeks)[:, xp.minimum(deals.cell, items * weeks - 1)]
    return Bumps(
        total=demand.total + basket,
        rest=demand.rest + basket,
        contacted=demand.contacted + beneath,
        taken=demand.taken,
        ordered=ordered_share(net, deals, offered, xp),
    )


def _switch(net: EffectNet, cells: Cells, bump: Array, xp: Any) -> Array:
    """Take off what other items of the category lose."""
    shelf = xp.log(xp.einsum("ci,git->gct", cells.inside, cells.present * xp.exp(bump)))
    return bump - net.switched(xp)[cells.category][None, :, None] * shelf[:, cells.category, :]


def item_bump(net: EffectNet, nuisance: Nuisance, cells: Cells) -> Array:
    """Return the log of units over baseline [G, I, T], switching inside the category taken off."""
    return bumps(net, nuisance, cells).total


def log_baseline(net: EffectNet, nuisance: Nuisance, cells: Cells, xp: Any = np) -> Array:
    """Return log expected units with nothing promoted [G, I, T]."""
    rate = net.log_rate(net.hidden_state(cells.features, xp)) + nuisance.group + cells.log_customers[..., None]
    rate = rate + nuisance.span[:, None, None]
    share = nuisance.item - xp.log(cells.inside @ xp.exp(nuisance.item))[cells.category]
    level = nuisance.common[None, :] + nuisance.category + (nuisance.year + nuisance.season) @ cells.calendar.T
    weekly = xp.moveaxis(rate[:, :, cells.category][cells.span], 0, 2)
    own = share[:, None] + nuisance.life * cells.passing[:, None] if nuisance.life.size else share[:, None]
    return weekly + (own + level[cells.category])[None]


def coupon_share(net: EffectNet, cells: Cells, xp: Any = np) -> Array:
    """Return the share [G, N] of contacted customers' units that is bought with mailed coupons."""
    hidden = in_span(net.hidden_state(cells.features, xp), cells.coupon_span, cells.coupon_category, xp)
    return coupon_use(net, hidden, cells.coupon_category, cells.coupon_depth, cells.coupon_phi, xp)

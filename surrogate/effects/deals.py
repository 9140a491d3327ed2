"""Declared offers in the arithmetic of demand: what they bring where they ran, and what contacted customers buy.

Public offers lift a share of a week's sales. A targeted offer lifts the sales of contacted customers on its days: where
a public offer p ran on the share rho of those days too, a customer takes the better of the two, so with q and p the
lifts, fresh and net of switching,

    contacted     E = (1 - rho) (1 + q) + rho (1 + max(p, q))     times their usual sales
    without it    N = 1 + rho p
    taken         (theta (1 - rho [p >= q]) + E - N) / E          of that with the offer

Fits look at contacted customers and at the rest of their group side by side, so that what a message brings is told from
what the week brought to everybody. Written over an array namespace ``xp``.
"""

from __future__ import annotations

from typing import Any

import equinox as eqx
import numpy as np

from scenarios.arrays import Float, Int
from surrogate.effects.depths import depth_ramps
from surrogate.effects.network import Array, EffectNet
from surrogate.shelf.cells import Shelf
from surrogate.shelf.deal_cells import DealCells

_LEAST_REST = 0.02
"""Least share of a cell's sales that is left to customers who were not contacted."""


class Deals(eqx.Module):
    """Declared offers where they ran. D places, none in data without `past_offers`."""

    kind: Array
    """[D] index into `surrogate.shelf.mechanics.KINDS`."""
    saving: Array
    """[D] share of the price, or of the typical order."""
    ramps: Array
    """[D, R] of the savings."""
    level: Array
    """[D] basket offers: log of the order value asked for over the typical one; 0 on products."""
    category: Array
    """[D] index of the category; their number stands for the basket."""
    item: Array
    """[D] index of the item; their number stands for the basket, or for an item that does not matter."""
    weight: Array
    """[D] share of the item in its category."""
    cell: Array
    """[D] place in an array [I + 1, T]: item (last: basket), week."""
    span: Array
    """[D] index of the span of that week: which features its customers have."""
    share: Array
    """[G, D] of a group's usual sales that the offer reaches."""
    tired: Array
    """[D] earlier promoted days that customers remember."""
    targeted: Array
    """[D] 1 for targeted offers on items, 0 for public ones and all offers on the basket."""
    sent: Array
    """[D] 1 for targeted offers on the basket."""
    apart: Array
    """[D] 1 where contacted customers' purchases are known by themselves."""
    beside: Array
    """[D] the public offer that a targeted one met most often; any where none."""
    overlap: Array
    """[D] share of its days, rho."""
    units: Array
    """[G, D] units that contacted customers bought."""
    used: Array
    """[G, D] of them with the offer."""
    use_seen: Array
    """[D] 1 where the data shows use."""


class Demand(eqx.Module):
    """What declared offers do to cells, in logs. Baselines are not in it."""

    total: Array
    """[G, I, T] of all customers together."""
    rest: Array
    """[G, I, T] of those who were not looked at by themselves, whose share is taken off."""
    contacted: Array
    """[G, D] of contacted customers, times their share; without what plain discounts and basket offers bring."""
    taken: Array
    """[G, D] share of what contacted customers buy that they take with the offer; no log."""


def ordered_share(net: EffectNet, deals: Deals, bump: Array, xp: Any = np) -> Array:
    """Return the part [G, D] of a group's purchases that customers make to whom a basket offer was sent."""
    gain = xp.expm1(net.fresh(deals.tired, xp) * bump)
    return deals.share * (1.0 + gain) / (1.0 + deals.share * gain)


def lay_deals(shelf: Shelf, deals: DealCells | None, groups: int, span: Int) -> Deals:
    """Return the places of a shelf's weeks; none without deals. ``span`` [T] is that of each week."""
    items, weeks = len(shelf.names), shelf.weeks.size
    if deals is None:
        nothing = np.zeros(0, dtype=np.int64)
        return _places(nothing, np.zeros(0), np.zeros(0), nothing, nothing, np.zeros((groups, 0)))
    deals = deals.window(int(shelf.weeks[0]), int(shelf.weeks[-1]))
    on_items = deals.item < items
    places = _places(
        deals.kind,
        deals.saving,
        deals.level,
        np.append(shelf.category, len(shelf.categories))[deals.item],
        deals.item,
        deals.share,
    )
    laid: Deals = eqx.tree_at(
        lambda one: (
            one.weight,
            one.cell,
            one.span,
            one.tired,
            one.targeted,
            one.sent,
            one.apart,
            one.beside,
            one.overlap,
            one.units,
            one.used,
            one.use_seen,
        ),
        places,
        (
            np.append(shelf.weight, 1.0)[deals.item],
            deals.item * weeks + deals.week - shelf.weeks[0],
            span[deals.week - shelf.weeks[0]],
            deals.tired,
            (deals.targeted & on_items).astype(np.float64),
            (deals.targeted & ~on_items).astype(np.float64),
            deals.apart.astype(np.float64),
            deals.beside,
            deals.overlap,
            deals.units,
            deals.used,
            deals.use_seen.astype(np.float64),
        ),
    )
    return laid


def _places(kind: Int, saving: Float, level: Float, category: Int, item: Int, share: Float) -> Deals:
    none = np.zeros(kind.size)
    return Deals(
        kind=kind,
        saving=saving,
        ramps=depth_ramps(saving),
        level=level,
        category=category,
        item=item,
        weight=np.ones(kind.size),
        cell=np.zeros(kind.size, dtype=np.int64),
        span=np.zeros(kind.size, dtype=np.int64),
        share=share,
        tired=none,
        targeted=none,
        sent=none,
        apart=none,
        beside=np.zeros(kind.size, dtype=np.int64),
        overlap=none,
        units=np.zeros_like(share),
        used=np.zeros_like(share),
        use_seen=none,
    )


def in_span(values: Array, span: Array, category: Array, xp: Any = np) -> Array:
    """Return values [G, D, X] of [B, G, C, X] in the span and category of each of D places."""
    return xp.moveaxis(values[span, :, category, :], 0, 1)


def deal_bump(
    net: EffectNet,
    item_response: Array,
    features: Array,
    hidden: Array,
    weights: Array,
    deals: Deals,
    span: Array,
    xp: Any = np,
) -> Array:
    """Return the log bump [G, D] a contacted customer of every place, switching not yet taken off.

    ``hidden`` [B, G, C, H] and ``weights`` [B, G, C, J] are the categories', ``span`` [D] each place's;
    ``item_response`` [I + 1] is 0 for the basket.
    """
    basket, ramps = net.hidden_basket(features, xp), deals.ramps.shape[-1]
    everywhere = xp.concatenate([hidden, basket], axis=2)
    depths = xp.concatenate([weights[..., :ramps], net.weights(basket, xp)[..., :ramps]], axis=2)
    own = in_span(depths, span, deals.category, xp) * xp.exp(item_response[deals.item])[None, :, None]
    # one number a place, taken from those of all mechanics, in place of its hidden state: derivatives add up few rows
    taste = (everywhere @ net.taste.T)[span, :, deals.category, deals.kind].T
    lure = (everywhere @ net.lure_taste.T)[span, :, deals.category, deals.kind].T
    return net.tasted_bump(own, taste, lure, deals.kind, deals.ramps, deals.level, xp, sent=deals.sent)


def basket_bump(net: EffectNet, deals: Deals, bump: Array, items: int, weeks: int, xp: Any = np) -> Array:
    """Return what offers on the basket add to every item's log sales [G, 1, T]."""
    gain = deals.share * xp.expm1(net.fresh(deals.tired, xp) * bump) * (deals.item == items)
    return xp.log1p(sum_into(gain, deals.cell, (items + 1) * weeks, xp)[:, items * weeks :])[:, None, :]


def public_bump(net: EffectNet, deals: Deals, bump: Array, items: int, weeks: int, xp: Any = np) -> Array:
    """Return the log bump [G, I, T] of public offers, switching not yet taken off."""
    gain = deals.share * xp.expm1(net.fresh(deals.tired, xp) * bump) * (1.0 - deals.targeted)
    gain = sum_into(gain, deals.cell, (items + 1) * weeks, xp)[:, : items * weeks]
    return xp.log1p(gain).reshape(len(gain), items, weeks)


def taken_share(net: EffectNet, hidden: Array, deals: Deals, xp: Any = np) -> Array:
    """Return the share [G, D] of base units that contacted customers take; ``hidden`` is [B, G, C, H]."""
    last = hidden.shape[2] - 1  # offers on the basket are counted by orders, not here
    here = in_span(hidden, deals.span, xp.minimum(deals.category, last), xp)
    return net.activated(here, deals.saving[:, None], xp, use=net.use[deals.kind][:, None])[:, :, 0]


def targeted_demand(
    net: EffectNet, deals: Deals, bump: Array, base_taken: Array, plain: Array, shown: Array, xp: Any = np
) -> Demand:
    """Put targeted offers on top of public ones.

    Parameters
    ----------
    net
        The member.
    deals
        D places.
    bump
        [G, D] log bumps, as `deal_bump` returns them.
    base_taken
        [G, D] shares, as `taken_share` returns them.
    plain
        [G, I, T] log bump of what no declared offer explains, switching taken off.
    shown
        [G, I, T] the same with public offers.
    """
    groups, items, weeks = plain.shape
    switched = xp.append(net.switched(xp), 0.0)[deals.category]
    net_bump = bump - switched * xp.log1p(deals.weight * xp.expm1(bump))
    lift = xp.expm1(net.fresh(deals.tired, xp) * net_bump)
    public = lift[:, deals.beside]
    gain = (1.0 - deals.overlap) * lift + deals.overlap * xp.maximum(lift - public, 0.0)
    without = 1.0 + deals.overlap * public
    reach = deals.share * deals.targeted

    def over(values: Array) -> Array:
        sums = sum_into(values, deals.cell, (items + 1) * weeks, xp)[:, : items * weeks]
        return sums.reshape(groups, items, weeks) * xp.exp(plain - shown)

    told = over(reach * deals.apart * without)
    return Demand(
        total=shown + xp.log1p(over(reach * gain)),
        rest=shown + xp.log(xp.maximum(1.0 + over(reach * (1.0 - deals.apart) * gain) - told, _LEAST_REST)),
        contacted=xp.log(xp.maximum(reach, 1e-9)) + xp.log(without + gain),
        taken=(base_taken * (1.0 - deals.overlap * (public >= lift)) + gain) / (without + gain),
    )


def sum_into(values: Array, cell: Array, size: int, xp: Any) -> Array:
    """Sum values [G, D] into places [G, size]."""
    if xp is np:
        out = np.zeros((size, len(values)))
        np.add.at(out, cell, values.T)
        return out.T
    return xp.zeros((values.shape[0], size)).at[:, cell].add(values)

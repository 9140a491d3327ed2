"""The log effect of one offer on one segment as a function of named inputs, for the surrogate of purchases.

Inputs are the segment's normalised features and the promotion: the share of its saving, its displays and mailers, and
the contact itself. At the other end of the way stands the average customer without promotion, where the value is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.schema import Offer
from scenarios.language.words import Mechanic
from surrogate.effects.depths import depth_ramps
from surrogate.effects.network import EffectNet, item_weights
from surrogate.scoring.axes import Axes
from surrogate.scoring.feature_shares import shares_of
from surrogate.scoring.known_mechanics import declared, kind_of
from surrogate.shelf.mechanics import scenario_terms
from surrogate.why.attribution import Asked

SAVING, DISPLAY, MAILER, CONTACT = "the saving", "displays", "mailers", "being on offer at all"
PROMOTION = (SAVING, DISPLAY, MAILER, CONTACT)
"""Inputs that are the promotion's, before the features."""


class _Tables(NamedTuple):
    """What the log lift needs beside its inputs. E members, I items, C categories, or the basket alone."""

    networks: EffectNet
    """[E, ...]"""
    responses: Float
    """[E, I]"""
    item_category: Int
    """[I]"""
    shelf: Float
    """[C, I] share of an item in its category's value."""
    kind: Int
    """[1] index into `surrogate.shelf.mechanics.KINDS`."""
    saving: Float
    """[C]"""
    level: Float
    """[1]"""
    sent: float
    """1 where an offer on the basket is sent to named customers."""
    weight: Float
    """[C] sums to 1."""
    known: Float
    """The largest saving that purchases say something about."""


def asked_lift(axes: Axes, segment: int, offer: Offer, products: tuple[int, ...], base: Float) -> Asked:
    """Return the mean over the members of log(1 + lift), averaged over products by baseline, and its inputs.

    Parameters
    ----------
    axes
        The scenario beside the model.
    segment
        Number of the segment.
    offer
        The offer.
    products
        Numbers of the products; ignored for offers on baskets.
    base
        [K] baseline units of the segment.
    """
    model = axes.model
    own, kind = declared(model, offer), kind_of(model, offer)
    shares = shares_of(model, offer)
    shown = offer.mechanic is Mechanic.FEATURE and not own
    inputs = np.concatenate(
        [
            [
                float(offer.mechanic is not Mechanic.FEATURE),
                shares.display if shown else 0.0,
                shares.mailer if shown else 0.0,
                float(own),
            ],
            axes.groups.features[segment],
        ]
    )
    baseline = np.concatenate([np.zeros(len(PROMOTION)), model.population])

    return Asked(
        names=(*PROMOTION, *model.scale.names),
        baseline=baseline,
        inputs=inputs,
        value=_LogLift(basket=offer.is_basket, own=own, mailed=offer.mechanic is Mechanic.COUPON and not own),
        tables=_tables(axes, offer, products, base, kind),
    )


@dataclass(frozen=True, kw_only=True)
class _LogLift:
    """Log(1 + lift) of an offer, of inputs and tables: the same function for all segments and products of its kind."""

    basket: bool
    own: bool
    """Whether past offers were declared in the data under its kind."""
    mailed: bool

    def __call__(self, point: Any, tables: _Tables) -> Any:
        features, promotion = point[None, len(PROMOTION) :], point[: len(PROMOTION)]

        def of_member(net: EffectNet, response: Any) -> Any:
            """Return log(1 + lift) [C], and the share [C] who use a mailed coupon."""
            if self.basket:
                return _basket(net, features, promotion, tables)[None], jnp.ones(1)
            hidden = net.hidden_state(features, jnp)[0]  # [C, H]
            gain = (_declared if self.own else _shelf)(net, response, hidden, promotion, tables)
            log_units = (1.0 - net.switched(jnp)) * jnp.log1p(tables.shelf @ gain)
            return log_units, net.activated(hidden[None], tables.saving[:, None] * promotion[0], jnp)[0, :, 0]

        log_units, used = jax.vmap(of_member)(tables.networks, tables.responses)
        if self.mailed:  # scores take the members' mean share, too
            log_units = jnp.log1p(used.mean(axis=0) * jnp.expm1(log_units))
        return jnp.mean(log_units @ tables.weight)


def _tables(axes: Axes, offer: Offer, products: tuple[int, ...], base: Float, kind: int) -> _Tables:
    ensemble, gifts, count = axes.model.ensemble, axes.scenario.gifts, len(axes.model.categories)
    saving, weight, level, sent = np.zeros(count), np.zeros(count), 0.0, 0.0
    if offer.is_basket:
        mean = float(np.mean([axes.price(number) for number in range(len(axes.products))]))
        terms = scenario_terms(offer, None, gifts, price=mean, order=axes.order)
        saving, weight, level, sent = np.array([terms.saving]), np.ones(1), terms.level, float(terms.targeted)
    else:
        for number in products:
            terms = scenario_terms(offer, axes.products[number], gifts, price=axes.price(number), order=axes.order)
            saving[axes.index[number]] = terms.saving
            weight[axes.index[number]] = max(base[number], 1e-12)
            level = terms.level
    shelf = np.zeros((count, ensemble.item_category.size))
    shelf[ensemble.item_category, np.arange(ensemble.item_category.size)] = ensemble.item_weight
    return _Tables(
        networks=jax.tree.map(lambda *leaves: np.stack(leaves), *ensemble.networks),
        responses=ensemble.item_response,
        item_category=ensemble.item_category,
        shelf=shelf,
        kind=np.array([kind]),
        saving=saving,
        level=np.array([level]),
        sent=sent,
        weight=weight / weight.sum(),
        known=np.array(axes.model.deepest),
    )


def _shelf(net: EffectNet, response: Any, hidden: Any, promotion: Any, tables: _Tables) -> Any:
    """Return the extra units [I] of items under shelf cuts, displays and mailers."""
    own = item_weights(net.weights(hidden, jnp)[tables.item_category], response, jnp)  # [I, J]
    ramps = depth_ramps(tables.saving * promotion[0], jnp, known=tables.known)[tables.item_category]
    count = ramps.shape[-1]
    bump = jnp.sum(own[:, :count] * ramps, axis=-1)
    for number in (1, 2):
        bump = bump + jnp.log1p(promotion[number] * jnp.expm1(own[:, count + number - 1]))
    return jnp.expm1(bump)


def _declared(net: EffectNet, response: Any, hidden: Any, promotion: Any, tables: _Tables) -> Any:
    """Return the extra units [I] of items under an offer whose mechanic past offers taught."""
    own = item_weights(net.weights(hidden, jnp)[tables.item_category], response, jnp)[:, None, :]  # [I, 1, J]
    ramps = depth_ramps(tables.saving * promotion[0], jnp, known=tables.known)[tables.item_category][:, None, :]
    here = hidden[tables.item_category][:, None, :]
    bump = net.offer_bump(own, here, tables.kind, ramps, tables.level, jnp)[:, 0]
    return promotion[3] * jnp.expm1(bump)


def _basket(net: EffectNet, features: Any, promotion: Any, tables: _Tables) -> Any:
    """Return log(1 + lift) of an offer on whole baskets."""
    hidden = net.hidden_basket(features, jnp)
    ramps = depth_ramps(tables.saving * promotion[0], jnp, known=tables.known)
    weights = net.weights(hidden, jnp)
    bump = net.offer_bump(weights, hidden, tables.kind, ramps, tables.level, jnp, sent=tables.sent)[0, 0]
    return jnp.log1p(promotion[3] * jnp.expm1(bump))

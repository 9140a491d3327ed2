"""The log effect of one offer on one segment as a function of named inputs, for the surrogate of purchases.

Inputs are the segment's normalised features and the promotion: the share of its saving, its displays and mailers, and
the contact itself. At the other end of the way stands the average customer without promotion, where the value is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from scenarios.language.schema import Offer
from scenarios.language.words import Mechanic
from surrogate.effects.ensemble import Ensemble
from surrogate.effects.network import EffectNet, depth_ramps, item_weights
from surrogate.scoring.axes import Axes
from surrogate.scoring.known_mechanics import declared, kind_of
from surrogate.scoring.score_history import EVERYWHERE
from surrogate.shelf.mechanics import scenario_terms
from surrogate.why.attribution import Asked

Float = NDArray[np.float64]

SAVING, DISPLAY, MAILER, CONTACT = "the saving", "displays", "mailers", "being on offer at all"
PROMOTION = (SAVING, DISPLAY, MAILER, CONTACT)
"""Inputs that are the promotion's, before the features."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Places:
    """Where the offer runs: categories of the model, or the basket. C categories."""

    basket: bool
    saving: Float
    """[C]; of the basket, [1]."""
    level: float
    sent: float
    """1 where an offer on the basket is sent to named customers."""
    weight: Float
    """[C] sums to 1."""


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
    places = _places(axes, offer, products, base)
    shares = model.feature_offers.get(offer.id, EVERYWHERE)
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

    together = jax.tree.map(lambda *leaves: jnp.stack([jnp.asarray(leaf) for leaf in leaves]), *model.ensemble.networks)
    answers = jnp.asarray(model.ensemble.item_response)
    mailed = offer.mechanic is Mechanic.COUPON and not own

    def value(point: Any) -> Any:
        features, promotion = point[None, len(PROMOTION) :], point[: len(PROMOTION)]

        def of_member(net: EffectNet, response: Any) -> Any:
            """Return log(1 + lift) [C], and the share [C] who use a mailed coupon."""
            if places.basket:
                return _basket(net, features, promotion, places, kind)[None], jnp.ones(1)
            hidden = net.hidden_state(features, jnp)[0]  # [C, H]
            bump = (_declared if own else _shelf)(net, model.ensemble, response, hidden, promotion, places, kind)
            log_units = (1.0 - net.switched(jnp)) * jnp.log1p(_by_category(model.ensemble, bump, places))
            saving = jnp.asarray(places.saving)[:, None] * promotion[0]
            return log_units, net.activated(hidden[None], saving, jnp)[0, :, 0]

        log_units, used = jax.vmap(of_member)(together, answers)
        if mailed:  # scores take the members' mean share, too
            log_units = jnp.log1p(used.mean(axis=0) * jnp.expm1(log_units))
        return jnp.mean(log_units @ jnp.asarray(places.weight))

    return Asked(names=(*PROMOTION, *model.scale.names), baseline=baseline, inputs=inputs, value=value)


def _places(axes: Axes, offer: Offer, products: tuple[int, ...], base: Float) -> _Places:
    gifts, count = axes.scenario.gifts, len(axes.model.categories)
    if offer.mechanic.is_basket:
        mean = float(np.mean([axes.price(number) for number in range(len(axes.products))]))
        terms = scenario_terms(offer, None, gifts, price=mean, order=axes.order)
        return _Places(
            basket=True,
            saving=np.array([terms.saving]),
            level=terms.level,
            sent=float(terms.targeted),
            weight=np.ones(1),
        )
    saving, weight, level = np.zeros(count), np.zeros(count), 0.0
    for number in products:
        terms = scenario_terms(offer, axes.products[number], gifts, price=axes.price(number), order=axes.order)
        saving[axes.index[number]] = terms.saving
        weight[axes.index[number]] = max(base[number], 1e-12)
        level = terms.level
    return _Places(basket=False, saving=saving, level=level, sent=0.0, weight=weight / weight.sum())


def _shelf(
    net: EffectNet, ensemble: Ensemble, response: Any, hidden: Any, promotion: Any, places: _Places, kind: int
) -> Any:
    """Return the extra units [I] of items under shelf cuts, displays and mailers."""
    own = item_weights(net.weights(hidden, jnp)[ensemble.item_category], response, jnp)  # [I, J]
    ramps = depth_ramps(jnp.asarray(places.saving) * promotion[0], jnp)[ensemble.item_category]
    count = ramps.shape[-1]
    bump = jnp.sum(own[:, :count] * ramps, axis=-1)
    for number in (1, 2):
        bump = bump + jnp.log1p(promotion[number] * jnp.expm1(own[:, count + number - 1]))
    return jnp.expm1(bump)


def _declared(
    net: EffectNet, ensemble: Ensemble, response: Any, hidden: Any, promotion: Any, places: _Places, kind: int
) -> Any:
    """Return the extra units [I] of items under an offer whose mechanic past offers taught."""
    own = item_weights(net.weights(hidden, jnp)[ensemble.item_category], response, jnp)[:, None, :]  # [I, 1, J]
    ramps = depth_ramps(jnp.asarray(places.saving) * promotion[0], jnp)[ensemble.item_category][:, None, :]
    here = hidden[ensemble.item_category][:, None, :]
    bump = net.offer_bump(own, here, np.array([kind]), ramps, jnp.full(1, places.level), jnp)[:, 0]
    return promotion[3] * jnp.expm1(bump)


def _basket(net: EffectNet, features: Any, promotion: Any, places: _Places, kind: int) -> Any:
    """Return log(1 + lift) of an offer on whole baskets."""
    hidden = net.hidden_basket(features, jnp)
    ramps = depth_ramps(jnp.asarray(places.saving) * promotion[0], jnp)
    level = jnp.full(1, places.level)
    bump = net.offer_bump(net.weights(hidden, jnp), hidden, np.array([kind]), ramps, level, jnp, sent=places.sent)[0, 0]
    return jnp.log1p(promotion[3] * jnp.expm1(bump))


def _by_category(ensemble: Ensemble, gain: Any, places: _Places) -> Any:
    """Return the mean gain [C] of each category's shelf."""
    inside = np.zeros((places.saving.size, ensemble.item_category.size))
    inside[ensemble.item_category, np.arange(ensemble.item_category.size)] = ensemble.item_weight
    return jnp.asarray(inside) @ gain

"""What an offer does to a whole category: the shelf's items together, switching between them taken off.

"20 % off soft drinks" means every soft-drink item 20 % off: the category sells exp((1 - s) B) times its baseline, with
B the log of the shelf's mean bump. Rounded to six digits, so that the last bits of a machine's sums do not travel.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.digits import to_digits
from surrogate.effects.depths import DEPTH_CAP, depth_ramps, promotion_features
from surrogate.effects.ensemble import Ensemble
from surrogate.effects.network import EffectNet, coupon_use, item_weights, log_bump
from surrogate.shelf.coupons import CouponCells


def category_lift(ensemble: Ensemble, features: Float, phi: Float) -> Float:
    """Return relative extra units [E, S, C, N] of whole categories under promotions.

    Parameters
    ----------
    ensemble
        Members and shelf.
    features
        [S, F] normalised features of segments.
    phi
        [C, N, J] promotion features; every item of the category gets them.
    """
    return to_digits(
        np.stack([_member_lift(net, ensemble, number, features, phi) for number, net in enumerate(ensemble.networks)])
    )


def _member_lift(net: EffectNet, ensemble: Ensemble, number: int, features: Float, phi: Float) -> Float:
    weights = net.weights(net.hidden_state(features))

    def bump(category: int, response: Float) -> Float:
        own = item_weights(weights[:, category, None, :], response[None, :])
        return np.asarray(log_bump(own[:, :, None, :], phi[category]))

    return _whole_categories(net, ensemble, number, bump)


def _whole_categories(net: EffectNet, ensemble: Ensemble, number: int, bump: Callable[[int, Float], Float]) -> Float:
    """Return the lift [S, C, N] of categories whose items of response [I] bump by ``bump(category, response)``."""
    kept, out = 1.0 - net.switched(), []
    for category in range(len(net.embedding)):
        items = np.flatnonzero(ensemble.item_category == category)
        gain = np.expm1(bump(category, ensemble.item_response[number, items]))
        shelf = np.log1p((gain * ensemble.item_weight[items][None, :, None]).sum(axis=1))
        out.append(np.expm1(kept[category] * shelf))
    return np.stack(out, axis=1)


def offer_lift(
    ensemble: Ensemble,
    features: Float,
    kind: Int,
    saving: Float,
    level: Float,
    sent: Float | float = 0.0,
    *,
    known: float = DEPTH_CAP,
) -> Float:
    """Return relative extra units [E, S, C + 1, N] a contacted customer under offers; the last row is the basket.

    Parameters
    ----------
    ensemble
        Members and shelf.
    features
        [S, F] normalised features of segments.
    kind
        [N] index into `surrogate.shelf.mechanics.KINDS`.
    saving
        [C + 1, N] of each offer on each category, and on the basket.
    level
        [N] basket offers: log order value asked for over the typical one.
    sent
        [N] 1 where an offer on the basket is sent to named customers.
    known
        The largest saving that was seen.
    """
    ramps = depth_ramps(saving, known=known)
    return to_digits(
        np.stack(
            [
                _member_offers(net, ensemble, number, features, kind, ramps, level, sent)
                for number, net in enumerate(ensemble.networks)
            ]
        )
    )


def _member_offers(
    net: EffectNet,
    ensemble: Ensemble,
    number: int,
    features: Float,
    kind: Int,
    ramps: Float,
    level: Float,
    sent: Float | float,
) -> Float:
    hidden = net.hidden_state(features)
    weights = net.weights(hidden)

    def bump(category: int, response: Float) -> Float:
        own = item_weights(weights[:, category, None, :], response[None, :])
        here = hidden[:, category, None, None, :]
        return np.asarray(net.offer_bump(own[:, :, None, :], here, kind, ramps[category], level))

    basket = net.hidden_basket(features)
    whole = net.offer_bump(net.weights(basket), basket, kind, ramps[-1], level, sent=sent)
    return np.concatenate([_whole_categories(net, ensemble, number, bump), np.expm1(whole)[:, None, :]], axis=1)


def activated_share(ensemble: Ensemble, features: Float, depth: Float, kind: Int | None = None) -> Float:
    """Return the share of contacted customers [S, C, N] who use coupons of depths [C, N], mean over the members.

    With ``kind`` [N] they are declared offers of these mechanics, and the share is one of base units.
    """
    shares = [
        net.activated(net.hidden_state(features), depth, use=0.0 if kind is None else net.use[kind])
        for net in ensemble.networks
    ]
    return to_digits(np.mean(shares, axis=0))


def expected_use(net: EffectNet, features: Float, cells: CouponCells) -> Float:
    """Return the share [G, N] of contacted customers' units that a member expects to be bought with the coupon."""
    none = np.zeros_like(cells.depth)
    phi = promotion_features(cells.depth, none, none)
    hidden = net.hidden_state(features)[:, cells.category, :]
    return np.asarray(coupon_use(net, hidden, cells.category, cells.depth, phi))


def profiles(ensemble_networks: tuple[EffectNet, ...], scaled: Float) -> Float:
    """Return User_Profile = W.X of every member side by side [N, E * D]."""
    return np.concatenate([scaled @ net.profile.T for net in ensemble_networks], axis=1)

"""What an offer does to a whole category: the shelf's items together, switching between them taken off.

"20 % off soft drinks" means every soft-drink item 20 % off: the category sells exp((1 - s) B) times its baseline, with
B the log of the shelf's mean bump. Rounded to six digits, so that the last bits of a machine's sums do not travel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surrogate.coupons import CouponCells
from surrogate.model import Ensemble
from surrogate.network import EffectNet, coupon_use, item_weights, log_bump, promotion_features

Float = NDArray[np.float64]
DIGITS = 6


def to_digits(values: Float, digits: int = DIGITS) -> Float:
    """Round to significant digits."""
    size = np.abs(values)
    power = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    scale = 10.0 ** (digits - 1 - power)
    return np.asarray(np.round(values * scale) / scale)


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
    kept = (1.0 - net.switched())[:, None]
    out = np.zeros((len(features), *phi.shape[:2]))
    for category in range(len(phi)):
        items = np.flatnonzero(ensemble.item_category == category)
        own = item_weights(weights[:, category, None, :], ensemble.item_response[number, items][None, :])
        bump = np.expm1(log_bump(own[:, :, None, :], phi[category]))
        out[:, category] = np.log1p((bump * ensemble.item_weight[items][None, :, None]).sum(axis=1))
    return np.asarray(np.expm1(kept * out))


def activated_share(ensemble: Ensemble, features: Float, depth: Float) -> Float:
    """Return the share of contacted customers [S, C, N] who use coupons of depths [C, N], mean over the members."""
    shares = [net.activated(net.hidden_state(features), depth) for net in ensemble.networks]
    return to_digits(np.mean(shares, axis=0))


def expected_use(net: EffectNet, features: Float, cells: CouponCells) -> Float:
    """Return the share [G, N] of contacted customers' units that a member expects to be bought with the coupon."""
    none = np.zeros_like(cells.depth)
    phi = promotion_features(cells.depth, none, none)
    return np.asarray(coupon_use(net, features, cells.category, cells.depth, phi))


def profiles(ensemble_networks: tuple[EffectNet, ...], scaled: Float) -> Float:
    """Return User_Profile = W.X of every member side by side [N, E * D]."""
    return np.concatenate([scaled @ net.profile.T for net in ensemble_networks], axis=1)

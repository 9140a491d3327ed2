"""The network f(profile, promotion) -> baseline, lift and take-up, one for all mechanics.

    profile      z = W x                              the linear first layer: User_Profile = W.X
    hidden       h = tanh(A [z, e_c] + a)             e_c: embedding of category c
    log rate     r = h . v_0 + v_c                    units a customer and week, no promotion
    response     w_j = softplus(h . V_j + b_j) >= 0   one weight a promotion feature phi_j
    log bump     m = sum_j w_j ramp_j(depth) + sum_k log(1 + share_k (exp(w_k) - 1))    k: display, mailer
    mechanics    an offer of mechanic k that saves the share d of the price (`surrogate.shelf.mechanics`) bumps by
                 m_k = sum_j w_j exp(delta_kj + h . t_k + c_k l) ramp_j(d) + softplus(h . a_k + b_k)
                 price_discount is the common response: m = sum_j w_j ramp_j(d); deviations are shrunk to it
    shares       an offer that reaches the share q of a group's sales of an item in a week: log(1 + q (exp(m_k) - 1)),
                 summed inside a layer before the logarithm; layers add
    tiredness    m_k is the log bump of a fresh offer; where customers remember n earlier days of promotions in the
                 same place (`surrogate.shelf.tiredness`), exp(-phi n) of it is left
    baskets      threshold and free_shipping: the same with h of a category of average embedding, on all items at once;
                 l = log(order value asked for / typical one) or log(pieces of a bundle / 3), c_k how the answer changes
                 with how much must be bought
    switching    s_c = sigmoid(e_c . v_s + b_s)       share of an item's log bump that other items of its category lose
    activation   theta = sigmoid(h . v_a + b_a + softplus(k) log(depth / 20 %))    share who use a coupon
    taken        theta_k: the same with u_k added, the share of base units that an offer of mechanic k takes along

The ramps grow with depth and weights are positive, so m cannot fall with depth under any mechanic; a display in a share
of the stores lifts that share of sales. An item on deal sells exp(m - s log mean exp m) times its baseline, the mean
taken over the category's shelf; so a whole category on deal sells exp((1 - s) m) times its baseline. That is what an
offer on a category means here: every item of it at this depth. A coupon that the data only shows in mailings acts on
the activated share theta as a shelf cut of its depth acts on everybody. An offer that the data file declares
(`past_offers`) needs no such assumption: its bump a contacted customer is fitted, and of what contacted customers
bought under it, the share (theta_k + exp(m_k) - 1) / exp(m_k) was taken with it (`surrogate.effects.deals`).

Thin data: a mechanic that hardly ran keeps deviations near 0, so it answers as price cuts of its saving do; a category
that hardly was on deal keeps the common weights.

Written once over an array namespace ``xp``: JAX differentiates it in training, NumPy float64 scores with it.
"""

from __future__ import annotations

from typing import Annotated, Any

import equinox as eqx
import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Mechanic
from surrogate.effects.depths import DEPTH_KNOTS
from surrogate.shelf.mechanics import KINDS
from surrogate.stored_sizes import Holds

Array = Any
"""A NumPy or JAX array: both pass through here."""

FEATURES = ("depth 0-15 %", "depth 15-30 %", "depth above 30 %", "display", "mailer")
"""Promotion features phi, in order."""
_TYPICAL_DEPTH = 0.20
RESPONSE_START = (1.6, 1.6, 1.6, -0.5, -1.0)
"""Response biases that training starts at and is drawn to: elasticity 1.8, a display +60 %, a mailer +35 %."""
LURE_START = tuple(-0.5 if mechanic is Mechanic.FEATURE else -4.0 if mechanic.is_basket else -2.5 for mechanic in KINDS)
"""Biases of what a mechanic brings beside its saving: visibility +60 %, offers on products +8 %, on orders +2 %."""
READ_START = -0.4
"""Four in ten read a message."""
TIRING_START = -1.26
"""A day of promotion that is fresh in memory takes a quarter off the next lift."""
DEVIATION_START = tuple(
    -1.2 if mechanic.is_basket else -0.7 if mechanic is Mechanic.GIFT else 0.0 for mechanic in KINDS
)
"""Log factors on the common response: a saving on an order is taken to pull a third as much as one on a price, a gift
half as much as its value off the price."""


def _softplus(values: Array, xp: Any) -> Array:
    return xp.logaddexp(values, 0.0)


def _sigmoid(values: Array, xp: Any) -> Array:
    return 0.5 + 0.5 * xp.tanh(0.5 * values)


def log_bump(weights: Array, phi: Array, xp: Any = np) -> Array:
    """Return the log bump m [...] of weights [..., J] and promotion features [..., J], switching not yet taken off."""
    ramps = len(DEPTH_KNOTS) + 1
    price = xp.sum(weights[..., :ramps] * phi[..., :ramps], axis=-1)
    shown = xp.log1p(phi[..., ramps:] * xp.expm1(weights[..., ramps:]))
    return price + xp.sum(shown, axis=-1)


def item_weights(weights: Array, item_response: Array, xp: Any = np) -> Array:
    """Return weights [..., J] of items whose answer to depth is exp(``item_response``) [...] times their category's.

    Displays and mailers are too rare to tell items apart: their weights stay the category's.
    """
    factor = xp.exp(item_response)[..., None]
    ramps = len(DEPTH_KNOTS) + 1
    return xp.concatenate([weights[..., :ramps] * factor, weights[..., ramps:] * xp.ones_like(factor)], axis=-1)


def coupon_use(net: EffectNet, hidden: Array, category: Array, depth: Array, phi: Array, xp: Any = np) -> Array:
    """Return the share [G, N] of contacted customers' units bought with a coupon; ``hidden`` [G, N, H] of its category.

    It exceeds the activated share, because users buy exp(m) times their baseline.
    """
    theta = net.activated(hidden, depth[:, None], xp)[:, :, 0]
    bump = xp.exp((1.0 - net.switched(xp)[category]) * log_bump(net.weights(hidden, xp), phi, xp))
    return theta * bump / (1.0 - theta + theta * bump)


class EffectNet(eqx.Module):
    """Weights of one ensemble member.

    F features, D profile size, C categories, Q embedding, H hidden, J phi, K mechanics, R ramps.
    """

    profile: Annotated[Array, Holds(axes="D F")]
    """W [D, F]"""
    embedding: Annotated[Array, Holds(axes="C Q")]
    """[C, Q]"""
    hidden: Annotated[Array, Holds(axes="H D+Q")]
    """A [H, D + Q]"""
    hidden_bias: Annotated[Array, Holds(axes="H")]
    """[H]"""
    rate: Annotated[Array, Holds(axes="H")]
    """v_0 [H]"""
    rate_bias: Annotated[Array, Holds(axes="C")]
    """[C]"""
    response: Annotated[Array, Holds(axes="5 H")]
    """V [J, H]"""
    response_bias: Annotated[Array, Holds(axes="5")]
    """[J]"""
    switching: Annotated[Array, Holds(axes="Q")]
    """[Q]"""
    switching_bias: Annotated[Array, Holds(axes="")]
    """Scalar."""
    activation: Annotated[Array, Holds(axes="H")]
    """[H]"""
    activation_bias: Annotated[Array, Holds(axes="")]
    """Scalar."""
    activation_slope: Annotated[Array, Holds(axes="")]
    """Scalar, before softplus: of the log odds along log depth."""
    deviation: Annotated[Array, Holds(axes=f"{len(KINDS)} 3")]
    """delta [K, R]"""
    taste: Annotated[Array, Holds(axes=f"{len(KINDS)} H")]
    """t [K, H]"""
    ease: Annotated[Array, Holds(axes=f"{len(KINDS)}")]
    """c [K]"""
    lure: Annotated[Array, Holds(axes=f"{len(KINDS)}")]
    """b_k [K]"""
    lure_taste: Annotated[Array, Holds(axes=f"{len(KINDS)} H")]
    """a_k [K, H]"""
    use: Annotated[Array, Holds(axes=f"{len(KINDS)}")]
    """u [K]"""
    read: Annotated[Array, Holds(axes=f"{len(KINDS)}")]
    """r [K] log odds that a message about an offer on the basket is read"""
    tiring: Annotated[Array, Holds(axes="")]
    """phi's softplus argument"""

    def hidden_state(self, features: Array, xp: Any = np) -> Array:
        """Return h [..., C, H] of groups with features [..., F]."""
        profile = features @ self.profile.T
        size = self.profile.shape[0]
        return xp.tanh(
            (profile @ self.hidden[:, :size].T)[..., None, :]
            + self.embedding @ self.hidden[:, size:].T
            + self.hidden_bias
        )

    def hidden_basket(self, features: Array, xp: Any = np) -> Array:
        """Return h [..., 1, H] of the whole basket: a category of average embedding."""
        profile = features @ self.profile.T
        return xp.tanh(profile @ self.hidden[:, : self.profile.shape[0]].T + self.hidden_bias)[..., None, :]

    def log_rate(self, hidden: Array) -> Array:
        """Return log units a customer and week [..., C], nothing promoted."""
        return hidden @ self.rate + self.rate_bias

    def weights(self, hidden: Array, xp: Any = np) -> Array:
        """Return the non-negative response weights [..., C, J]."""
        return _softplus(hidden @ self.response.T + self.response_bias, xp)

    def offer_bump(
        self,
        weights: Array,
        hidden: Array,
        kind: Array,
        ramps: Array,
        level: Array,
        xp: Any = np,
        *,
        sent: Array | float = 0.0,
    ) -> Array:
        """Return the log bump m_k [G, ..., N] of offers, switching not yet taken off.

        Parameters
        ----------
        weights
            [G, ..., N, J] response weights where each offer runs.
        hidden
            [G, ..., N, H] hidden state there.
        kind
            [N] index into `surrogate.shelf.mechanics.KINDS`.
        ramps
            [..., N, R] of the savings.
        level
            [N] log order value asked for over the typical one.
        sent
            [N] 1 where an offer on the basket is sent to named customers, of whom only a part reads it.
        """
        taste = xp.sum(hidden * self.taste[kind], axis=-1)
        lure = xp.sum(hidden * self.lure_taste[kind], axis=-1)
        return self.tasted_bump(weights[..., : ramps.shape[-1]], taste, lure, kind, ramps, level, xp, sent=sent)

    def tasted_bump(
        self,
        weights: Array,
        taste: Array,
        lure: Array,
        kind: Array,
        ramps: Array,
        level: Array,
        xp: Any = np,
        *,
        sent: Array | float = 0.0,
    ) -> Array:
        """Return what `offer_bump` does of the parts of it that fits compute once for many offers.

        Parameters
        ----------
        weights
            [G, ..., N, R] response weights of the depths alone.
        taste, lure
            [G, ..., N] h . t_k and h . a_k.
        kind, ramps, level, sent
            As in `offer_bump`.
        """
        own = xp.asarray(kind > 0, dtype=float)
        factor = xp.exp(own[:, None] * (self.deviation[kind] + (taste + self.ease[kind] * level)[..., None]))
        price = xp.sum(weights * factor * ramps, axis=-1)
        lured = own * _softplus(self.lure[kind] + lure, xp)
        return (price + lured) * (1.0 - sent * (1.0 - self.readers(kind, xp)))

    def readers(self, kind: Array, xp: Any = np) -> Array:
        """Return the share [N] of customers who read an offer on the basket that is sent to them."""
        return _sigmoid(self.read[kind], xp)

    def fresh(self, tired: Array, xp: Any = np) -> Array:
        """Return the share of a log bump that is left [...] after so many remembered days of promotion."""
        return xp.exp(-_softplus(self.tiring, xp) * tired)

    def switched(self, xp: Any = np) -> Array:
        """Return the switching share [C]."""
        return _sigmoid(self.embedding @ self.switching + self.switching_bias, xp)

    def activated(self, hidden: Array, depth: Array, xp: Any = np, *, use: Array = 0.0) -> Array:
        """Return the activated share [G, C, N] for coupon depths [C, N]; it cannot fall with depth.

        ``use`` [N] is what the offers' mechanics add to the log odds.
        """
        slope = _softplus(self.activation_slope, xp)
        logit = hidden @ self.activation + self.activation_bias
        return _sigmoid(logit[:, :, None] + use + slope * xp.log(xp.maximum(depth, 0.01) / _TYPICAL_DEPTH)[None], xp)


def new_network(
    rng: np.random.Generator,
    *,
    features: int,
    categories: int,
    log_rate: Float,
    profile: int,
    embedding: int,
    hidden: int,
) -> EffectNet:
    """Return a member with small random weights that starts at the data's mean rates and a plausible response."""

    def normal(*shape: int, scale: float) -> Array:
        return np.asarray(rng.standard_normal(shape) * scale)

    return EffectNet(
        profile=normal(profile, features, scale=0.5 / features**0.5),
        embedding=normal(categories, embedding, scale=0.5),
        hidden=normal(hidden, profile + embedding, scale=1.0 / (profile + embedding) ** 0.5),
        hidden_bias=np.zeros(hidden),
        rate=normal(hidden, scale=0.1 / hidden**0.5),
        rate_bias=np.asarray(log_rate),
        response=normal(len(FEATURES), hidden, scale=0.1 / hidden**0.5),
        response_bias=np.asarray(RESPONSE_START),
        switching=np.zeros(embedding),
        switching_bias=np.asarray(-1.5),
        activation=normal(hidden, scale=0.1 / hidden**0.5),
        activation_bias=np.asarray(-3.0),
        activation_slope=np.asarray(0.5),
        deviation=np.repeat(np.array(DEVIATION_START)[:, None], len(DEPTH_KNOTS) + 1, axis=1),
        taste=np.zeros((len(KINDS), hidden)),
        ease=np.zeros(len(KINDS)),
        lure=np.array(LURE_START),
        lure_taste=np.zeros((len(KINDS), hidden)),
        use=np.zeros(len(KINDS)),
        read=np.full(len(KINDS), READ_START),
        tiring=np.asarray(TIRING_START),
    )

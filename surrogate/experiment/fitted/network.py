"""The network f(profile, promotion) -> outcome without offer, and uplift, one for all offers of an experiment.

    profile      z = W x                                       the linear first layer: User_Profile = W.X
    hidden       h = tanh(A z + a) - tanh(a)                   0 for the average customer
    no offer     r = b + u . z + v . h                         log odds of a yes, or log of an expected amount
    answer       m = c_k + (p + p_k) . z + (q + q_k) . h       of being contacted with mechanic k, free in sign
                     + sum_j softplus(s_kj + d_k . z) ramp_j(saving)
    with offer   r + m

The ramps grow with the saving, so that a larger one never brings less. What all mechanics share (p, q) and what is one
mechanic's own (p_k, q_k) are both shrunk to 0: how strongly, cross-fitting decides
(`surrogate.experiment.fitted.tune`), because experiments tell averages well and differences between customers badly.

Written once over an array namespace ``xp``: JAX differentiates it in training, NumPy float64 scores with it.
"""

from __future__ import annotations

from typing import Annotated, Any

import equinox as eqx
import numpy as np

from scenarios.arrays import Float, Int
from surrogate.ramps import saving_ramps
from surrogate.stored_sizes import Holds

Array = Any
"""A NumPy or JAX array: both pass through here."""

SAVING_KNOTS = (0.15, 0.30)
"""Savings, as shares of the price, where the slope of the answer may change."""
SAVING_CAP = 0.60
"""Larger savings are answered as this one."""
RAMPS = len(SAVING_KNOTS) + 1
SAVING_START = 0.5
"""Where the slopes' biases start and are drawn to: softplus(0.5) = 0.97, elasticity about 1 beside the contact."""


def answer_ramps(saving: Array, xp: Any = np, *, known: Array = SAVING_CAP) -> Array:
    """Return ramps [..., J] of savings [...]; ``known`` [...] is the largest one that was tried."""
    return saving_ramps(saving, SAVING_KNOTS, SAVING_CAP, xp, known=known)


def mean_outcome(link: Array, *, binary: bool, xp: Any = np) -> Array:
    """Return the expected outcome [...] of log odds (binary) or log amounts [...]."""
    return 0.5 + 0.5 * xp.tanh(0.5 * link) if binary else xp.exp(link)


class UpliftNet(eqx.Module):
    """Weights of one ensemble member. F features, D profile size, H hidden, M mechanics, J ramps."""

    profile: Annotated[Array, Holds(axes="D F")]
    """W [D, F]"""
    hidden: Annotated[Array, Holds(axes="H D")]
    """A [H, D]"""
    hidden_bias: Annotated[Array, Holds(axes="H")]
    """[H]"""
    base: Annotated[Array, Holds(axes="D")]
    """u [D]"""
    base_hidden: Annotated[Array, Holds(axes="H")]
    """v [H]"""
    base_bias: Annotated[Array, Holds(axes="")]
    """Scalar."""
    contact_bias: Annotated[Array, Holds(axes="M")]
    """c [M]"""
    answer: Annotated[Array, Holds(axes="D")]
    """p [D]"""
    answer_hidden: Annotated[Array, Holds(axes="H")]
    """q [H]"""
    own: Annotated[Array, Holds(axes="M D")]
    """p_k [M, D]"""
    own_hidden: Annotated[Array, Holds(axes="M H")]
    """q_k [M, H]"""
    saving_bias: Annotated[Array, Holds(axes="M 3")]
    """s [M, J]"""
    saving: Annotated[Array, Holds(axes="M D")]
    """d [M, D]"""

    def states(self, features: Array, xp: Any = np) -> tuple[Array, Array]:
        """Return z [N, D] and h [N, H] of customers with features [N, F]."""
        profile = features @ self.profile.T
        return profile, xp.tanh(profile @ self.hidden.T + self.hidden_bias) - xp.tanh(self.hidden_bias)

    def without(self, profile: Array, hidden: Array) -> Array:
        """Return r [N]."""
        return profile @ self.base + hidden @ self.base_hidden + self.base_bias

    def answers(self, profile: Array, hidden: Array, mechanic: Array, ramps: Array, xp: Any = np) -> Array:
        """Return m [N, A] of customers to A offers with mechanics [A] and ramps [A, J]."""
        contact = (
            profile @ (self.answer + self.own[mechanic]).T + hidden @ (self.answer_hidden + self.own_hidden)[mechanic].T
        )
        varied = profile @ self.saving[mechanic].T
        slope = xp.logaddexp(self.saving_bias[mechanic][None] + varied[:, :, None], 0.0)
        return contact + self.contact_bias[mechanic] + xp.sum(slope * ramps[None], axis=2)

    def answer_to(self, profile: Array, hidden: Array, mechanic: Array, ramps: Array, xp: Any = np) -> Array:
        """Return m [N] of customers to one offer each, with mechanics [N] and ramps [N, J]: a fit needs no others."""

        def own(by_mechanic: Array) -> Array:
            return xp.take_along_axis(by_mechanic, mechanic[:, None], axis=1)[:, 0]

        contact = own(profile @ (self.answer + self.own).T + hidden @ (self.answer_hidden + self.own_hidden).T)
        slope = xp.logaddexp(self.saving_bias[mechanic] + own(profile @ self.saving.T)[:, None], 0.0)
        return contact + self.contact_bias[mechanic] + xp.sum(slope * ramps, axis=1)


def new_network(
    rng: np.random.Generator, *, features: int, mechanics: int, profile: int, hidden: int, base: float
) -> UpliftNet:
    """Return a member that starts at the average outcome ``base`` (log odds or log amount) and no differences."""

    def normal(*shape: int, scale: float) -> Array:
        return np.asarray(rng.standard_normal(shape) * scale)

    return UpliftNet(
        profile=normal(profile, features, scale=0.5 / features**0.5),
        hidden=normal(hidden, profile, scale=1.0 / profile**0.5),
        hidden_bias=normal(hidden, scale=0.5),
        base=normal(profile, scale=0.1),
        base_hidden=normal(hidden, scale=0.02),
        base_bias=np.asarray(base),
        contact_bias=np.zeros(mechanics),
        answer=normal(profile, scale=0.02),
        answer_hidden=normal(hidden, scale=0.01),
        own=normal(mechanics, profile, scale=0.01),
        own_hidden=normal(mechanics, hidden, scale=0.01),
        saving_bias=np.full((mechanics, RAMPS), SAVING_START),
        saving=np.zeros((mechanics, profile)),
    )


def expected_outcomes(net: UpliftNet, features: Float, mechanic: Int, ramps: Float, *, binary: bool) -> Float:
    """Return expected outcomes [N, A + 1]: without offer, then with each."""
    profile, hidden = net.states(features)
    link = net.without(profile, hidden)[:, None]
    answers = net.answers(profile, hidden, mechanic, ramps)
    return np.asarray(mean_outcome(np.concatenate([link, link + answers], axis=1), binary=binary))

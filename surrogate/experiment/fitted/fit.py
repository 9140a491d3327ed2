"""Fitting one member: weighted likelihood of the outcomes, Gaussian priors on what tells customers apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from scenarios.arrays import Float, Int
from surrogate.descent import cosine_rates, descend, no_memory, require_finite
from surrogate.experiment.fitted.network import SAVING_START, Array, UpliftNet, answer_ramps
from surrogate.quick_compile import ONCE

_FILLED_UP = 8192
"""Up to so many customers compiling takes longer than the steps of a fit: rows are filled up to a power of two."""
_TYPICAL_RAMP = 0.3
"""-log(1 - saving) at which differences along the saving may be as large as those of being contacted."""


@dataclass(frozen=True, kw_only=True)
class FitParams:
    """How a member is fitted; prior widths are standard deviations of log odds or log amounts a unit of a feature.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    steps: int = 200
    learning_rate: float = 0.05
    base: float = 1.0
    """Of each feature's part in the outcome without offer."""
    answer: float = 0.2
    """Of each feature's part in the answer to offers."""
    answer_hidden: float = 0.1
    """Of each hidden unit's part in the answer: what no straight line says."""
    contact: float = 1.0
    """Of the average answer to being contacted."""
    saving: float = 2.0
    """Of the slopes of the answer along the saving, whose unit is -log(1 - saving): elasticities differ that much."""

    def __post_init__(self) -> None:
        if not (self.steps >= 1 and self.learning_rate > 0):
            raise ValueError("steps must be at least 1 and learning_rate positive")
        if not (min(self.base, self.answer, self.answer_hidden, self.contact, self.saving) > 0):
            raise ValueError("prior widths must be positive")


class Rows(NamedTuple):
    """What a member is fitted on. N customers, A offers; arm 0 is none, arm a the offer a - 1."""

    features: Array
    """[N, F]"""
    outcome: Array
    """[N] 0 or 1, or an amount over its mean."""
    arm: Array
    """[N]"""
    weight: Array
    """[N] how much a customer counts; 0 where held out."""
    mechanic: Array
    """[A] number of the offer's mechanic."""
    ramps: Array
    """[A, J]"""
    dispersion: Array
    """Variance over mean of amounts; 1 for binary outcomes."""


def rows_of(
    features: Float, outcome: Float, arm: Int, weight: Float, *,
    mechanic: Int, saving: Float, dispersion: float,
) -> Rows:  # fmt: skip
    """Gather rows."""
    return Rows(features, outcome, arm, weight, mechanic, answer_ramps(saving), np.asarray(dispersion))


def filled_up(rows: Rows) -> Rows:
    """Return the rows and, where they are few, rows without weight, so that other sizes share what is compiled."""
    count = len(rows.arm)
    more = (1 << (count - 1).bit_length()) - count if count <= _FILLED_UP else 0

    def longer(values: Array) -> Array:
        return np.concatenate([values, np.zeros((more, *values.shape[1:]), values.dtype)])

    return rows._replace(
        features=longer(rows.features),
        outcome=longer(rows.outcome),
        arm=longer(rows.arm),
        weight=longer(rows.weight),
    )


def _loss(net: UpliftNet, rows: Rows, widths: Array, binary: bool) -> Array:
    profile, hidden = net.states(rows.features, jnp)
    offer = jnp.maximum(rows.arm - 1, 0)
    own = net.answer_to(profile, hidden, rows.mechanic[offer], rows.ramps[offer], jnp)
    link = net.without(profile, hidden) + jnp.where(rows.arm > 0, own, 0.0)
    expected = jnp.logaddexp(link, 0.0) if binary else jnp.exp(link)
    return jnp.sum(rows.weight * (expected - rows.outcome * link)) / rows.dispersion + _priors(net, widths)


def _priors(net: UpliftNet, widths: Array) -> Array:
    """Shrink what features do in the end, W' u and W' p, rather than factors that could trade size."""
    base, answer, answer_hidden, contact, saving = widths

    def square(values: Array, width: Any) -> Array:
        return 0.5 * jnp.sum((values / width) ** 2)

    heads = square(net.base @ net.profile, base) + square(net.base_hidden, 0.5)
    differences = square(net.answer @ net.profile, answer) + square(net.answer_hidden, answer_hidden)
    own = square(net.own @ net.profile, 0.5 * answer) + square(net.own_hidden, 0.5 * answer_hidden)
    slopes = square(net.saving_bias - SAVING_START, saving) + square(net.saving @ net.profile, answer / _TYPICAL_RAMP)
    inner = square(net.profile, 1.0) + square(net.hidden, 0.5) + square(net.hidden_bias, 1.0)
    loose = 0.1 * (square(net.base, 1.0) + square(net.answer, 1.0) + square(net.own, 1.0) + square(net.saving, 1.0))
    return heads + differences + own + slopes + inner + loose + square(net.contact_bias, contact)


@partial(jax.jit, static_argnames="binary", compiler_options=ONCE)
def _run(net: UpliftNet, rows: Rows, rates: Array, widths: Array, *, binary: bool) -> tuple[UpliftNet, Array]:
    net, _, losses = descend(lambda current: _loss(current, rows, widths, binary), net, no_memory(net), rates)
    return net, losses


def fit_net(net: UpliftNet, rows: Rows, params: FitParams, *, binary: bool) -> UpliftNet:
    """Fit one member by Adam with a cosine learning rate, in float64.

    Raises
    ------
    InvalidInput
        When the loss stops being finite.
    """
    rates = cosine_rates(params.learning_rate, params.steps)
    widths = np.array([params.base, params.answer, params.answer_hidden, params.contact, params.saving])
    with jax.enable_x64(True):
        fitted, losses = _run(net, filled_up(rows), np.array(rates), widths, binary=binary)
    require_finite(losses, rows="outcomes")
    arrays: UpliftNet = jax.tree.map(np.asarray, fitted)
    return arrays

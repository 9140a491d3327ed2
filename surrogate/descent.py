"""Gradient descent as both networks are fitted by it: Adam with a learning rate that falls as a cosine."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import jax
import numpy as np
import optax  # type: ignore[import-untyped]
from jax.flatten_util import ravel_pytree

from scenarios.problems import InvalidInput, Problem

Array = Any
Params = TypeVar("Params")
ADAM = optax.scale_by_adam(b2=0.99)
_LAST_RATE = 0.02
"""Share of the learning rate that is left at the end."""


def cosine_rates(learning_rate: float, steps: int) -> list[float]:
    """Return the learning rate of every step."""
    return [
        learning_rate * (_LAST_RATE + (1 - _LAST_RATE) * 0.5 * (1 + math.cos(math.pi * step / steps)))
        for step in range(steps)
    ]


def no_memory(start: Any) -> Any:
    """Return Adam's memory before the first step: zeros, for which nothing is compiled."""
    size = sum(leaf.size for leaf in jax.tree.leaves(start))
    memory = jax.eval_shape(ADAM.init, np.zeros(size))
    return jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), memory)


def descend(loss_of: Callable[[Params], Array], start: Params, moments: Any, rates: Array) -> tuple[Params, Any, Array]:
    """Take one Adam step a learning rate; for compiled functions.

    All weights are one vector between the steps: to compile their updates array by array takes up to a fifth longer.

    Parameters
    ----------
    loss_of
        What is to be small.
    start, moments
        Where to start, and Adam's memory (`no_memory` for none).
    rates
        [N] learning rates.

    Returns
    -------
    tuple
        Where the steps lead, Adam's memory there, and the loss before each step [N].
    """
    flat, tree_of = ravel_pytree(start)

    def step(carry: tuple[Array, Any], rate: Array) -> tuple[tuple[Array, Any], Array]:
        current, moments = carry
        loss, gradient = jax.value_and_grad(loss_of)(tree_of(current))
        direction, moments = ADAM.update(ravel_pytree(gradient)[0], moments)
        return (current - rate * direction, moments), loss

    (found, moments), losses = jax.lax.scan(step, (flat, moments), rates)
    return tree_of(found), moments, losses


def require_finite(losses: Array, *, rows: str) -> None:
    """Refuse losses that stopped being finite.

    Parameters
    ----------
    losses
        [N] of the steps taken.
    rows
        What was fitted, in the user's words: ``weekly units``.

    Raises
    ------
    InvalidInput
        When a loss is no number or infinite.
    """
    if np.isfinite(np.asarray(losses)).all():
        return
    expected = f"{rows} that a rate and its promotions can explain"
    got = "values so far apart that the training loss is not finite"
    remedy = "look for absurd quantities, prices or outcomes in the data, and for units that changed half-way"
    raise InvalidInput([Problem(where="the data", what="training", expected=expected, got=got, remedy=remedy)])

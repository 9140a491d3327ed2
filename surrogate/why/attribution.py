"""Integrated gradients: which inputs a learned effect comes from (Sundararajan et al., 2017, arXiv:1703.01365).

The gradient is averaged along the straight line from a baseline (the average customer, no promotion) to what is asked,
and multiplied by the way; by the gradient theorem the attributions add up to the difference of the values, whatever the
function. Any model that can say its log effect of named inputs in JAX can be explained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from surrogate.quick_compile import QUICK

Float = NDArray[np.float64]

NODES = 256
"""Points on the line, midpoints of equal steps: responses have kinks, where rules of high order gain nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """A value of a model and the inputs that it depends on. J inputs."""

    names: tuple[str, ...]
    """[J]"""
    baseline: Float
    """[J] the average customer without any promotion."""
    inputs: Float
    """[J] what is asked."""
    value: Callable[[Any], Any]
    """From inputs [J] to a number, in JAX; for effects, log(1 + lift)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Attributed:
    """What each input brings."""

    names: tuple[str, ...]
    parts: Float
    """[J] sums to ``total``, up to the numerical integration."""
    total: float
    """Value at the inputs, less the value at the baseline."""


def integrated_gradients(asked: Asked, *, nodes: int = NODES) -> Attributed:
    """Return what each input brings to a value, against the baseline."""
    start, way = jnp.asarray(asked.baseline), jnp.asarray(asked.inputs - asked.baseline)
    places = (np.arange(nodes) + 0.5) / nodes

    def one(place: Any) -> Any:
        return jax.grad(asked.value)(start + place * way)

    slopes_at = jax.jit(lambda points: jax.lax.map(one, points, batch_size=32), compiler_options=QUICK)
    slopes = slopes_at(jnp.asarray(places))
    parts = np.asarray(slopes, dtype=np.float64).mean(axis=0) * (asked.inputs - asked.baseline)
    ends = [float(asked.value(jnp.asarray(point))) for point in (asked.inputs, asked.baseline)]
    return Attributed(names=asked.names, parts=parts, total=ends[0] - ends[1])

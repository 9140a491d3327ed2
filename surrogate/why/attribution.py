"""Integrated gradients: which inputs a learned effect comes from (Sundararajan et al., 2017, arXiv:1703.01365).

The gradient is averaged along the straight line from a baseline (the average customer, no promotion) to what is asked,
and multiplied by the way; by the gradient theorem the attributions add up to the difference of the values, whatever the
function. Any model that can say its log effect of named inputs in JAX can be explained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import jax
import numpy as np

from scenarios.arrays import Float
from surrogate.quick_compile import ONCE

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
    value: Callable[[Any, Any], Any]
    """From inputs [J] and ``tables`` to a number, in JAX; for effects, log(1 + lift). Equal ones compile once."""
    tables: Any = ()
    """Arrays of the model in a tree, as NumPy has them: what is compiled for one segment serves the others, too."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Attributed:
    """What each input brings."""

    names: tuple[str, ...]
    parts: Float
    """[J] sums to ``total``, up to the numerical integration."""
    total: float
    """Value at the inputs, less the value at the baseline."""


def integrated_gradients(asked: Asked) -> Attributed:
    """Return what each input brings to a value, against the baseline."""
    way = asked.inputs - asked.baseline
    places = np.concatenate([(np.arange(NODES) + 0.5) / NODES, [0.0, 1.0]])  # both ends ride along: one program
    with jax.enable_x64(True):
        values, slopes = _compiled(asked.value)(asked.baseline + places[:, None] * way, asked.tables)
    values, slopes = np.asarray(values), np.asarray(slopes)
    return Attributed(names=asked.names, parts=slopes[:NODES].mean(axis=0) * way, total=float(values[-1] - values[-2]))


@lru_cache(maxsize=8)
def _compiled(value: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Values and slopes along a line: whoever asks for several segments or products compiles them once."""
    return jax.jit(partial(_along, jax.value_and_grad(value)), compiler_options=ONCE)


def _along(slope_of: Callable[[Any, Any], Any], points: Any, tables: Any) -> Any:
    """Return values [N] and slopes [N, J] at points [N, J]."""
    return jax.lax.map(lambda point: slope_of(point, tables), points)

"""Products of many factors for JAX whose derivatives take one pass: by division, and without tables of all lags.

And what halo brings, which most scenarios have none of.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

from planner.evaluation.written_once import stored
from planner.runtime import start_jax

Array = Any

UNROLLED = 32
"""Periods that one step of a product over periods takes."""


@cache
def response_space() -> Any:
    """`jax.numpy` with products that differentiate by division.

    All factors that the response model multiplies are positive (fatigue is below 1), so the product of the others is
    the product over the factor: one pass instead of the reduction tree that JAX builds for factors that may be 0.
    """
    jnp = start_jax().numpy

    def others(factors: Array, total: Array, axis: int) -> Array:
        return jnp.expand_dims(total, axis) / factors

    space = SimpleNamespace(**{name: getattr(jnp, name) for name in dir(jnp) if not name.startswith("_")})
    space.prod = _product(others)
    space.left_by_lines = _left_by_lines()
    space.spilled = _spilled
    return space


@cache
def product_with_zeros() -> Any:
    """A product along an axis whose factors may be 0, such as the share that hears of no line.

    The product of the others is the whole over the factor where no factor is 0, and is left only to the zero itself
    where exactly one is.
    """
    jnp = start_jax().numpy

    def others(factors: Array, total: Array, axis: int) -> Array:
        zero = factors == 0
        zeros = zero.sum(axis=axis, keepdims=True)
        filled = jnp.where(zero, 1.0, factors)
        left = jnp.prod(filled, axis=axis, keepdims=True)
        return jnp.where(zeros - zero > 0, 0.0, left / filled)

    return _product(others)


def _product(others: Callable[[Array, Array, int], Array]) -> Any:
    """A product along an axis with its own derivative: ``others`` gives the product of all other factors."""
    jax = start_jax()

    @partial(jax.custom_vjp, nondiff_argnums=(1,))
    def prod(factors: Array, axis: int) -> Array:
        return jax.numpy.prod(factors, axis=axis)

    def forward(factors: Array, axis: int) -> tuple[Array, tuple[Array, Array]]:
        total = jax.numpy.prod(factors, axis=axis)
        return total, (factors, total)

    def backward(axis: int, kept: tuple[Array, Array], slope: Array) -> tuple[Array]:
        return (jax.numpy.expand_dims(slope, axis) * others(*kept, axis),)

    prod.defvjp(forward, backward)
    return prod


def _spilled(new: Array, halo: Array) -> Array:
    """What new units [S, K, T] bring to complements: nothing, and at no cost, where no product has any."""
    jax = start_jax()

    def some(new: Array, halo: Array) -> Array:
        return jax.numpy.einsum("sjt,jk->skt", new, halo)

    def none(new: Array, halo: Array) -> Array:
        return jax.numpy.zeros_like(new)

    found: Array = jax.lax.cond(halo.any(), some, none, new, halo)
    return found


def _left_by_lines() -> Any:
    """A product over periods of ``1 - reach * kernel``: ``reach`` [..., T], ``kernel`` [T, T + H]; [..., T + H].

    Period by period into the whole result, which compilers vectorise: no [..., T, T + H] table of factors is written
    to memory and none is reduced number by number, neither here nor in the derivative by ``reach``.
    """
    jax = start_jax()
    jnp, scan = jax.numpy, partial(jax.lax.scan, unroll=UNROLLED)

    def by_period(reach: Array, kernel: Array) -> Array:
        def step(left: Array, period: tuple[Array, Array]) -> tuple[Array, None]:
            here, share = period
            return left * (1.0 - here[..., None] * share), None

        ones = jnp.ones((*reach.shape[:-1], kernel.shape[-1]), reach.dtype)
        left, _ = scan(step, ones, (jnp.moveaxis(reach, -1, 0), kernel))
        return stored(left)

    def forward(reach: Array, kernel: Array) -> tuple[Array, tuple[Array, Array, Array]]:
        left = by_period(reach, kernel)
        return left, (reach, kernel, left)

    def backward(kept: tuple[Array, Array, Array], slope: Array) -> tuple[Array, None]:
        reach, kernel, left = kept

        def step(total: Array, period: tuple[Array, Array]) -> tuple[Array, None]:
            here, share = period
            return total - here[..., None] * share / (1.0 - reach * share), None

        later = stored(jnp.moveaxis(slope * left, -1, 0))
        total, _ = scan(step, jnp.zeros_like(reach), (later, kernel.T))
        return stored(total), None

    left_by_lines = jax.custom_vjp(by_period)
    left_by_lines.defvjp(forward, backward)
    return left_by_lines

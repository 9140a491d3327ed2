"""Fix what would change bytes: thread counts before NumPy loads, precision and the compilation cache before JAX."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

THREADS = {"NPROC": "2", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}
"""Sums are split by thread count, so fixed counts give the same bytes on one visible core and on many.

One thread for OpenBLAS: where the bound or another process keeps the second core busy, its threads wait for each other,
spinning, thirty times as long as they work on matrices of our sizes.
"""


def fix_threads() -> None:
    """Fix thread counts, which libraries read once, when they load: call this before NumPy is imported."""
    for name, count in THREADS.items():
        os.environ.setdefault(name, count)


RARELY = (100_000, 20, 20)
"""Thresholds of Python's collector of cycles: modules and traced code live as long as the process, and looking through
them again and again took a twentieth of a short run."""


def collect_rarely() -> None:
    """Let Python look for cycles less often: for processes that run one command and end."""
    gc.set_threshold(*RARELY)


@cache
def start_jax() -> Any:
    """Import JAX in float64 with fixed threads and a persistent compilation cache; returns the module.

    Call this before anything else imports JAX.
    """
    fix_threads()
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    _set(jax, "jax_enable_x64", True)
    if getattr(jax.config, "jax_compilation_cache_dir", None) is None:
        from platformdirs import user_cache_path

        folder = Path(os.environ.get("CAMPAIGN_CACHE") or user_cache_path("campaign-planner")) / "jax"
        _set(jax, "jax_compilation_cache_dir", str(folder))
    _set(jax, "jax_persistent_cache_min_compile_time_secs", 0.2)
    _set(jax, "jax_persistent_cache_min_entry_size_bytes", 0)
    return jax


def on_device(table: Any, dtype: Any = None) -> Any:
    """Put an array on JAX's device in a type: cast by NumPy first, because JAX compiles a cast for every shape."""
    jax = start_jax()
    import numpy as np

    return jax.device_put(np.asarray(table, dtype))


def _set(jax: Any, name: str, value: Any) -> None:
    jax.config.update(name, value)


@cache
def response_space() -> Any:
    """`jax.numpy` with a product that differentiates by division.

    All factors that the response model multiplies are positive (fatigue is below 1), so the product of the others is
    the product over the factor: one pass instead of the reduction tree that JAX builds for factors that may be 0.
    """
    jnp = start_jax().numpy

    def others(factors: Any, total: Any, axis: int) -> Any:
        return jnp.expand_dims(total, axis) / factors

    space = SimpleNamespace(**{name: getattr(jnp, name) for name in dir(jnp) if not name.startswith("_")})
    space.prod = _product(others)
    return space


@cache
def product_with_zeros() -> Any:
    """A product along an axis whose factors may be 0, such as the share that hears of no line.

    The product of the others is the whole over the factor where no factor is 0, and is left only to the zero itself
    where exactly one is.
    """
    jnp = start_jax().numpy

    def others(factors: Any, total: Any, axis: int) -> Any:
        zero = factors == 0
        zeros = zero.sum(axis=axis, keepdims=True)
        filled = jnp.where(zero, 1.0, factors)
        left = jnp.prod(filled, axis=axis, keepdims=True)
        return jnp.where(zeros - zero > 0, 0.0, left / filled)

    return _product(others)


def _product(others: Callable[[Any, Any, int], Any]) -> Any:
    """A product along an axis with its own derivative: ``others`` gives the product of all other factors."""
    jax = start_jax()

    @partial(jax.custom_vjp, nondiff_argnums=(1,))
    def prod(factors: Any, axis: int) -> Any:
        return jax.numpy.prod(factors, axis=axis)

    def forward(factors: Any, axis: int) -> tuple[Any, tuple[Any, Any]]:
        total = jax.numpy.prod(factors, axis=axis)
        return total, (factors, total)

    def backward(axis: int, kept: tuple[Any, Any], slope: Any) -> tuple[Any]:
        return (jax.numpy.expand_dims(slope, axis) * others(*kept, axis),)

    prod.defvjp(forward, backward)
    return prod

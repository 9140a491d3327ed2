"""Fix what would change bytes: thread counts before NumPy loads, precision and the compilation cache before JAX."""

from __future__ import annotations

import gc
import os
from functools import cache
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
    # On a busy machine the compiler reports every step that takes a second, in the middle of what people read.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import jax

    _set(jax, "jax_enable_x64", True)
    if getattr(jax.config, "jax_compilation_cache_dir", None) is None:
        from planner.compiled import compiled_folder, keep_programs, usable

        folder = compiled_folder()
        if usable(folder):
            keep_programs(jax, folder)
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

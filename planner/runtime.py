"""Fix what would change bytes before JAX is imported: thread counts, precision, the compilation cache."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

THREADS = "2"
"""XLA splits sums by thread count, so a fixed count gives the same bytes on one visible core and on many."""


@cache
def start_jax() -> Any:
    """Import JAX in float64 with fixed threads and a persistent compilation cache; returns the module.

    Thread counts are read once, when the libraries load: call this before anything else imports JAX.
    """
    for name in ("NPROC", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, THREADS)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    jax.config.update("jax_enable_x64", True)
    if jax.config.jax_compilation_cache_dir is None:
        from platformdirs import user_cache_path

        folder = Path(os.environ.get("CAMPAIGN_CACHE") or user_cache_path("campaign-planner")) / "jax"
        jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
    return jax

"""Settings of the whole test run: one cache for compiled JAX code, a cache of its own for models, fixed seeds."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

# Before anything imports JAX or a command reads its cache: the developer's own cache stays untouched.
# All worker processes share one, so that no model is trained twice.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _SESSION = tempfile.TemporaryDirectory(prefix="campaign-tests-")
    os.environ["CAMPAIGN_CACHE"] = _SESSION.name
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Two workers fill the machine: threads of BLAS would wait for each other, spinning, thirty times as long as they work.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# Compiled code is kept between runs, beside what pytest keeps.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "jax"))
for _name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
    os.environ.pop(_name, None)

import numpy as np  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

settings.register_profile("campaign", derandomize=True, deadline=None)
settings.load_profile("campaign")


@pytest.fixture(autouse=True)
def _fixed_seeds() -> None:
    """Start every test from the same state of the default generators, in case a library draws on them."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a Philox generator with a fixed seed."""
    return np.random.Generator(np.random.Philox(0))

"""Named random streams: every random choice of training has its own, derived from the one seed."""

from __future__ import annotations

import numpy as np


def stream(seed: int, name: str, number: int = 0) -> np.random.Generator:
    """Return the generator of a named purpose; the same seed, name and number give the same numbers."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, number, *name.encode()])))

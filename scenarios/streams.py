"""Random streams: named children of the one seed. Nothing in the product draws from anywhere else."""

from __future__ import annotations

import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the Philox stream of a name below the seed; the same names give the same numbers everywhere."""
    words = [part for name in names for part in (len(name), *name.encode())]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *words])))

"""What stock serves of the demand in some futures, in time order."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float


def served_by_stock(wanted: Float, available: Float) -> tuple[Float, Float]:
    """Share of the demand [D, K, T] that stock serves in time order, and demand beyond stock had all been served."""
    share = np.ones_like(wanted)
    lacking = np.full_like(wanted, -np.inf)
    stocked = np.flatnonzero(np.isfinite(available).all(axis=1))
    demand, there = wanted[:, stocked], available[stocked]
    lacking[:, stocked] = np.cumsum(demand, axis=-1) - there
    if not (lacking > 0).any():
        return share, lacking
    gone = np.zeros(demand.shape[:-1])
    for t in range(demand.shape[-1]):
        asked = demand[..., t]
        kept = np.clip(np.minimum(asked, there[:, t] - gone), 0.0, None)
        share[:, stocked, t] = np.divide(kept, asked, out=np.ones_like(kept), where=asked > 0)
        gone = gone + kept
    return share, lacking

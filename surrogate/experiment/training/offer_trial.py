"""One offer of an experiment against none, as a trial whose uplift can be measured."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.held_out.trial import Trial


def trial_of(outcome: Float, arm: Int, chance: Float, offer: int, unit: Int) -> tuple[Trial, Flag]:
    """Return an offer (1 to A) against none as a trial, and which rows it holds; ``unit`` [N] are the customers."""
    rows = (arm == 0) | (arm == offer)
    both = np.maximum(chance[rows][:, [0, offer]].sum(axis=1), 1e-12)
    share = np.clip(chance[rows, offer] / both, 1e-3, 1 - 1e-3)
    trial = Trial(
        outcome=outcome[rows],
        treated=arm[rows] == offer,
        propensity=share,
        unit=repeated(unit[rows]),
        drawn=np.minimum(both, 1.0),
    )
    return trial, rows


def repeated(unit: Int) -> Int | None:
    """Return the customers [N] where some have several rows, else None."""
    return None if np.unique(unit).size == unit.size else unit

"""Futures of offers whose uses the data told: who uses one either comes for it or would have bought anyway.

The till counts which share r of what is bought under an offer is bought with it. How much of that is new is what the
lift says, and only the split is unsure: of a share r and a lift l, ``r (1 + l) - l`` of the base units are used. So
where a future has a smaller lift than expected, more of the uses are by customers who would have paid the full price.
Drawn apart, a small lift could go with few uses, and offers that only give discounts away would look harmless.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.futures.draws import factor
from scenarios.futures.shares import scaled_up
from scenarios.response.effects import Effects


def offers_told(effects: Effects) -> Float:
    """Return by offer [O] 1.0 where the data told the share of purchases that use it, else 0.0."""
    offers = effects.lift.shape[-1]
    return np.array(effects.uses_told, dtype=np.float64) if effects.uses_told else np.zeros(offers)


def moved_take_up(
    expected: tuple[Float, Float], lift: Float, told: Float, scores: Float, sd: Float, scaled: Float | None = None
) -> Float:
    """Return take-ups in some draws, each beside the lift of its own future.

    Parameters
    ----------
    expected
        Lift and take-up as they are expected [...].
    lift
        In the draws [D, ...].
    told
        1 where the share of purchases that use the offer is known [...].
    scores, sd
        Standard normal scores [D, ...], and the standard deviation of the log of a take-up's own factor [...].
    scaled
        What `scaled_up` makes of the take-ups, where it is known.
    """
    mean, take_up = expected
    wide = scaled_up(take_up, sd) if scaled is None else scaled
    if told.any():
        bought_without = (1.0 - take_up) / np.maximum(1.0 + mean, 1e-9)
        split = np.clip(1.0 - bought_without * (1.0 + lift), 0.0, 1.0)
        times = np.divide(wide, take_up, out=np.ones_like(take_up * sd), where=take_up > 0)
        wide = np.where((told > 0) & (take_up > 0), split * times, wide)
    return np.asarray(np.minimum(wide * factor(scores, sd), 1.0))

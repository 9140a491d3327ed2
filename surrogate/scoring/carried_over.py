"""How unsure answers are that are carried over: of segments of which few, or others, were sent a targeted offer.

What such an offer does in a segment that it hardly went to is read off the segments that it went to. How far one
segment's answer may lie from that is how far the answers of those lie apart, each from their mean: the same spread that
they show among themselves. Few segments tell it badly, so a usual spread counts beside them.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from surrogate.digits import to_digits
from surrogate.scoring.axes import Axes
from surrogate.scoring.sent_elsewhere import doubted

USUAL = 0.5
"""Standard deviation of segments' log lifts around their mean where nothing is known of it."""
STEADY = 2.0
"""Segments that this counts as, beside those that were sent the offer."""
LEAST = 1e-3
"""Lift below which lifts are not told apart."""


def carried_over(axes: Axes, lift: Float, chosen: Float) -> Float:
    """Return the standard deviation [S, O] of the log lift that is each segment's own because it was carried over.

    0 where those who were sent such offers do not differ from the segment (`doubted`).

    Parameters
    ----------
    lift
        [S, K + 1, O] mean of the members, wherever offers may go.
    chosen
        [O] standard deviation by how customers were chosen; of offers without any nothing is carried over.
    """
    goods = np.asarray(axes.applies().any(axis=(0, 2)))
    out = np.zeros((len(axes.segments), len(axes.scenario.offers)))
    for column, offer in enumerate(axes.scenario.offers):
        doubtful = doubted(axes, offer)
        if chosen[column] > 0 and doubtful.any():
            out[doubtful, column] = _apart(lift[:, :, column][np.ix_(~doubtful, goods[:, column])])
    return np.asarray(to_digits(out))


def _apart(lift: Float) -> float:
    """Return how far the log lifts [s, k] of segments that were sent an offer lie from their mean."""
    free = max(len(lift) - 1, 0)
    if not (free and lift.size):
        return USUAL
    logs = np.log(np.maximum(lift, LEAST))
    of_goods = logs.var(axis=0, ddof=1).mean()  # goods of one offer err alike, and count as one
    return float(np.sqrt((STEADY * USUAL**2 + free * of_goods) / (STEADY + free)))

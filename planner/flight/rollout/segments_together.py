"""What the holdouts of all segments tell together.

Segments are pooled as they will be when they are measured: by the size of their groups, ``n1 n0 / (n1 + n0)``
(`surrogate.flight.measure.effects_measured.from_strata`). With these weights w, and means m and variances v of
customers, the pooled lift has the variance ``sum w^2 v (growth^2 / n1 + 1 / n0) / (sum w m)^2``: that of two groups of
one outcome.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.flight.rollout.design import MOST_LIFT, SegmentHoldout
from surrogate.flight.measure.power import POWER, Outcome, detectable_lift, power_of


def together(holdouts: Sequence[SegmentHoldout]) -> str | None:
    """Say what the segments tell together; None for fewer than two."""
    if sum(each.held > 0 for each in holdouts) < 2:
        return None
    pooled = [each for each in holdouts if each.compared]
    held = np.array([each.held for each in pooled], dtype=np.float64)
    treated = np.array([each.customers for each in pooled]) - held
    means = np.array([each.units for each in pooled])
    weights = treated * held / (treated + held)
    lifts, base = np.array([each.contrast for each in pooled]), float(weights @ means)
    spread = weights**2 * np.array([each.variance for each in pooled]) / max(base, 1e-300) ** 2
    # One customer's outcome of mean and variance 1 is compared between as many as leave the same error.
    outcome = Outcome(mean=1.0, variance=1.0)
    one, other = (1.0 / float((spread / count).sum()) if pooled else 0.0 for count in (treated, held))
    detects = detectable_lift(outcome, one, other)
    if detects > max(MOST_LIFT, *(each.planned_lift for each in holdouts)):
        return f"all segments together: too few customers and sales to measure any lift up to {MOST_LIFT:.0%}"
    expected = float(weights @ (means * lifts)) / base
    return (
        f"all segments together: a lift of {detects:.1%} is detected with {POWER:.0%} power; the plan expects "
        f"{expected:.1%}, which shows with {power_of(outcome, one, other, expected):.0%} power"
    )

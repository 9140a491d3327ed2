"""From one campaign to the next: what was learned still holds, and a little less surely."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.response.effects import Effects
from surrogate.flight.recalibration.recalibrate import RecalibrateParams

WANDER = 0.10
"""Standard deviation of the logs by which lifts and baselines may change from one campaign to the next."""

WHOLE = RecalibrateParams(memory=30.0)
"""How the whole of a campaign is learned from: slower to forget than within one."""


def widened(effects: Effects) -> Effects:
    """Effects that may have changed since they were learned."""
    return replace(
        effects,
        lift_sd=np.where(effects.lift_sd > 0, np.hypot(effects.lift_sd, WANDER), 0.0),
        base_cv=np.hypot(effects.base_cv, WANDER),
    )

"""A frozen question of one segment and one product whose effects are written by hand, certain in every future."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.archive import Frozen
from scenarios.language.schema import Scenario
from scenarios.response.effects import Effects


def frozen_by_hand(scenario: Scenario, lift: NDArray[np.float64], take_up: NDArray[np.float64]) -> Frozen:
    """Return a question that sells 100 units a period without promotion; ``lift`` and ``take_up`` are [T, O]."""
    periods, offers = lift.shape
    lifts, takes = np.zeros((1, 1, 2, periods, offers)), np.zeros((1, 2, periods, offers))
    lifts[0, 0, 0], takes[0, 0] = lift, take_up
    effects = Effects(
        base_units=np.full((1, 1, 1, periods), 100.0),
        base_cv=np.zeros((1, 1)),
        lift=lifts,
        lift_sd=np.zeros(takes.shape),
        take_up=takes,
        take_up_cv=np.zeros(takes.shape),
        evidence=("assumed",) * offers,
        source="by hand",
    )
    return Frozen(
        scenario=scenario,
        name=f"{scenario.scenario}.yaml",
        raw=b"",
        overrides=(),
        tables={},
        effects=effects,
        baskets=None,
        custom={},
        seed=1,
    )

"""Optimism: by how much a plan that was picked looks better on the expected effects than in fresh futures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.coefficients import Coefficients
from scenarios.draws import draw
from scenarios.effects import Effects
from scenarios.futures import outcomes
from scenarios.measures import objective_functional
from scenarios.summary import RATIO_DIGITS
from scenarios.totals import evaluate

FRESH = "fresh"
"""Name of the stream of futures that no search and no limit has seen."""


def optimism(model: Coefficients, effects: Effects, plans: list[NDArray[np.int8]], seed: int) -> tuple[float, ...]:
    """Return (objective - its mean in fresh futures) / max(1, abs(objective)) of flat plans [N], six digits each.

    Stock that runs out, caps and ensemble members that disagree make it positive; luck of the draws is left in it.
    """
    grid, functional = model.grid, objective_functional(model)
    draws = draw(grid, effects, seed, name=FRESH)

    def mean(plan: NDArray[np.int8]) -> float:
        return float(outcomes(model, effects, plan, draws, [functional]).values.mean())

    nothing = grid.empty()
    start, start_mean = float(evaluate(functional, model, nothing, np)), mean(nothing)
    found = []
    for plan in plans:
        objective = float(evaluate(functional, model, plan, np)) - start
        fresh = mean(plan) - start_mean
        found.append(round((objective - fresh) / max(1.0, abs(objective)), RATIO_DIGITS))
    return tuple(found)

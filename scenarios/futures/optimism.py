"""Optimism: by how much a plan that was picked looks better than futures say that had no part in picking it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.summary import RATIO_DIGITS
from scenarios.futures.aim import careful_value, caution_of
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import outcomes
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.measures import objective_functional

FRESH = "fresh"
"""Name of the stream of futures that no search and no limit has seen."""


@dataclass(frozen=True, kw_only=True)
class HalfPlan:
    """A plan made on one half of the drawn futures."""

    promised: float
    """Objective as the half that it was made on has it."""
    worth: float
    """Objective as the other half has it."""


def crossed(halves: Sequence[HalfPlan]) -> float | None:
    """Return the share of what both halves promise that the other halves do not give, six digits; None without any.

    Of sums, so that halves that find the same plan cancel out: one promises more than it is worth by as much as the
    other promises less. What is left is never below 0 but for what the table of mean effects gets wrong.
    """
    if not halves:
        return None
    promised, worth = (math.fsum(getattr(half, name) for half in halves) for name in ("promised", "worth"))
    return round((promised - worth) / max(1.0, abs(promised)), RATIO_DIGITS)


def optimism(
    model: Coefficients, effects: Effects, plans: Sequence[NDArray[np.int8]], objectives: Sequence[float], seed: int
) -> tuple[float, ...]:
    """Return (objective - what fresh futures say it is) / max(1, abs(objective)) of flat plans [N], six digits each.

    Stock that runs out, caps and ensemble members that disagree make it positive; luck of the draws is left in it.

    Parameters
    ----------
    objectives
        Of the plans, as they are reported.
    """
    grid, functional = model.grid, objective_functional(model)
    draws, caution = draw(grid, effects, seed, name=FRESH), caution_of(model.grid.scenario.objective)

    def values(plan: NDArray[np.int8]) -> NDArray[np.float64]:
        return outcomes(model, effects, plan, draws, [functional]).values[:, 0]

    nothing = values(grid.empty())
    found = []
    for plan, objective in zip(plans, objectives, strict=True):
        gained = values(plan) - nothing
        fresh = float(gained.mean()) if caution is None else careful_value(caution, gained)
        found.append(round((objective - fresh) / max(1.0, abs(objective)), RATIO_DIGITS))
    return tuple(found)

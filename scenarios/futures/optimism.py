"""Optimism: by how much a plan that was picked looks better than futures say that had no part in picking it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float, Plan
from scenarios.futures.draws import draw
from scenarios.futures.funds import Funds
from scenarios.futures.outcomes import outcomes
from scenarios.language.aim import Caution, careful_value, caution_of
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.rounding import RATIO_DIGITS
from scenarios.sampling import Estimate, standard_error

FRESH = "fresh"
"""Name of the stream of futures that no search and no limit has seen."""


@dataclass(frozen=True, kw_only=True, eq=False)
class HalfPlan:
    """A plan made on one half of the drawn futures."""

    promised: float
    """Objective as the half that it was made on has it."""
    worth: float
    """Objective as the other half has it."""
    own: Float
    """[D / 2] gains over no promotion in the futures of the half that it was made on."""
    other: Float
    """[D / 2] gains in those of the other half."""


def crossed(halves: Sequence[HalfPlan], caution: Caution | Literal["mean"] | None = None) -> Estimate | None:
    """Return the share of what both halves promise that the other halves do not give, six digits; None without any.

    Of sums, so that halves that find the same plan cancel out: one promises more than it is worth by as much as the
    other promises less. What is left is never below 0 but for what the table of mean effects gets wrong. Its error
    pairs what both plans gain in the same future, for the same reason.
    """
    if not halves:
        return None
    promised, worth = (math.fsum(getattr(half, name) for half in halves) for name in ("promised", "worth"))
    pairs = [(half.own, mate.other) for half, mate in zip(halves, halves[::-1], strict=True)]
    errors = [standard_error(lambda own, other: _worth(caution, own) - _worth(caution, other), *pair) for pair in pairs]
    return _share(promised - worth, math.hypot(*errors), promised)


def optimism(
    model: Coefficients, effects: Effects, plans: Sequence[NDArray[np.int8]], objectives: Sequence[float], seed: int
) -> tuple[Estimate, ...]:
    """Return (objective - what fresh futures say it is) / max(1, abs(objective)) of flat plans [N], six digits each.

    Stock that runs out, caps and ensemble members that disagree make it positive; luck of the fresh futures is left in
    it, and its standard error says how much.

    Parameters
    ----------
    objectives
        Of the plans, as they are reported.
    """
    grid, functional = model.grid, Funds(model).objective()
    draws, caution = draw(grid, effects, seed, name=FRESH), caution_of(model.grid.scenario.objective)

    def values(plan: Plan) -> Float:
        return outcomes(model, effects, plan, draws, [functional]).values[:, 0]

    nothing = values(grid.empty())
    found = []
    for plan, objective in zip(plans, objectives, strict=True):
        gained = values(plan) - nothing
        error = standard_error(partial(_worth, caution), gained)
        found.append(_share(objective - _worth(caution, gained), error, objective))
    return tuple(found)


def _worth(caution: Caution | Literal["mean"] | None, gains: Float) -> float:
    """What gains [D] over no promotion are worth to the objective."""
    return float(gains.mean()) if caution is None else careful_value(caution, gains)


def _share(missing: float, error: float, whole: float) -> Estimate:
    size = max(1.0, abs(whole))
    return Estimate(round(missing / size, RATIO_DIGITS), round(error / size, RATIO_DIGITS))

"""What a plan earns on the expected effects when nothing that is not there is sold.

The account books what customers want and leaves stock and vendors' funds to limits; here what is sold out is lost, and
what vendors are asked for beyond their funds is not paid, as in every future.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scenarios.arrays import Plan
from scenarios.futures.draws import Draws, strengths_as_expected
from scenarios.futures.funds import Wanted
from scenarios.futures.outcomes import Futures, outcomes
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects


def served(model: Coefficients, effects: Effects, plan: Plan, functionals: Sequence[Wanted]) -> Futures:
    """What a flat plan [N] does in the one future in which everything is as expected."""
    certain, draws = as_expected(model.grid, effects)
    return outcomes(model, certain, plan, draws, functionals)


def as_expected(grid: Grid, effects: Effects) -> tuple[Effects, Draws]:
    """Return effects that are certain, the ensemble's mean, and the one draw in which they are as expected."""
    s, k, _ = grid.shape
    offers = len(grid.scenario.offers)
    certain = replace(
        effects,
        base_units=effects.base_units.mean(axis=0, keepdims=True),
        lift=effects.lift.mean(axis=0, keepdims=True),
        base_cv=np.zeros_like(effects.base_cv),
        lift_sd=np.zeros_like(effects.lift_sd),
        take_up_cv=np.zeros_like(effects.take_up_cv),
    )
    # A log-normal factor of mean 1 is 1 where its score is half its standard deviation.
    order_sd = float(np.sqrt(np.log1p(grid.scenario.risk.order_cv**2)))
    draws = Draws(
        member=np.zeros(1, dtype=np.int64),
        lift=np.zeros((1, s, k + 1, offers)),
        take_up=np.zeros((1, s, k + 1, offers)),
        base=np.zeros((1, s, k)),
        orders=np.full((1, s), 0.5 * order_sd),
        **strengths_as_expected(1, k),
    )
    return certain, draws

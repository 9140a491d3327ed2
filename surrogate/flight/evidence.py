"""What the actuals can tell: cells that count, what the plan expected there, and how each cell moves with each effect.

Expected sales come from the response model itself, so fatigue, theft and dips of the running plan are in them. A
product that was sold out tells nothing of its demand and is left out; so is a cell on which something else ran than
was planned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import Actuals
from scenarios.flight.series import ran_as_planned
from scenarios.futures.draws import Draws
from scenarios.futures.outcomes import sales
from scenarios.response.coefficients import Coefficients, available_units
from scenarios.response.effects import Effects

Float = NDArray[np.float64]
Flag = NDArray[np.bool_]

UNMOVED = 0.5
"""Score at which a log-normal factor of mean 1 and of spread 1 is 1."""
STEP = 0.05
"""Change of the log of an offer's lift by which slopes are taken."""
EMPTY_SHELF = 0.5
"""Units left, at most, of a product that is sold out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Expected:
    """What is expected of the running plan under some effects. Letters as in `scenarios.grid`."""

    units: Float
    """[S, K, T]"""
    slopes: Float
    """[U, S, K, T] change of the units with the log of the lifts of each of U offers."""


def sold_out(actuals: Actuals) -> Flag:
    """[K, T] products that were sold out at the end of a period: told by the file, or nothing is left by its sales."""
    available = available_units(actuals.grid)
    sold = np.cumsum(np.nan_to_num(actuals.units_total), axis=-1)
    empty = np.isfinite(available) & (available - sold <= EMPTY_SHELF) & actuals.observed
    left = actuals.stock_end
    return empty if left is None else np.where(np.isfinite(left), left <= EMPTY_SHELF, empty)


def telling(actuals: Actuals, plan: NDArray[np.int8], empty: Flag) -> Flag:
    """[K, T] cells that tell something of the forecast: observed, not sold out, and run as planned.

    Parameters
    ----------
    plan
        The flat plan [N] that was to run.
    empty : [K, T]
        Shelves that were empty.
    """
    seen = actuals.observed & (np.arange(actuals.grid.shape[2]) <= actuals.last)
    return np.asarray(seen & ~empty & ran_as_planned(actuals, plan))


def offers_of(model: Coefficients, plan: NDArray[np.int8], last: int) -> tuple[int, ...]:
    """Offers of the lines that ran up to a period, in the scenario's order."""
    ran = plan.copy()
    for block in model.grid.split(ran):
        block[..., last + 1 :] = 0
    return tuple(sorted({model.grid.offer_index[line.offer] for line in model.grid.lines(ran)}))


class Forecast:
    """Expected sales of one plan as its effects move, by the response model on the chosen offers only.

    Parameters
    ----------
    model
        Tables of the problem; what is sold out there is cut as in every future.
    effects
        The effects before the move; their means over the ensemble count.
    plan
        The plan that runs.
    """

    def __init__(self, model: Coefficients, effects: Effects, plan: NDArray[np.int8]) -> None:
        self._model, self._plan = model, plan
        self._shape = model.grid.shape
        self._orders = UNMOVED * float(np.sqrt(np.log1p(model.grid.scenario.risk.order_cv**2)))
        one = float(np.sqrt(np.expm1(1.0)))
        self._effects = replace(
            effects,
            base_units=effects.base_units.mean(axis=0, keepdims=True),
            lift=effects.lift.mean(axis=0, keepdims=True),
            base_cv=np.full_like(effects.base_cv, one),
            lift_sd=np.ones_like(effects.lift_sd),
            take_up_cv=np.zeros_like(effects.take_up_cv),
            known_periods=0,
        )

    def __call__(self, base: Float, lift: Float, offers: tuple[int, ...] = ()) -> Expected:
        """Units, and their slopes by the lifts of some offers.

        Parameters
        ----------
        base : [S, K]
            Logs of factors on the baselines.
        lift : [S, K+1, O]
            Logs of factors on the lifts.
        """
        s = self._shape[0]
        count = 1 + len(offers)
        lifts = np.repeat(lift[None] + UNMOVED, count, axis=0)
        for number, offer in enumerate(offers, start=1):
            lifts[number, ..., offer] += STEP
        draws = Draws(
            member=np.zeros(count, dtype=np.int64),
            lift=lifts,
            take_up=np.zeros_like(lifts),
            base=np.repeat(base[None] + UNMOVED, count, axis=0),
            orders=np.full((count, s), self._orders),
        )
        units = np.concatenate([part.units for part in sales(self._model, self._effects, self._plan, draws)])
        return Expected(units=units[0], slopes=(units[1:] - units[0]) / STEP)

"""Which cells of a running campaign can be compared with its forecast, and how much single days scatter there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import Actuals
from scenarios.flight.series import ran_as_planned, sold_cells, told_by_segment
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import sold_by
from surrogate.flight.chance import ChanceParams
from surrogate.flight.evidence import sold_out
from surrogate.flight.lots import lot_size

Flag = NDArray[np.bool_]


def comparable(actuals: Actuals, plan: NDArray[np.int8]) -> Flag:
    """[K, T] cells that are observed, not sold out and ran as planned, and the rest of the products that are."""
    return np.asarray(~sold_out(actuals) & ran_as_planned(actuals, plan) & _known(actuals))


def told_chance(
    model: Coefficients, plan: NDArray[np.int8], actuals: Actuals, usable: Flag, chance: ChanceParams
) -> ChanceParams:
    """The chance of single days, with lots as large as the actuals tell."""
    seen, expected = actuals.last + 1, sold_by(model, plan, np).units
    if not told_by_segment(actuals):
        expected = expected.sum(axis=0, keepdims=True)
    sold = sold_cells(actuals)[..., :seen]
    return replace(chance, lot=lot_size(sold, expected[..., :seen], usable[:, :seen], chance))


def _known(actuals: Actuals) -> Flag:
    """[K, T] cells that are observed, and the rest of the products that are."""
    later = np.arange(actuals.grid.shape[2]) > actuals.last
    ever = np.asarray(actuals.observed.any(axis=1, keepdims=True))
    return np.asarray(actuals.observed | (later & ever))

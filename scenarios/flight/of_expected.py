"""Real units and orders as so many times what was expected."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.flight.actuals import Actuals
from scenarios.response.totals import Sold


def of_expected(real: Float, expected: Float) -> Float:
    """Real over expected units of any shape; 1 where nothing is told, or expected."""
    known = np.isfinite(real) & (expected > 0)
    return np.divide(np.nan_to_num(real), expected, out=np.ones_like(expected), where=known)


def orders_ratio(expected: Sold, actuals: Actuals, units: Float) -> Float:
    """[S, T] real to expected orders: told by basket rows, else as units [S, K, T] that were really sold."""
    before, after = expected.units.sum(axis=1), units.sum(axis=1)
    ratio = np.divide(after, before, out=np.ones_like(before), where=before > 0)
    told = actuals.of_segments("units")[:, -1]
    ratio = np.where(np.isfinite(told), of_expected(told, expected.orders), ratio)
    whole = actuals.of_everybody("units")[-1]
    alone = np.isfinite(whole) & ~np.isfinite(told).any(axis=0)
    return np.where(alone, of_expected(whole, expected.orders.sum(axis=0)), ratio)

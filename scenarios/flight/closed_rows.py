"""Closed days in actuals: a till writes no rows for them, and nothing was sold then."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.flight.actuals import Actuals
from scenarios.grid import Grid

SOLD = ("units", "revenue")
"""Figures that are 0 where nothing was sold."""


def nothing_sold(name: str, table: Float, grid: Grid, last: int) -> Float:
    """Fill closed days up to the ``last`` one with 0, in the rows that a figure has on other days.

    Parameters
    ----------
    name
        Of the figure; those that are not 0 by themselves stay unknown.
    table : [2, S + 1, K + 1, T]
        NaN where no row tells it.
    """
    closed = ~np.array(grid.scenario.horizon.opened(), dtype=bool)
    closed[last + 1 :] = False
    if name not in SOLD or not closed.any():
        return table
    known = np.isfinite(table).any(axis=-1, keepdims=True)
    return np.where(closed & known & ~np.isfinite(table), 0.0, table)


def sold_while_closed(actuals: Actuals) -> list[str]:
    """Say what was sold on closed days, which the plan foresaw none of."""
    horizon = actuals.grid.scenario.horizon
    closed = ~np.array(horizon.opened(), dtype=bool)
    sold = np.where(closed, np.nan_to_num(actuals.units_total), 0.0).sum(axis=0)
    days = np.flatnonzero(sold > 0)
    if not len(days):
        return []
    first = horizon.date_of(int(days[0]))
    more = f", the first on {first}" if len(days) > 1 else ""
    when = f"{len(days)} closed days" if len(days) > 1 else f"{first}, a closed day"
    return [f"{sold.sum():,.0f} units were sold on {when} (horizon.closed){more}, and the plan foresaw none of them"]

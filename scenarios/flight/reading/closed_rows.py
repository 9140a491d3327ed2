"""Closed days in actuals: a till writes no rows for them, and nothing was sold then."""

from __future__ import annotations

import datetime as dt

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals
from scenarios.grid import Grid
from scenarios.language.schema import Horizon
from scenarios.response.coefficients import available_units

SOLD = ("units", "revenue")
"""Figures that are 0 where nothing was sold."""
LEFT = "stock_end"
"""What stays as it was where nothing was sold and nothing came."""


def known_with(row: int, horizon: Horizon, as_of: dt.date | None = None) -> int:
    """Return the last period that is over with the one of the last row: the closed ones that follow it are, too.

    Parameters
    ----------
    as_of
        A day at which this ends; but a campaign is over with its last open day, whatever the day is.
    """
    later = row
    while later + 1 < horizon.periods and horizon.is_closed(later + 1):
        later += 1
    if as_of is None or later + 1 == horizon.periods:
        return later
    return max(row, min(later, horizon.period_of(as_of + dt.timedelta(days=1)) - 1))


def nothing_sold(name: str, table: Float, grid: Grid, last: int) -> Float:
    """Fill closed days up to the ``last`` one with what is known of them, in the rows that a figure has on other days.

    Parameters
    ----------
    name
        Of the figure: units and revenue are 0, and what is left is what was left the day before, unless goods were to
        come. All others stay unknown.
    table : [2, S + 1, K + 1, T]
        NaN where no row tells it.
    """
    closed = ~np.array(grid.scenario.horizon.opened(), dtype=bool)
    closed[last + 1 :] = False
    if not closed.any():
        return table
    if name == LEFT:
        return _as_before(table, closed, grid)
    if name not in SOLD:
        return table
    known = np.isfinite(table).any(axis=-1, keepdims=True)
    return np.where(closed & known & ~np.isfinite(table), 0.0, table)


def _as_before(left: Float, closed: Flag, grid: Grid) -> Float:
    """Carry what was left over closed days."""
    available, found = available_units(grid), left.copy()
    for period in np.flatnonzero(closed[1:]) + 1:
        with np.errstate(invalid="ignore"):
            comes = np.append(available[:, period] > available[:, period - 1], False)
        here, before = found[..., period], found[..., period - 1]
        found[..., period] = np.where(np.isfinite(here) | comes, here, before)
    return found


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

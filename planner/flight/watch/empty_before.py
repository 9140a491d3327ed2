"""Shelves that were empty when the rest of a campaign was planned again: kept with the new plan, and read back."""

from __future__ import annotations

import numpy as np

from planner.flight.watch.planned_out import stretches
from scenarios.answer.in_flight import EmptyShelf, InFlight
from scenarios.arrays import Flag
from scenarios.flight.actuals import Actuals
from scenarios.grid import Grid
from scenarios.response.coefficients import available_units
from surrogate.flight.evidence import run_out


def known_empty(flight: InFlight | None, actuals: Actuals) -> Flag:
    """[K, T] periods in which a shelf is empty since before the rest was planned again.

    So are later ones that follow without a gap, up to the next arrival, in which nothing is left or nothing was sold.
    Products without stock are none of them: a plan goes on to sell these.
    """
    grid = actuals.grid
    available, empty = available_units(grid), run_out(actuals)
    known = np.zeros(empty.shape, dtype=bool)
    if flight is None:
        return known
    count = flight.known_periods
    known[:, :count] = empty[:, :count]
    _lay_out(known, flight, grid)
    known &= np.asarray(np.isfinite(available).all(axis=1))[:, None]
    known[:, actuals.last + 1 :] = False
    still = empty | (np.nan_to_num(actuals.units_total, nan=1.0) == 0)
    for k in np.flatnonzero(known[:, count - 1]):
        for stretch in stretches(available[k]):
            if stretch.start < count < stretch.stop:
                known[k, count : stretch.stop] = np.logical_and.accumulate(still[k, count : stretch.stop])
    return known


def shelves_to_keep(flight: InFlight | None, actuals: Actuals) -> tuple[EmptyShelf, ...]:
    """Return which shelves have been empty so far, of products with stock: those known before among them."""
    grid, found = actuals.grid, list[EmptyShelf]()
    stocked = np.asarray(np.isfinite(available_units(grid)).all(axis=1))[:, None]
    empty = (run_out(actuals) & stocked) | known_empty(flight, actuals)
    empty[:, actuals.last + 1 :] = False
    for k, product in enumerate(grid.products):
        days = np.flatnonzero(empty[k])
        for run in np.split(days, np.flatnonzero(np.diff(days) > 1) + 1):
            if len(run):
                first, last = (grid.scenario.horizon.date_of(int(period)) for period in (run[0], run[-1]))
                found.append(EmptyShelf(product=product.id, first=first, last=last))
    return tuple(found)


def _lay_out(known: Flag, flight: InFlight, grid: Grid) -> None:
    period_of = grid.scenario.horizon.period_of
    for shelf in flight.empty:
        known[grid.product_index[shelf.product], period_of(shelf.first) : period_of(shelf.last) + 1] = True

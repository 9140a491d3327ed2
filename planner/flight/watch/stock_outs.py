"""Products that were sold out while a campaign runs: as planned, known since the rest was planned again, or neither."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.flight.watch.planned_out import PlannedOut
from planner.flight.watch.readings import StockOut
from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals


def stock_outs(
    actuals: Actuals, empty: Flag, silent: Flag, products: Float, planned: PlannedOut
) -> tuple[StockOut, ...]:
    """Read off which products were sold out, and when; what was known when the rest was planned again by itself.

    Parameters
    ----------
    empty, silent : [K, T]
        Shelves that were empty: as the file tells, and by sales at zero only.
    products : [D, K, T]
        Units in the plan's futures, as if there were enough.
    planned
        What the plan itself sells out, or knows to be out.
    """
    expected = products.mean(axis=0)
    known = np.zeros_like(empty) if planned.known is None else planned.known
    opened = np.flatnonzero(actuals.grid.scenario.horizon.opened())
    now = int(opened[opened <= actuals.last].max(initial=0))  # a shelf that was empty then is empty on closed days, too
    found = []
    for k in range(len(actuals.grid.products)):
        for of_before in (True, False):
            out = np.flatnonzero((empty[k] | silent[k] | known[k]) & (known[k] == of_before))
            stretches = _now_apart(out, now) if of_before else [out]
            found += [
                _read(actuals, k, days, empty, silent, expected[k], planned, now, known=of_before)
                for days in stretches
                if len(days)
            ]
    return tuple(found)


def _now_apart(out: NDArray[np.int64], now: int) -> list[NDArray[np.int64]]:
    """Tell the stretch of empty days that lasts up to the end of the actuals from all earlier ones."""
    if not len(out) or out[-1] < now:
        return [out]
    gaps = np.flatnonzero(np.diff(out) > 1)
    start = int(gaps[-1]) + 1 if len(gaps) else 0
    return [out[:start], out[start:]]


def _read(
    actuals: Actuals,
    k: int,
    out: NDArray[np.int64],
    empty: Flag,
    silent: Flag,
    expected: Float,
    planned: PlannedOut,
    now: int,
    *,
    known: bool,
) -> StockOut:
    product, horizon = actuals.grid.products[k], actuals.grid.scenario.horizon
    missed = expected[out] - np.nan_to_num(actuals.units_total[k, out])
    still = bool(out[-1] >= now)
    later = [day for day in product.arrivals if day > actuals.as_of]
    return StockOut(
        product=product.id,
        first=horizon.date_of(int(out[0])),
        last=horizon.last_day_of(int(out[-1])),
        periods=len(out),
        told=known or bool(empty[k, out].any()),
        lost=float(np.maximum(missed, 0.0).sum()),
        planned=not known and bool(planned.fine[k, out].all() and not silent[k, out].any()),
        known=known,
        arrives=min(later, default=None) if still else None,
        still=still,
    )

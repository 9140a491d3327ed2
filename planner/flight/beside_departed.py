"""Offers that run on products with an alarm of their own: what the offer's series says without these products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from planner.figures import share
from planner.flight.watch.readings import SeriesReading
from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.flight.actuals import Actuals
from scenarios.flight.series import Kind, Watched, sold_cells


def beside_departed(
    watched: Watched, readings: Sequence[SeriesReading], actuals: Actuals, expected: Float
) -> Iterator[str]:
    """Say of each offer on a product that departs by itself how far the rest of its series is from the forecast.

    The series and its test stay as they were fixed: an offer that fails takes its products along, so that leaving these
    out for good would hide it.

    Parameters
    ----------
    expected : [S, K, T]
        Units by the plan's account, as if there were enough.
    """
    alarmed = {each.series.id for each in readings if each.series.kind is Kind.PRODUCT and each.alarm is not None}
    names = [product.id for product in actuals.grid.products]
    departed = np.array([name in alarmed for name in names])
    if not departed.any():
        return
    seen = watched.usable & (np.arange(watched.usable.shape[1]) <= actuals.last)
    sold, wanted = sold_cells(actuals), watched.folded(expected)
    for number, cells in zip(watched.kinds(Kind.OFFER).tolist(), watched.offer_cells, strict=True):
        here = cells & seen
        rest = here & ~departed[:, None]
        before = float(wanted[rest].sum())
        on = [name for name, runs, off in zip(names, here.any(axis=(0, 2)), departed, strict=True) if runs and off]
        if on and before > 0:
            change = share(float(sold[rest].sum()) / before - 1.0, signed=True)
            verb = "has an alarm of its own" if len(on) == 1 else "have alarms of their own"
            yield f"offer {watched.series[number].id} without {first_few(on)}, which {verb}: {change}"

"""What the simulated market sold, as the actuals file that a retailer would send (docs/running.md)."""

from __future__ import annotations

import csv
import io

import numpy as np

from scenarios.currency import price_text
from scenarios.grid import build_grid
from scenarios.market.play import Market
from scenarios.market.sold import Sold
from scenarios.response.coefficients import available_units

COLUMNS = ("date", "product", "segment", "units", "revenue", "stock_end", "currency")


def actuals_text(market: Market, sold: Sold, last: int) -> str:
    """Return the CSV text of the first periods of a run.

    Parameters
    ----------
    last
        Last period (0-based) that the file speaks of.

    Raises
    ------
    ValueError
        Where the period lies outside the horizon.
    """
    horizon = market.scenario.horizon
    if not (0 <= last < horizon.periods):
        raise ValueError(f"expected a period from 0 to {horizon.periods - 1}, got {last}")
    units = np.rint(sold.units).astype(np.int64)
    paid = (sold.tally.listed - sold.tally.discount)[:, :-1]
    # A unit that a customer stands for only in part is rounded away; what was paid goes with the whole units.
    each = np.divide(paid, sold.units, out=np.zeros_like(paid), where=sold.units > 0)
    available = available_units(build_grid(market.scenario))
    left = np.maximum(available - np.cumsum(units.sum(axis=0), axis=-1), 0.0)
    buffer = io.StringIO(newline="")
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerow(COLUMNS)
    for t in range(last + 1):
        for k, product in enumerate(market.products):
            stock = f"{left[k, t]:.0f}" if np.isfinite(left[k, t]) else ""
            for s, segment in enumerate(market.segments):
                revenue = price_text(each[s, k, t] * units[s, k, t], market.scenario.currency)
                place = (str(horizon.date_of(t)), product.id, segment.id)
                rows.writerow((*place, units[s, k, t], revenue, stock, market.scenario.currency))
    return buffer.getvalue()

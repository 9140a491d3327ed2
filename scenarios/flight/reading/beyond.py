"""Rows of actuals that sell what cannot have been sold: an article number among the units, most often."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.flight.actuals import Actuals
from scenarios.flight.reading.columns import tell
from scenarios.flight.reading.rows import Rows
from scenarios.grid import Grid
from scenarios.language.text.csv_files import CsvTable
from scenarios.supply import supply_of

TIMES_EXPECTED = 1000
"""A row of more than so many times what all segments are expected to buy of its product in its best period is a slip
..."""
TIMES_SUPPLY = 10
"""... and so is one of more than so many times what stock and arrivals give: shops that get more goods than a scenario
knows sell more than it has, but not by so much ..."""
FEW = 1000
"""... unless it has few: where a delivery comes that it knows nothing of, no stock at all is no bound."""
_REMEDY = "write how many pieces were sold; is it an article number, or money?"


def check_beyond(table: CsvTable, rows: Rows, grid: Grid, expected: Float | None) -> None:
    """Refuse units that nobody can have sold; each row is told once.

    Parameters
    ----------
    expected
        [K] units of each product in its best period without promotion; None where nobody knows.
    """
    horizon, units, k = grid.scenario.horizon, rows.figures["units"], len(grid.products)
    supply = np.array([supply_of(product, horizon) for product in grid.products] + [np.full(horizon.periods, np.inf)])
    there = supply[rows.product, rows.period]
    with np.errstate(invalid="ignore"):
        beyond = units > np.maximum(TIMES_SUPPLY * there, FEW)
    texts = table.texts("units")
    place = {int(row): number for number, row in enumerate(rows.row)}

    def name(row: int) -> str:
        return grid.products[int(rows.product[place[row]])].id

    def of_supply(row: int) -> str:
        return f"{texts[row]} of {name(row)}, of which stock and arrivals give {there[place[row]]:,.0f}"

    said = f"at most {TIMES_SUPPLY} times the units that there are, or {FEW:,} where these are few"
    tell(table, rows.row[np.flatnonzero(beyond)], "units", said, of_supply, _REMEDY)
    if expected is None:
        return
    best = np.append(np.maximum(expected, 1.0), np.inf)[np.minimum(rows.product, k)]
    with np.errstate(invalid="ignore"):
        more = ~beyond & (units > TIMES_EXPECTED * best)

    def of_expected(row: int) -> str:
        return f"{texts[row]} of {name(row)}, of which {best[place[row]]:,.0f} are expected"

    said = f"at most {TIMES_EXPECTED:,} times the units that are expected in the best {horizon.unit.value}"
    tell(table, rows.row[np.flatnonzero(more)], "units", said, of_expected, _REMEDY)


def sold_beyond_supply(actuals: Actuals) -> list[str]:
    """Say where a single period sold more than stock and arrivals give, though not so much that it is refused."""
    horizon, found = actuals.grid.scenario.horizon, []
    for k, product in enumerate(actuals.grid.products):
        supply, sold = supply_of(product, horizon), actuals.units_total[k]
        with np.errstate(invalid="ignore"):
            beyond = np.flatnonzero(sold > supply)
        if beyond.size:
            period = int(beyond[0])
            found.append(f"{product.id} ({sold[period]:,.0f} of {supply[period]:,.0f} on {horizon.date_of(period)})")
    if not found:
        return []
    return [
        f"more units are told than stock and arrivals give by then: {first_few(found)}; check them, or whether goods "
        "came that the scenario does not know"
    ]

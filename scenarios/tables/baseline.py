"""The baseline table: units that each cell sells with no promotion at all."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import and_more
from scenarios.language.schema import Horizon, Product
from scenarios.language.text.csv_files import CsvTable
from scenarios.supply import in_shop
from scenarios.tables.amounts import MOST_UNITS, bounded
from scenarios.tables.cell_rows import id_keys, outside_note, period_keys, resolve_rows
from scenarios.tables.closed_units import while_open
from scenarios.tables.last_sales import until_last_sale
from scenarios.tables.outdone_rows import outdone_rows_note


def read_baseline(
    table: CsvTable, segments: tuple[str, ...], products: tuple[Product, ...], horizon: Horizon
) -> tuple[Float | None, tuple[str, ...]]:
    """Read columns segment, product, period, units into [S, K, T]; None where something is wrong. Notes beside it.

    After the last sale of a product, and on closed days, no rows are needed, and none count.
    """
    if not usable_baseline(table):
        return None, ()
    shape = (len(segments), len(products), horizon.periods)
    periods, outside = period_keys(table, horizon)
    ids = tuple(product.id for product in products)
    keys = [id_keys(table, "segment", segments), id_keys(table, "product", ids), periods]
    units = read_units(table)
    needed = np.broadcast_to(in_shop(products, horizon), shape)
    resolved = resolve_rows(table, keys, shape, needed)
    missing = np.argwhere((resolved.row < 0) & needed)
    if len(missing) and not table.problems:
        first = "; ".join(f"{segments[s]}, {ids[k]}, {horizon.date_of(int(t))}" for s, k, t in missing[:3])
        more = and_more(len(missing))
        expected = "units for every segment, product and period"
        table.problem(None, "rows", expected, f"none for {first}{more}", _remedy(outside, horizon))
    if table.problems:
        return None, ()
    there = while_open(np.where(resolved.row < 0, 0.0, units[resolved.row]), horizon)
    found, cut = until_last_sale(there, products, horizon)
    unused = outdone_rows_note(table, keys, resolved.row, needed)
    return found, (*((outside_note(outside, table),) if outside else ()), *unused, *cut)


def _remedy(outside: int, horizon: Horizon) -> str:
    """Say what to do about missing rows; rows beside the horizon tell that it may be the one to mend."""
    remedy = "add the rows; a blank period means every one"
    if not outside:
        return remedy
    rows = "1 row of the file lies" if outside == 1 else f"{outside:,} rows of the file lie"
    last = horizon.date_of(horizon.periods - 1)
    days = f"{horizon.start} to {last}" if horizon.period_days == 1 else f"the weeks of {horizon.start} to {last}"
    return f"{remedy}; {rows} outside {days}: check horizon.start, too"


def usable_baseline(table: CsvTable) -> bool:
    """Check the header."""
    columns = ("segment", "product", "period", "units")
    return not table.problems and table.require(columns, ("segment", "product", "units"))


def read_units(table: CsvTable) -> Float:
    """Read and check the units of each row."""
    return np.array(bounded(table, "units", table.required_numbers("units"), MOST_UNITS))

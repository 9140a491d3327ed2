"""The baskets table: how many orders of which value each segment places in one period."""

from __future__ import annotations

from scenarios.baskets import Baskets, OrderBin
from scenarios.cell_rows import ALL, id_keys
from scenarios.csv_files import CsvTable


def read_baskets(table: CsvTable, segments: tuple[str, ...]) -> Baskets | None:
    """Read columns segment, order_value, orders (per period), units (per order); None where the header is unusable."""
    columns = ("segment", "order_value", "orders", "units")
    if table.problems or not table.require(columns, columns[:3]):
        return None
    keys = id_keys(table, "segment", segments)
    values, orders = table.required_numbers("order_value"), table.required_numbers("orders")
    units = table.numbers("units", default=1.0)
    bins: dict[str, list[OrderBin]] = {segment: [] for segment in segments}
    for row, key in enumerate(keys):
        for name, number in (("order_value", values[row]), ("orders", orders[row]), ("units", units[row])):
            if number < 0:
                table.problem(row, name, "a number of at least 0", f"{number:g}")
        entry = OrderBin(value=values[row], orders=orders[row], units=units[row])
        for segment in segments if key == ALL else segments[key : key + 1] if key >= 0 else ():
            bins[segment].append(entry)
    missing = [segment for segment in segments if not sum(entry.orders for entry in bins[segment])]
    if missing and not table.problems:
        remedy = "add rows with order values and orders per period"
        table.problem(None, "rows", "orders of every segment", f"none for {', '.join(missing)}", remedy)
    ordered = {segment: tuple(sorted(rows, key=lambda entry: entry.value)) for segment, rows in bins.items()}
    return Baskets(bins=ordered)

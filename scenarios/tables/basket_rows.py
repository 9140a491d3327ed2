"""The baskets table: how many orders of which value each segment places, and how many units of a product they hold."""

from __future__ import annotations

from scenarios.language.csv_files import CsvTable
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.tables.amounts import HIGHEST_VALUE, MOST_IN_ORDER, MOST_UNITS, bounded
from scenarios.tables.cell_rows import ALL, id_keys

_COLUMNS = ("segment", "order_value", "orders", "units", "product")


def read_baskets(
    table: CsvTable, segments: tuple[str, ...], products: tuple[str, ...], *, needs_orders: bool
) -> Baskets | None:
    """Read columns segment, order_value, orders (per period), units (per order) and product.

    A row without a product speaks of whole orders, a row with one of the orders that hold it and its units in them.

    Parameters
    ----------
    needs_orders
        Whether the scenario needs the whole orders of every segment, as basket offers do.

    Returns
    -------
    Baskets or None
        None where the header is unusable; all other problems stand on the table.
    """
    by_product = "product" in table.columns
    required = ("segment", "order_value", "orders") if needs_orders or not by_product else ("segment", "orders")
    if table.problems or not table.require(_COLUMNS, required):
        return None
    keys = id_keys(table, "segment", segments).tolist()
    named = id_keys(table, "product", products).tolist() if by_product else [ALL] * len(table)
    whole_orders = needs_orders or not by_product or ALL in named
    values = table.numbers("order_value", default=0.0) if "order_value" in table.columns else [0.0] * len(table)
    texts = table.texts("order_value")
    orders, units = table.required_numbers("orders"), table.numbers("units", default=1.0)
    values = bounded(table, "order_value", values, HIGHEST_VALUE)
    orders = bounded(table, "orders", orders, MOST_UNITS)
    units = bounded(table, "units", units, MOST_IN_ORDER)
    bins: dict[str, list[OrderBin]] = {segment: [] for segment in segments}
    held: dict[str, dict[str, list[OrderBin]]] = {segment: {} for segment in segments}
    for row, (key, product) in enumerate(zip(keys, named, strict=True)):
        if product == ALL and not texts[row]:
            table.problem(row, "order_value", "a number", "a blank")
        if product >= 0 and units[row] == 0:
            remedy = "delete the row, or write how many units such an order holds"
            table.problem(row, "units", "a number above 0 beside a product", "0", remedy)
        entry = OrderBin(value=values[row], orders=orders[row], units=units[row])
        for segment in segments if key == ALL else segments[key : key + 1] if key >= 0 else ():
            if product >= 0:
                held[segment].setdefault(products[product], []).append(entry)
            elif product == ALL:
                bins[segment].append(entry)
    missing = [segment for segment in segments if not sum(entry.orders for entry in bins[segment])]
    if missing and whole_orders and not table.problems:
        remedy = "add rows with order values and orders per period"
        table.problem(None, "rows", "orders of every segment", f"none for {', '.join(missing)}", remedy)
    return Baskets(
        bins={segment: tuple(sorted(rows, key=lambda entry: entry.value)) for segment, rows in bins.items()},
        quantities={
            segment: {product: tuple(sorted(rows, key=lambda entry: entry.units)) for product, rows in each.items()}
            for segment, each in held.items()
            if each
        },
    )

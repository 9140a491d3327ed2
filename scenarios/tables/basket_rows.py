"""The baskets table: how many orders of which value each segment places, and how many units of a product they hold."""

from __future__ import annotations

from scenarios.language.text.csv_files import CsvTable
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.tables.amounts import HIGHEST_VALUE, MOST_IN_ORDER, MOST_UNITS, bounded
from scenarios.tables.cell_rows import ALL, id_keys

Rows = dict[tuple[int, int], list[OrderBin]]
"""By segment and product, each `ALL` where it is left open."""
_COLUMNS = ("segment", "order_value", "orders", "units", "product")


def read_baskets(
    table: CsvTable,
    segments: tuple[str, ...],
    products: tuple[str, ...],
    *,
    needs_orders: bool,
    digits: int | None = None,
) -> tuple[Baskets | None, tuple[str, ...]]:
    """Read columns segment, order_value, orders (per period), units (per order) and product.

    A row without a product speaks of whole orders, a row with one of the orders that hold it and its units in them.
    Rows of one segment add up, but a row that stands there twice is a mistake; those without a segment speak for the
    segments that have no rows of their own.

    Parameters
    ----------
    needs_orders
        Whether the scenario needs the whole orders of every segment, as basket offers do.
    digits
        Of the currency, where it is known.

    Returns
    -------
    tuple
        The baskets, None where the header is unusable (all other problems stand on the table); and a sentence where
        rows without a segment do not speak for all segments.
    """
    by_product = "product" in table.columns
    if not usable_baskets(table, needs_orders=needs_orders):
        return None, ()
    keys = id_keys(table, "segment", segments).tolist()
    named = id_keys(table, "product", products).tolist() if by_product else [ALL] * len(table)
    whole_orders = needs_orders or not by_product or ALL in named
    texts = table.texts("order_value")
    values, orders, units = read_order_numbers(table, digits)
    rows: Rows = {}
    for row, (key, product) in enumerate(zip(keys, named, strict=True)):
        if product == ALL and not texts[row]:
            table.problem(row, "order_value", "a number", "a blank")
        if product >= 0 and units[row] == 0:
            remedy = "delete the row, or write how many units such an order holds"
            table.problem(row, "units", "a number above 0 beside a product", "0", remedy)
        elif units[row] == 0 and orders[row] > 0:
            remedy = "write how many units such an order holds, or leave the cell blank for 1"
            table.problem(row, "units", "a number above 0", "0", remedy)
        entry = OrderBin(value=values[row], orders=orders[row], units=units[row])
        if key >= ALL and product >= ALL:
            rows.setdefault((key, product), []).append(entry)
    _refuse_twice(table, list(zip(keys, named, values, orders, units, strict=True)))
    bins = {name: _speaking(rows, number, ALL) for number, name in enumerate(segments)}
    held = {
        name: {
            products[product]: sorted(found, key=lambda entry: entry.units)
            for product in dict.fromkeys(product for _, product in rows if product >= 0)
            if (found := _speaking(rows, number, product))
        }
        for number, name in enumerate(segments)
    }
    missing = [segment for segment in segments if not sum(entry.orders for entry in bins[segment])]
    if missing and whole_orders and not table.problems:
        remedy = "add rows with order values and orders per period"
        table.problem(None, "rows", "orders of every segment", f"none for {', '.join(missing)}", remedy)
    baskets = Baskets(
        bins={segment: tuple(sorted(found, key=lambda entry: entry.value)) for segment, found in bins.items()},
        quantities={
            segment: {product: tuple(found) for product, found in each.items()}
            for segment, each in held.items()
            if each
        },
    )
    return baskets, _own_rows_note(table, rows, segments, products)


def usable_baskets(table: CsvTable, *, needs_orders: bool) -> bool:
    """Check the header."""
    values = needs_orders or "product" not in table.columns
    required = ("segment", "order_value", "orders") if values else ("segment", "orders")
    return not table.problems and table.require(_COLUMNS, required)


def read_order_numbers(table: CsvTable, digits: int | None) -> tuple[list[float], list[float], list[float]]:
    """Read and check order value, orders and units of each row."""
    given = "order_value" in table.columns
    values = table.numbers("order_value", default=0.0, digits=digits) if given else [0.0] * len(table)
    orders, units = table.required_numbers("orders"), table.numbers("units", default=1.0)
    return (
        bounded(table, "order_value", values, HIGHEST_VALUE),
        bounded(table, "orders", orders, MOST_UNITS),
        bounded(table, "units", units, MOST_IN_ORDER),
    )


def _refuse_twice(table: CsvTable, entries: list[tuple[float, ...]]) -> None:
    """Refuse rows that say the same as an earlier one: their orders would count twice."""
    first: dict[tuple[float, ...], int] = {}
    known = [row for row, (segment, product, *_) in enumerate(entries) if segment >= ALL and product >= ALL]
    again = [row for row in known if first.setdefault(entries[row], row) != row]
    if again:
        more = f", and {len(again) - 1} more such rows" if len(again) > 1 else ""
        got = f"all that line {table.lines[first[entries[again[0]]]]} says again{more}"
        remedy = "delete one, or write their orders together in one row"
        table.problem(again[0], "row", "each row once", got, remedy)


def _speaking(rows: Rows, segment: int, product: int) -> list[OrderBin]:
    """Rows that speak for a segment (and product): its own, else those without a segment."""
    return rows.get((segment, product)) or rows.get((ALL, product), [])


def _own_rows_note(
    table: CsvTable, rows: Rows, segments: tuple[str, ...], products: tuple[str, ...]
) -> tuple[str, ...]:
    """Say for which segments rows without a segment do not speak."""
    own = {
        product: [name for number, name in enumerate(segments) if (number, product) in rows]
        for segment, product in rows
        if segment == ALL
    }
    told = [
        f"{', '.join(names)}{'' if product == ALL else f' ({products[product]})'}"
        for product, names in own.items()
        if names
    ]
    if not told:
        return ()
    return (
        f"rows of {table.title} without a segment do not count for segments with rows of their own: {'; '.join(told)}",
    )

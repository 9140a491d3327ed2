"""What single customers bought, for the comparison of those who were kept out with all others: one CSV or table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.flight.actuals import GROUPS, HOLDOUT, TREATED
from scenarios.grid import Grid
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.words import Layer
from scenarios.problems import InvalidInput, a_kind, did_you_mean, shown
from scenarios.tables.amounts import MOST_UNITS, bounded

COLUMNS = ("customer", "segment", "group", "offer", "product", "units", "before")
REQUIRED = ("segment", "group", "units")


@dataclass(frozen=True, kw_only=True, eq=False)
class CustomerGroup:
    """Customers of one segment, and of one offer and product where the file tells them apart."""

    segment: str
    offer: str | None
    product: str | None
    treated: Float
    """[N1] units of those whom offers could reach."""
    held: Float
    """[N0] units of those kept out."""
    before: tuple[Float, Float] | None
    """Units of both before the campaign; None where not told."""


def read_customer_outcomes(table: CsvTable, grid: Grid) -> tuple[CustomerGroup, ...]:
    """Read units by customer; rows of one customer, offer and product stand for themselves.

    Raises
    ------
    InvalidInput
        For missing columns, unknown ids, public offers, cells that are no numbers of at least 0, a past that only some
        have, customers told twice, and no customers.
    """
    if not table.problems and table.require(COLUMNS, REQUIRED, others=True) and not len(table):
        table.problem(None, "rows", "at least one customer", "none")
    if table.problems:
        raise InvalidInput(table.problems)
    units = bounded(table, "units", table.required_numbers("units"), MOST_UNITS)
    before = bounded(table, "before", table.numbers("before"), MOST_UNITS)
    known = {
        "segment": dict(grid.segment_index),
        "offer": {**grid.offer_index, "": -1},
        "product": {**grid.product_index, "": -1},
        "group": {GROUPS[TREATED]: TREATED, GROUPS[HOLDOUT]: HOLDOUT},
    }
    for column, words in known.items():
        for word in dict.fromkeys(table.texts(column)):
            if word not in words:
                row = table.texts(column).index(word)
                remedy = did_you_mean(word, [each for each in words if each])
                table.problem(
                    row, column, f"{a_kind(column)} that is known", shown(word) if word else "a blank", remedy
                )
    for offer in grid.scenario.offers:
        if offer.layer is Layer.PUBLIC and offer.id in table.texts("offer"):
            expected, remedy = "an offer that some are kept out of", "leave its rows out: everybody gets a public offer"
            table.problem(table.texts("offer").index(offer.id), "offer", expected, offer.id, remedy)
    _refuse_repeated(table)
    has_past = any(table.texts("before"))
    blank = [row for row, text in enumerate(table.texts("before")) if not text]
    if has_past and blank:  # nobody's past could be taken into account
        more = f" (and on {len(blank) - 1:,} more {'row' if len(blank) == 2 else 'rows'})" if len(blank) > 1 else ""
        remedy = "write 0 for who bought nothing before, or delete the column"
        table.problem(blank[0], "before", "units in every row, or in none", f"a blank{more}", remedy)
    if table.problems:
        raise InvalidInput(table.problems)
    groups: dict[tuple[str, str, str], tuple[list[int], list[int]]] = {}
    keys = zip(table.texts("segment"), table.texts("offer"), table.texts("product"), strict=True)
    for row, (key, group) in enumerate(zip(keys, table.texts("group"), strict=True)):
        groups.setdefault(key, ([], []))[known["group"][group]].append(row)
    sold, past = np.array(units), np.array(before)
    return tuple(
        CustomerGroup(
            segment=segment,
            offer=offer or None,
            product=product or None,
            treated=sold[rows[TREATED]],
            held=sold[rows[HOLDOUT]],
            before=(past[rows[TREATED]], past[rows[HOLDOUT]]) if has_past else None,
        )
        for (segment, offer, product), rows in groups.items()
    )


def _refuse_repeated(table: CsvTable) -> None:
    if "customer" not in table.columns:
        return
    seen: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(zip(table.texts("customer"), table.texts("offer"), table.texts("product"), strict=True)):
        if key in seen:
            got = f"{shown(key[0])} of line {table.lines[seen[key]]} again"
            table.problem(row, "customer", "each customer, offer and product once", got, "add the rows up")
            return
        seen[key] = row

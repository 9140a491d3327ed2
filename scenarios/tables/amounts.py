"""Amounts in tables of cells: nothing below zero, nothing beyond what can be meant, dust read as zero."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.language.text.csv_files import CsvTable

SMALLEST = 1e-9
"""What is smaller is read as 0: a millionth of what units are counted in."""
MOST_UNITS = 1e9
"""Of one product that a segment buys in a period; orders in a period."""
MOST_IN_ORDER = 1e6
"""Units of one order."""
HIGHEST_VALUE = 1e12
"""Of an order, in any currency."""
MOST_PER_USE = 1e9
"""Of a measure of one's own, in either direction."""


def bounded(table: CsvTable, column: str, values: Sequence[float], most: float, *, signed: bool = False) -> list[float]:
    """Return a column's numbers with dust as 0; every number out of bounds is a problem on its row.

    Parameters
    ----------
    most
        The largest number.
    signed
        Whether numbers below 0 may stand there, as far down as ``most`` is up.
    """
    least = -most if signed else 0.0
    for row, value in enumerate(values):
        if value < least:
            expected = f"a number of at least {least:,.0f}"
            table.problem(row, column, expected, f"{value:.15g}")
        elif value > most:
            table.problem(row, column, f"a number of at most {most:,.0f}", f"{value:.15g}")
    return [0.0 if abs(value) < SMALLEST else value for value in values]

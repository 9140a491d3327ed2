"""The columns of an actuals file, and how a slip in them is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scenarios.arrays import Int
from scenarios.language.text.csv_files import CsvTable

KEYS = ("date", "product", "segment", "group", "offer", "currency")
COUNTS = (
    "units",
    "uses",
    "contacts",
    "visitors",
    "buyers",
    "returns",
    "complaints",
    "unsubscribes",
    "survey_count",
    "stock_end",
    "customers",
)
"""Columns of whole numbers."""
AMOUNTS = ("revenue", "spend", "survey")
"""Columns of numbers with decimals."""
MEASURES = (*COUNTS, *AMOUNTS)
SCORES = frozenset(("survey",))
"""Those of them that are a few points, never thousands."""
SIGNED = frozenset(("spend",))
"""Those that may be below 0: see `actuals_spend`."""
REQUIRED = ("date", "product", "units", "revenue")


def tell(
    table: CsvTable, rows: Sequence[int] | Int, what: str, expected: str, got: Callable[[int], str], remedy: str = ""
) -> None:
    """Note one problem for all rows that have it: the first one is shown, the others are counted."""
    if len(rows):
        more = f" (and on {len(rows) - 1} more {'row' if len(rows) == 2 else 'rows'})" if len(rows) > 1 else ""
        first = int(rows[0])
        table.problem(first, what, expected, got(first) + more, remedy)

"""Cells of a column that hold no date, told as the one mistake that they are."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.language.slips.meant import date_remedy, day_or_month_first
from scenarios.language.text.csv_files import CsvTable
from scenarios.problems import shown

NO_DATE = "write year-month-day"
"""Remedy of a text that is a date in no way of writing."""


def tell_unread(table: CsvTable, column: str, rows: Sequence[int], expected: str) -> None:
    """Note cells of a table that cannot be read as dates: one problem for dates written otherwise, one for the rest.

    Parameters
    ----------
    rows
        Their rows, in order; the first of each kind is shown, the others are counted.
    """
    texts = table.texts(column)
    shows = day_or_month_first(texts)
    kinds: dict[bool, list[int]] = {}
    for row in rows:
        kinds.setdefault(date_remedy(texts[row]) == NO_DATE, []).append(row)
    for alike in kinds.values():
        first, others = alike[0], len(alike) - 1
        more = f" (and on {others} more {'row' if others == 1 else 'rows'})" if others else ""
        got = f"{shown(texts[first]) if texts[first] else 'a blank'}{more}"
        table.problem(first, column, expected, got, date_remedy(texts[first], shows))

"""CSV files rewritten as a spreadsheet of a country with decimal commas saves them."""

from __future__ import annotations

import csv
import io
import re

NAMES = frozenset(("id", "name", "category", "rivals", "vendor", "segment", "product", "offer", "group", "customer"))
"""Columns that no spreadsheet takes for numbers."""
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")


def decimal_comma(text: str, separator: str = ";") -> bytes:
    """Return a CSV file as such a spreadsheet writes it: mark of UTF-8, separator, day first, commas, line ends."""
    rows = list(csv.reader(io.StringIO(text)))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(rows[0])
    for row in rows[1:]:
        writer.writerow(cell if name in NAMES else _written(cell) for name, cell in zip(rows[0], row, strict=True))
    return out.getvalue().encode("utf-8-sig")


def _written(cell: str) -> str:
    return _DATE.sub(r"\3.\2.\1", _POINT.sub(",", cell))

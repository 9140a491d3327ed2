"""Dates with the year first as spreadsheets of East Asia and Hungary write them; no other order is ever taken."""

from __future__ import annotations

import datetime as dt
import re

COLUMNS = frozenset(("arrivals", "date", "first_day", "last_day", "last_sale", "period"))
"""Columns of dates; everywhere else such a text may be a name."""
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:"
    r"(?P<mark>[/.]) ?(?P<month>[0-9]{1,2})(?P=mark) ?(?P<day>[0-9]{1,2})\.?"
    r"|年(?P<month_>[0-9]{1,2})月(?P<day_>[0-9]{1,2})日)"
)
_PART = re.compile(r"[^;:]+")
"""A date or number of a cell: arrivals have several."""


def iso_date(text: str) -> str:
    """Return a date that has its year first as 2026-12-07; anything else, and days no calendar has, as it is.

    Examples
    --------
    >>> [iso_date(text) for text in ("2026/12/7", "2026. 12. 07.", "2026年12月7日")]
    ['2026-12-07', '2026-12-07', '2026-12-07']
    >>> iso_date("12/7/2026"), iso_date("2026/26/12"), iso_date("2026/12.07")
    ('12/7/2026', '2026/26/12', '2026/12.07')
    """
    found = _DATE.fullmatch(text)
    if found is None:
        return text
    try:
        return dt.date(
            int(found["year"]), int(found["month"] or found["month_"]), int(found["day"] or found["day_"])
        ).isoformat()
    except ValueError:
        return text


def write_dates_plainly(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """Write the dates of a table's columns as 2026-12-07, in place; columns that had others come back as they were."""
    changed: dict[str, list[str]] = {}
    for column in COLUMNS & columns.keys():
        cells = columns[column]
        written = {cell: _PART.sub(lambda part: _plain(part[0]), cell) for cell in dict.fromkeys(cells)}
        if any(cell != plain for cell, plain in written.items()):
            changed[column] = cells
            columns[column] = [written[cell] for cell in cells]
    return changed


def _plain(part: str) -> str:
    text = part.strip()
    found = iso_date(text)
    return part if found == text else found

"""Dates as everything here writes them, ``2026-11-01``, and in no other way that Python reads."""

from __future__ import annotations

import datetime as dt
import re

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_of(text: str) -> dt.date:
    """Read a date; ``20261101`` and ``2026-W44-7`` may be numbers of something else.

    Raises
    ------
    ValueError
        For any other form, and for days that no calendar has.
    """
    if _DAY.fullmatch(text) is None:
        raise ValueError(f"no date such as 2026-11-01: {text}")
    return dt.date.fromisoformat(text)

"""Weeks: from Monday to Sunday, counted from the calendar's first."""

from __future__ import annotations

import datetime as dt


def week_of(day: dt.date) -> int:
    """Return the number of a day's week; weeks start on Monday and are counted from the calendar's first."""
    return (day.toordinal() - 1) // 7


def monday_of(week: int) -> dt.date:
    """Return the first day of a week number (the inverse of `week_of`)."""
    return dt.date.fromordinal(week * 7 + 1)

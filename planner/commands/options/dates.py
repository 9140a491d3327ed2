"""Dates as options name them."""

from __future__ import annotations

import datetime as dt


def day_given(option: str, text: str | None) -> dt.date | None:
    """Read the day that an option names; None where it is not given.

    Raises
    ------
    InvalidInput
        For what is no date.
    """
    from scenarios.language.slips.meant import date_remedy
    from scenarios.plain_dates import day_of
    from scenarios.problems import InvalidInput, Problem

    if text is None:
        return None
    try:
        return day_of(text)
    except ValueError:
        expected, remedy = "a date such as 2026-11-05", date_remedy(text)
        raise InvalidInput([Problem(where=option, what="date", expected=expected, got=text, remedy=remedy)]) from None

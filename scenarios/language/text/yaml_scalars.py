"""What an unquoted YAML scalar means: a short list of forms, and everything that only looks like one is refused."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from scenarios.language.slips.meant import date_remedy
from scenarios.language.slips.point_numbers import Written

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_FALSE_FRIENDS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r"(?:yes|no|on|off)", re.IGNORECASE),
        "true, false or a quoted text",
        "YAML reads this word as true or false: write true or false, or put quotes around it",
    ),
    (
        re.compile(r"[+-]?\.?(?:nan|inf|infinity)", re.IGNORECASE),
        "a finite number",
        "write a number, or delete the key",
    ),
    (
        re.compile(r"[+-]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"),
        "a plain number or a quoted text",
        "YAML reads this as a number to base 60: put quotes around it",
    ),
    (
        re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
        "a number in plain digits",
        "write it without an exponent, such as 1000 for 1e3",
    ),
    (
        re.compile(r"[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|0[0-9_]+)"),
        "a decimal number or a quoted text",
        "write it in decimal digits without leading zeros, or put quotes around it",
    ),
    (
        re.compile(r"[+-]?[0-9]+(?:_[0-9]+)+(?:\.[0-9]*)?"),
        "a number in plain digits",
        "write it without underscores",
    ),
    (
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9].*"),
        "a date such as 2026-11-01",
        "leave out the time of day",
    ),
)
_NULLS = {"", "~", "null", "Null", "NULL"}
_TRUES = {"true", "True", "TRUE"}
_FALSES = {"false", "False", "FALSE"}


def resolve_scalar(text: str) -> Any:
    """Return the value of an unquoted YAML scalar: null, true/false, integer, decimal, date or text.

    Raises
    ------
    ValueError
        With (expected, remedy) as arguments, when YAML would read the text as something that people do not mean.
    """
    if text in _NULLS:
        return None
    if text in _TRUES:
        return True
    if text in _FALSES:
        return False
    for pattern, expected, remedy in _FALSE_FRIENDS:
        if pattern.fullmatch(text):
            raise ValueError(expected, remedy)
    if _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
        if len(text) > 20:
            raise ValueError("a number of at most 20 digits", "put quotes around it if it is a code")
        return int(text) if _INTEGER.fullmatch(text) else Written.read(text)
    date = _DATE.fullmatch(text)
    if date is not None:
        if len(text) != 10:
            raise ValueError("a date such as 2026-11-01", "write month and day with two digits")
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError("a date of the calendar", date_remedy(text)) from None
    return text

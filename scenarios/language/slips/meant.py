"""What was probably meant by a date, a range of dates or a whole number that is written otherwise: the remedy."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

_NUMBER = r"([0-9]{1,4})"
_PARTS = re.compile(rf"{_NUMBER}[-/.年 ]{_NUMBER}[-/.月 ]{_NUMBER}[日.]?")
_JOINED = re.compile(r"\s*(?:\.{2,}|…|-|–|—|/|:|\bto\b|\buntil\b|\bbis\b)\s*")
"""What people put between two dates."""
_SPREADSHEET = dt.date(1899, 12, 30)
"""Day 0 of spreadsheets."""
_SPACES = "[ _'\u00a0\u202f]"
_CURRENCY = r"(?:[^\W\d]{1,3}\.?|[€£$¥₹])"
_SPACED = re.compile(
    rf"(?:{_CURRENCY} ?)?([0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+)(?:[.,]([0-9]{{1,2}}))?(?: ?{_CURRENCY})?"
)
"""Digits in groups of three with spaces between, perhaps with decimals and a currency: ``1 069,90 zł``."""
_PERCENT = re.compile(
    r"([+-]?[0-9]+(?:[.,][0-9]+)?) ?"
    r"(?:proc(?:ent)?\.?|prozent|percent|per ?cent|pct\.?|por ?ciento|por ?cento|pour ?cent|per ?cento|perc\.?)",
    re.IGNORECASE,
)
"""A share whose sign is a word of English, Polish, Dutch, German, Spanish, Portuguese, French or Italian."""
_THOUSANDS = {"k": 1000, "m": 1_000_000}


def date_remedy(value: object, shows: tuple[str, str] | None = None) -> str:
    """Say how a date is written: exactly, where only one can be meant.

    Parameters
    ----------
    shows
        What `day_or_month_first` found in other dates of the column.

    Examples
    --------
    >>> date_remedy("09/11/2026", ("day", "16/11/2026"))
    'write 2026-11-09, because 16/11/2026 has the day first'
    >>> date_remedy("24.12.2026"), date_remedy("03/04/2026"), date_remedy("soon")
    ('write 2026-12-24', 'write 2026-03-04 or 2026-04-03, whichever is meant', 'write year-month-day')
    >>> date_remedy("2026-26-10"), date_remedy("2026-02-30")
    ('did you mean 2026-10-26?', 'check month and day')
    >>> date_remedy("46450")[:16]
    'write 2027-03-04'
    """
    text = str(value).strip()
    found = _readings(text)
    if re.fullmatch(r"[2-7][0-9]{4}", text):  # what a spreadsheet writes where the cell is no date
        day = _SPREADSHEET + dt.timedelta(days=int(text))
        return f"write {day} if the day number of a spreadsheet is meant: give the column the format of dates"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):  # no day of the calendar as it stands
        return f"did you mean {found[0]}?" if found else "check month and day"
    if not found:
        return "write year-month-day"
    if len(found) == 1:
        return f"write {found[0]}"
    if shows is not None:
        first, other = shows
        return f"write {found[first == 'day']}, because {other} has the {first} first"
    return f"write {found[0]} or {found[1]}, whichever is meant"


def day_or_month_first(texts: Iterable[str]) -> tuple[str, str] | None:
    """Whether dates with their year last have the ``day`` or the ``month`` first, and one that shows it.

    None where nothing shows it, and where some dates show one and some the other.

    Examples
    --------
    >>> day_or_month_first(["09/11/2026", "16/11/2026"]), day_or_month_first(["09/11/2026", "02/11/2026"])
    (('day', '16/11/2026'), None)
    """
    shown: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        found, readings = _PARTS.fullmatch(text.strip()), _readings(text.strip())
        if found is None or len(found[1]) == 4 or len(readings) != 1 or int(found[1]) == int(found[2]):
            continue
        shown.setdefault("day" if int(found[1]) == readings[0].day else "month", text)
    return next(iter(shown.items())) if len(shown) == 1 else None


def range_remedy(value: object) -> str:
    """Say how a range of dates, or one date, is written.

    Examples
    --------
    >>> range_remedy("2026-11-01 to 2026-11-03")
    'write 2026-11-01..2026-11-03'
    """
    text = str(value).strip()
    for joint in _JOINED.finditer(text):
        first, last = (_readings(part.strip()) for part in (text[: joint.start()], text[joint.end() :]))
        if len(first) == len(last) == 1 and first[0] <= last[0]:
            return f"write {first[0]}..{last[0]}"
    return date_remedy(value)


def whole_remedy(value: object) -> str:
    """Say what to write for a whole number that is a text: ``"14"``, ``18 000``, ``18k`` or ``300 units``.

    Examples
    --------
    >>> whole_remedy("18 000"), whole_remedy("300 units"), whole_remedy("many")
    ('write 18000', 'write 300', '')
    """
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if re.fullmatch(r"[0-9]{1,15}", text):
        return f"write {int(text)} without quotes"
    if re.fullmatch(r"[0-9]{1,3}(?:[ _'\u00a0\u202f][0-9]{3})+", text):
        return f"write {re.sub(r'[^0-9]', '', text)}"
    short = re.fullmatch(r"([0-9]{1,9}) ?([kKmM])", text)
    if short is not None:
        return f"write {int(short[1]) * _THOUSANDS[short[2].lower()]}"
    counted = re.fullmatch(r"([0-9]{1,9}) ?(?:periods?|units?|pieces?|customers?|pcs)", text)
    if counted is not None:
        return f"write {int(counted[1])}"
    length = re.fullmatch(r"[0-9]{1,9} ?(?:d|days?|w|weeks?)", text)
    return "write how many periods that is, as a bare number" if length is not None else ""


def spaced_remedy(value: object) -> str:
    """Say what to write for an amount whose thousands are told apart by spaces; nothing for any other text.

    Examples
    --------
    >>> spaced_remedy("120 000"), spaced_remedy("1 069,90 zł"), spaced_remedy("12 34")
    ('write 120000', 'write 1069.90', '')
    """
    found = _SPACED.fullmatch(str(value).strip())
    if found is None:
        return ""
    return f"write {re.sub(_SPACES, '', found[1])}{'.' + found[2] if found[2] else ''}"


def percent_remedy(value: object) -> str:
    """Say what to write for a share with a word for its sign; nothing for any other text.

    Examples
    --------
    >>> percent_remedy("55 proc."), percent_remedy("12,5 Prozent"), percent_remedy("half")
    ('write 55%', 'write 12.5%', '')
    """
    found = _PERCENT.fullmatch(str(value).strip())
    return "" if found is None else f"write {found[1].replace(',', '.')}%"


def _readings(text: str) -> list[dt.date]:
    """Dates that a text may mean, the month first where day and month may be turned round; none where it is none."""
    if re.fullmatch(r"[0-9]{8}", text):
        return _calendar((text[:4], text[4:6], text[6:]))
    found = _PARTS.fullmatch(text)
    if found is None:
        return []
    if len(found[1]) == 4:
        return _calendar((found[1], found[2], found[3])) or _calendar((found[1], found[3], found[2]))
    if len(found[3]) != 4:
        return []
    orders = [(found[3], found[2], found[1])]
    if "/" in text or "-" in text:  # a point stands behind the day; other signs are used both ways
        orders.insert(0, (found[3], found[1], found[2]))
    return list(dict.fromkeys(day for order in orders for day in _calendar(order)))


def _calendar(parts: tuple[str, str, str]) -> list[dt.date]:
    try:
        return [dt.date(*(int(part) for part in parts))]
    except ValueError:
        return []

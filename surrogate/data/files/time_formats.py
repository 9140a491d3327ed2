"""How times of a file are written (``time_format``), and which format reads those that are written otherwise."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator

from scenarios.language.values import refused

_DATES = (
    *("%d.%m.%Y", "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y年%m月%d日"),
    *("%d.%m.%y", "%m/%d/%y", "%d/%m/%y"),
)
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
_JOINTS = (" ", "T", ", ")
_LETTERS = {
    "YYYY": "%Y",
    "yyyy": "%Y",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "dd": "%d",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
}
"""How other programs write the parts of a time."""


def _usable(style: str) -> str:
    """Return a format that can read times, as it is.

    Raises
    ------
    PydanticCustomError
        For a format without a part of a time in it, with an unknown one, or with one twice.
    """
    try:
        pd.to_datetime(pd.Series(["none"]), format=style, errors="coerce")
        known = re.search("%[a-zA-Z]", style.replace("%%", "")) is not None
    except (ValueError, re.error):  # what pandas says of an unknown letter, and of one that stands twice
        known = False
    if known:
        return style
    meant = re.sub("|".join(_LETTERS), lambda part: _LETTERS[part[0]], style)
    remedy = f"write '{meant}'" if meant != style and "%" not in style else "%d is the day, %m the month, %Y the year"
    raise refused("how times are written, such as %d.%m.%Y %H:%M", remedy=remedy)


TimeFormat = Annotated[str, AfterValidator(_usable)]
"""How times are written, by the letters of Python's ``strptime``."""


def format_remedy(texts: Sequence[str]) -> str:
    """Return what to write for times that nobody can read yet; nothing where no usual way reads the first of them.

    Day and month may be turned round: of formats that read the first, those stand there that read most of all texts.

    Examples
    --------
    >>> format_remedy(["24.12.2026 18:30"])
    "write time_format: '%d.%m.%Y %H:%M' beside the file"
    >>> format_remedy(["09/06/25", "09/16/25"])
    "write time_format: '%m/%d/%y' beside the file"
    >>> format_remedy(["03/04/2026 1:05 PM"])
    "write time_format: '%m/%d/%Y %I:%M %p' or '%d/%m/%Y %I:%M %p', whichever it is, beside the file"
    """
    best, _ = _formats(texts)
    if not best:
        return ""
    which = ", whichever it is," if len(best) > 1 else ""
    return f"write time_format: {' or '.join(map(repr, best))}{which} beside the file"


def reads_all(texts: Sequence[str]) -> bool:
    """Whether some usual way of writing times reads every one of them.

    Examples
    --------
    >>> reads_all(["13/05/2026", "03/04/2026"]), reads_all(["13/05/2026", "2026-04-03"])
    (True, False)
    """
    return _formats(texts)[1] == len(texts)


def is_time(text: str) -> bool:
    """Whether a text is a time in some usual way of writing, among them year-month-day.

    Examples
    --------
    >>> is_time("05.01.2026 09:00"), is_time("2026-01-05"), is_time("30.02.2026"), is_time("soon")
    (True, True, False, False)
    """
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return bool(_formats([text])[0])
    return True


def _formats(texts: Sequence[str]) -> tuple[list[str], int]:
    """Return the usual formats that read the first text and most of all texts, and how many they read."""
    clocks = ["", *(joint + clock for joint in _JOINTS for clock in _CLOCKS)]
    styles = [day + clock for day in _DATES for clock in clocks if _reads(texts[0], day + clock)]
    if not styles:
        return [], 0
    column = pd.Series(list(texts))
    read = [int(pd.to_datetime(column, format=style, errors="coerce").notna().sum()) for style in styles]
    return [style for style, count in zip(styles, read, strict=True) if count == max(read)], max(read)


def _reads(text: str, style: str) -> bool:
    try:
        dt.datetime.strptime(text, style)
    except ValueError:
        return False
    return True

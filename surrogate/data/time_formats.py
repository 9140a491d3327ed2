"""Which ``time_format`` reads the times of a file that are written otherwise: the remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

_DATES = (
    *("%d.%m.%Y", "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y年%m月%d日"),
    *("%d.%m.%y", "%m/%d/%y", "%d/%m/%y"),
)
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
_JOINTS = (" ", "T", ", ")


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
    clocks = ["", *(joint + clock for joint in _JOINTS for clock in _CLOCKS)]
    styles = [day + clock for day in _DATES for clock in clocks if _reads(texts[0], day + clock)]
    if not styles:
        return ""
    column = pd.Series(list(texts))
    read = [int(pd.to_datetime(column, format=style, errors="coerce").notna().sum()) for style in styles]
    best = [repr(style) for style, count in zip(styles, read, strict=True) if count == max(read)]
    which = ", whichever it is," if len(best) > 1 else ""
    return f"write time_format: {' or '.join(best)}{which} beside the file"


def _reads(text: str, style: str) -> bool:
    try:
        dt.datetime.strptime(text, style)
    except ValueError:
        return False
    return True

"""Single cells of CSV files as numbers, shares and plain values."""

from __future__ import annotations

import math
import re
from typing import Any

from scenarios.language.values import parse_share
from scenarios.plain_digits import has_foreign_digits


def number_of(text: str) -> float:
    """Return a cell as a finite number.

    Raises
    ------
    ValueError
        For anything else.
    """
    if has_foreign_digits(text):
        raise ValueError(text)
    value = float(text)
    if not math.isfinite(value) or "_" in text:
        raise ValueError(text)
    return value


def share_of(text: str) -> float:
    """Return a cell as a share: ``18%``, or a plain number; raises as `number_of`.

    Raises
    ------
    ValueError
        As `number_of`.
    """
    if text.endswith("%"):
        try:
            return parse_share(text)
        except Exception as error:
            raise ValueError(text) from error
    return number_of(text)


def plain_value(text: str) -> Any:
    """Return a CSV cell as the scenario file would hold it: a whole number, a decimal, or text.

    Programs write the whole numbers of a column with blanks as ``450.0``; people write 450 thousand as ``450.000``.
    """
    try:
        number = number_of(text)
    except ValueError:
        return text
    whole = re.fullmatch(r"([+-]?[0-9]+)(?:\.0)?", text)
    return int(whole[1]) if whole else number

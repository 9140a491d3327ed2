"""Last digits of prices: 9, or 99 and 49."""

from __future__ import annotations

from typing import Any

from scenarios.language.values import refused


def price_endings(value: Any) -> Any:
    """Read last digits as text, so that 0 may lead; the schema's own checks say what else is wrong.

    Raises
    ------
    PydanticCustomError
        For numbers that are not whole ones of at least 0, and for an empty list.
    """
    if value is None:
        return None
    read = []
    for each in value if isinstance(value, list | tuple) else (value,):
        digits = str(each) if isinstance(each, int) and not isinstance(each, bool) else each
        if not (isinstance(digits, str) and digits.lstrip(".").isascii() and digits.lstrip(".").isdigit()):
            cents = str(each).partition(".")[2]
            remedy = f'write "{cents}"' if cents.isdigit() else ""
            raise refused('last digits of prices, such as [9] or ["99", "49"]', got=f"{each}", remedy=remedy)
        read.append(digits.lstrip("."))
    if not read:
        raise refused('last digits of prices, such as [9] or ["99", "49"]', got="none")
    return read

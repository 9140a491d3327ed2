"""Numbers with a point before three digits, ``350.000``: thousands to half of Europe, decimals to the other half."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

BOTH_WAYS = r"^\s*[+-]?[1-9][0-9]{0,2}\.[0-9]{3}\s*$"
"""Thousands, or three decimals."""
_BOTH = re.compile(BOTH_WAYS)
_ENDS_IN_ZERO = re.compile(r"[+-]?[0-9]+\.[0-9]{2,}0")


class Written(float):
    """A decimal number that remembers how it is written: of 350.000 the number itself keeps no zeros."""

    text: str

    @classmethod
    def read(cls, text: str) -> float:
        """Return a number, with its text where that tells what the number alone does not."""
        if not _ENDS_IN_ZERO.fullmatch(text):
            return float(text)
        number = cls(text)
        number.text = text
        return number


def read_both_ways(value: Any) -> str:
    """Return the text of an amount whose point may separate thousands or mark decimals; nothing of any other."""
    text = value.text if isinstance(value, Written) else value
    text = str(text) if isinstance(text, str | float) else ""
    return text.strip() if _BOTH.fullmatch(text) else ""


def one_way(text: str, digits: int) -> str:
    """Say how to write such an amount in one way or the other, in a currency with so many digits.

    Examples
    --------
    >>> one_way("350.000", 2), one_way("2.499", 2), one_way("12.340", 2)
    ('write 350000 or 350', 'write 2499 or 2.50', 'write 12340 or 12.34')
    """
    decimal = Decimal(text).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    whole = decimal.to_integral_value()
    return f"write {text.replace('.', '')} or {whole if decimal == whole else decimal}"


def decimals_by_others(texts: list[str]) -> bool:
    """Whether other cells of a column show that their points mark decimals: ``12.50`` or ``1249.500`` among them."""
    return any("." in text and not _BOTH.fullmatch(text) for text in texts)


def without_zeros(text: str) -> str:
    """Return a decimal number without the zeros at its end, so that 19.900 beside 12.50 is 19.9."""
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"[+-]?[0-9]+\.[0-9]+", text) else text

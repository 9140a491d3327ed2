"""What price tags show: whole minor units. Rules on prices judge tags, and bear less than half a minor unit.

A tag shows a price rounded to the currency's minor unit, halves up (30 % off 498 yen: 349, not 348.6). A bound that
comes out of a share (5 % below the lowest price, unit cost and 5 %) need not be a price that any tag can show: whoever
is nearer to it than half a minor unit keeps the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from scenarios.currency import minor_digits
from scenarios.rounding import to_decimal

_DUST = 1e-6
"""Of a minor unit: what sums of floats may lack to a half."""
_FURTHER = 6
"""Digits that figures may get beyond the usual to read otherwise than each other."""


def tag(price: Any, code: str) -> Any:
    """What a price tag shows of prices, one or an array: the nearest minor unit of the currency, halves up."""
    unit = 10.0 ** minor_digits(code)
    return np.floor(price * unit + (0.5 + _DUST)) / unit


def tag_amount(price: Decimal | float, code: str) -> Decimal:
    """The same of one price, with the currency's own digits, as it is printed."""
    digits = minor_digits(code)
    return to_decimal(round(float(tag(float(price), code)) * 10**digits), digits)


def borne(code: str) -> float:
    """What a price may lack to a bound: less than half a minor unit."""
    return (0.5 - _DUST) * 10.0 ** -minor_digits(code)


def money_apart(found: float, needed: float, code: str) -> tuple[str, str]:
    """Write a price and what it should be, with as many digits as it takes to tell them apart."""
    digits = minor_digits(code)
    return _apart(found, needed, lambda amount, more: f"{amount:.{digits + more}f}")


def shares_apart(found: float, needed: float) -> tuple[str, str]:
    """Write two shares in percent, with as many digits as it takes to tell them apart."""
    return _apart(found, needed, lambda share, more: f"{share:.{1 + more}%}")


def _apart(found: float, needed: float, write: Callable[[float, int], str]) -> tuple[str, str]:
    for more in range(_FURTHER):
        texts = write(found, more), write(needed, more)
        if texts[0] != texts[1]:
            break
    return texts

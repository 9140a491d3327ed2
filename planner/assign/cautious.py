"""Amounts rounded away from promising too much."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from constraints.assign.exact import NOISE


def rounded(amount: float, digits: int, *, up: bool) -> Decimal:
    """Round an amount to a currency's digits, away from promising too much; what sums err by is no cent.

    Raises
    ------
    ValueError
        For what is no finite number.
    """
    if not math.isfinite(amount):
        raise ValueError(f"no amount: {amount}")
    noise = NOISE * max(1.0, abs(amount))
    return Decimal(repr(amount - noise if up else amount + noise)).quantize(
        Decimal(1).scaleb(-digits), ROUND_CEILING if up else ROUND_FLOOR
    )

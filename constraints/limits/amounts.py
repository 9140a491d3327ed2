"""Numbers of limits as people write them, rounded to the safe side."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from scenarios.answer.sums import COUNTS

SHARES = ("margin_rate", "share")
"""Words of what is written in percent: a margin rate, and a share of another measure."""


def amount(measure: str, number: float | Decimal, *, up: bool = True) -> str:
    """Write a number as people do: ``841,200``, ``12.50``, ``8.25%``; rounded up or down."""
    rounded = amount_number(measure, number, up=up)
    if measure in SHARES:
        return f"{(100 * rounded).normalize():f}%"
    if measure == "roi":
        return f"{rounded.normalize():f}"
    return f"{rounded:,}".removesuffix(".00")


def amount_number(measure: str, number: float | Decimal, *, up: bool = True) -> Decimal:
    """Round a number as `amount` writes it: counts whole, money to the cent, shares to the hundredth of a percent."""
    exact = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
    fine = measure in SHARES or measure == "roi"
    digits = Decimal("0.0001") if fine else Decimal(1) if measure in COUNTS else Decimal("0.01")
    return exact.quantize(digits, ROUND_CEILING if up else ROUND_FLOOR)

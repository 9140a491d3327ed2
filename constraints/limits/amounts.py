"""Numbers of limits as people write them, rounded to the safe side."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from scenarios.answer.sums import COUNTS

SHARES = ("margin_rate", "share")
"""Words of what is written in percent: a margin rate, and a share of another measure."""


def amount(measure: str, number: float | Decimal, *, money_digits: int = 2, up: bool = True) -> str:
    """Write a number as people do: ``841,200``, ``12.50``, ``8.25%``; rounded up or down."""
    rounded = amount_number(measure, number, money_digits=money_digits, up=up)
    if measure in SHARES:
        return f"{(100 * rounded).normalize():f}%"
    if measure == "roi":
        return f"{rounded.normalize():f}"
    return f"{rounded:,.0f}" if rounded == rounded.to_integral_value() else f"{rounded:,}"


def bound_text(measure: str, bound: float | Decimal, *, money_digits: int = 2) -> str:
    """Write a bound as it was asked for: rounded, it would be another one (at most 0.001 is not at most 0.01)."""
    exact = bound if isinstance(bound, Decimal) else Decimal(repr(float(bound)))
    if amount_number(measure, exact, money_digits=money_digits) == exact:
        return amount(measure, exact, money_digits=money_digits)
    return f"{(100 * exact).normalize():f}%" if measure in SHARES else f"{exact.normalize():,f}"


def amount_number(measure: str, number: float | Decimal, *, money_digits: int = 2, up: bool = True) -> Decimal:
    """Round a number as `amount` writes it: counts whole, money to its own digits, shares to 0.01 %."""
    exact = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
    fine = measure in SHARES or measure == "roi"
    digits = Decimal("0.0001") if fine else Decimal(1) if measure in COUNTS else Decimal(1).scaleb(-money_digits)
    return exact.quantize(digits, ROUND_CEILING if up else ROUND_FLOOR) + 0  # no "-0"

"""Numbers of limits as people write them, rounded to the safe side."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from scenarios.language.words import COUNTS

SHARES = ("margin_rate", "share")
"""Words of what is written in percent: a margin rate, and a share of another measure."""
_NOISE, _NOISE_SHARE = 1e-9, 1e-12
"""What sums of float64 differ by from a figure that is meant, in its last digit's units and as a share of it: four
quarters of a line may come to 0.9999999999999998 lines, which is one line and not none."""
_FURTHER = 6
"""Digits that a use may get beyond the usual, to read otherwise than its bound."""


def amount(measure: str, number: float | Decimal, *, money_digits: int = 2, up: bool = True) -> str:
    """Write a number as people do: ``841,200``, ``12.50``, ``8.25%``; rounded up or down."""
    return _text(measure, amount_number(measure, number, money_digits=money_digits, up=up))


def use_text(
    measure: str, used: float | Decimal, bound: float | Decimal, *, money_digits: int = 2, up: bool = True
) -> str:
    """Write a use beside a bound that it breaks, above it or below: the nearest figure that is not the bound's.

    One use reads the same beside a floor and a ceiling, unless it lies within half a digit of one of them.
    """
    exact, limit = _decimal(used), _decimal(bound)
    for more in range(_FURTHER + 1):
        rounded = exact.quantize(_place(measure, money_digits).scaleb(-more), ROUND_HALF_EVEN) + 0
        if rounded > limit if up else rounded < limit:
            return _text(measure, rounded)
    return amount(measure, exact, money_digits=money_digits, up=up)


def bound_text(measure: str, bound: float | Decimal, *, money_digits: int = 2) -> str:
    """Write a bound as it was asked for: rounded, it would be another one (at most 0.001 is not at most 0.01)."""
    exact = _decimal(bound)
    if amount_number(measure, exact, money_digits=money_digits) == exact:
        return amount(measure, exact, money_digits=money_digits)
    return f"{(100 * exact).normalize():f}%" if measure in SHARES else f"{exact.normalize():,f}"


def amount_number(measure: str, number: float | Decimal, *, money_digits: int = 2, up: bool = True) -> Decimal:
    """Round a number as `amount` writes it: counts whole, money to its own digits, shares to 0.01 %.

    What differs from such a figure by no more than the noise of a float sum is that figure, whichever side is safe.
    """
    place, exact = _place(measure, money_digits), _decimal(number)
    nearest = exact.quantize(place, ROUND_HALF_EVEN)
    if not isinstance(number, Decimal) and abs(exact - nearest) <= _noise(exact, place):
        return nearest + 0  # no "-0"
    return exact.quantize(place, ROUND_CEILING if up else ROUND_FLOOR) + 0


def _noise(exact: Decimal, place: Decimal) -> Decimal:
    return Decimal(_NOISE) * place + Decimal(_NOISE_SHARE) * abs(exact)


def _place(measure: str, money_digits: int) -> Decimal:
    """Value of the last digit that an amount is written with."""
    if measure in SHARES or measure == "roi":
        return Decimal("0.0001")
    return Decimal(1) if measure in COUNTS else Decimal(1).scaleb(-money_digits)


def _decimal(number: float | Decimal) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(repr(float(number)))


def _text(measure: str, rounded: Decimal) -> str:
    if measure in SHARES:
        return f"{(100 * rounded).normalize():f}%"
    if measure == "roi":
        return f"{rounded.normalize():f}"
    return f"{rounded:,.0f}" if rounded == rounded.to_integral_value() else f"{rounded:,}"

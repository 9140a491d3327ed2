"""Units that a vendor is billed for, with digits enough that a claim can be computed again from its own row."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from scenarios.rounding import UNIT_DIGITS

MOST_DIGITS = 12
"""Digits of units that are written at most: as many as the dearest unit of any currency needs."""


def claimed_units(
    kept: Decimal, per_unit: Decimal, *, amount: Decimal, other: Decimal, digits: int, rows: int
) -> Decimal:
    """Return the units that ``per_unit`` is paid for, so that it times them, and all else, is the amount.

    The account pays for unrounded units and tells them in 1/1000: at 600 a unit, a thousandth of a unit is 0.60.

    Parameters
    ----------
    kept
        Units that are not returned, of those that the account tells.
    amount, other
        Of the claim, in major units, and what of it is not paid by the unit.
    digits
        Of the currency's minor unit.
    rows
        Segments that the claim adds up, each rounded by itself.

    Returns
    -------
    Decimal
        With three digits where these are enough, else with as few as are. What differs by more than rounding allows
        stays as the account tells it.
    """
    minor, by_unit = Decimal(1).scaleb(-digits), amount - other
    told = kept.quantize(Decimal(1).scaleb(-UNIT_DIGITS), rounding=ROUND_HALF_EVEN)
    rounding = rows * (Decimal(1).scaleb(-UNIT_DIGITS) + 2 * minor / per_unit)
    if abs(by_unit / per_unit - told) > rounding:
        return told
    for places in range(UNIT_DIGITS, MOST_DIGITS + 1):
        units = told if places == UNIT_DIGITS else (by_unit / per_unit).quantize(Decimal(1).scaleb(-places))
        if (units * per_unit + other).quantize(minor, rounding=ROUND_HALF_EVEN) == amount:
            return units
    return told

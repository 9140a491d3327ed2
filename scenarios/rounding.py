"""Rounding: the one place where amounts become integers (units in 1/1000, money in minor units of the currency)."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np

from scenarios.arrays import Float, Int

UNIT_DIGITS = 3
"""Digits that units, orders, uses and contacts are kept with."""
RATIO_DIGITS = 6
"""Digits that shares and ratios are printed with."""
_NOISE = 1e-14
"""Relative error that sums of a few dozen float64 terms may carry."""
_MOST = 2.0**63
"""First amount that no integer of 64 bits holds; NumPy would make something else of it without a word."""


def scaled(amounts: Float | float, digits: int) -> Int:
    """Round amounts to ``digits`` decimals, half to even, and return them as integers of that size.

    Amounts that differ by less than the noise of float64 from a half are halves, so that the order in which sums were
    formed does not decide.

    Raises
    ------
    ValueError
        For what is no number, and what no integer of 64 bits holds.
    """
    wide = np.asarray(amounts, dtype=np.float64) * float(10**digits)
    if not (np.abs(wide) < _MOST).all():
        raise ValueError(f"expected amounts below 2^63 units of 10^-{digits}, got {np.abs(wide).max():g}")
    below = np.floor(wide)
    half = np.abs(wide - below - 0.5) <= _NOISE * np.maximum(1.0, np.abs(wide))
    even = below + np.mod(below, 2.0)
    return np.where(half, even, np.rint(wide)).astype(np.int64)


def units(amounts: Float | float) -> Int:
    """Round units, orders, uses or contacts to 1/1000."""
    return scaled(amounts, UNIT_DIGITS)


def minor(amount: Decimal, digits: int) -> int:
    """Round an exact amount of money to minor units, half to even."""
    return int(amount.scaleb(digits).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def to_decimal(amount: int, digits: int) -> Decimal:
    """Return an integer amount as a decimal number with its own digits."""
    return Decimal(int(amount)).scaleb(-digits)


def exact_to_decimal(amount: Fraction, digits: int) -> Decimal:
    """Round an exact fraction to ``digits`` decimals, half to even."""
    return to_decimal(round(amount * 10**digits), digits)


def ratio_down(part: int, whole: int) -> float:
    """Divide integers exactly and round down to `RATIO_DIGITS` decimals, as a limit's `min` is held to."""
    scale: int = 10**RATIO_DIGITS
    return part * scale // whole / scale


def split(total: int, weights: Float) -> Int:
    """Split an integer over weights by largest remainder: parts add up to ``total``, each within one of its share.

    Equal remainders are served in order. Weights are taken as they are written (0.7 is seven tenths) and divided
    exactly, so that no noise of float64 decides who is served. They must be non-negative and not all zero.

    Raises
    ------
    ValueError
        For negative weights, and weights that are all 0.
    """
    if not (weights.sum() > 0 and (weights >= 0).all()):
        raise ValueError(f"expected weights of at least 0 with a positive sum, got {weights}")
    if len(weights) == 1:
        return np.array([total], dtype=np.int64)
    written = [Fraction(repr(weight)) for weight in np.asarray(weights, dtype=np.float64).tolist()]
    scale = math.lcm(*(weight.denominator for weight in written))
    whole = [weight.numerator * (scale // weight.denominator) for weight in written]
    shares = [divmod(total * weight, sum(whole)) for weight in whole]
    parts = [part for part, _ in shares]
    order = sorted(range(len(parts)), key=lambda place: -shares[place][1])
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return np.array(parts, dtype=np.int64)

"""Verdicts on limits: use against bound, exactly."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constraints.limit_entries import LimitEntry
from scenarios.cells import Account
from scenarios.futures import at_risk
from scenarios.plan import LimitResult
from scenarios.rounding import to_decimal
from scenarios.scope import Scope
from scenarios.summary import RATIO_DIGITS
from scenarios.sums import digits_of, margin_rate, measured
from scenarios.words import Measure

Float = NDArray[np.float64]

BINDING = Decimal("0.01")
"""A limit of which less than this share is left binds."""
_DUST = 1e-6
"""Units and money below this are noise of float64 sums, not use."""


def judge(entry: LimitEntry, book: Account, draws: Float) -> LimitResult:
    """Compare exactly: use in integers, the bound as the fraction that was written."""
    measure, where, share = entry.measure, entry.limit.where, entry.limit.at_risk
    bound, sense = Fraction(entry.bound), entry.sense
    risky = None
    if measure is Measure.MARGIN_RATE:
        exact, digits = margin_rate(book, where), RATIO_DIGITS
        if share is not None:
            rate = np.divide(draws[:, 0], draws[:, 1], out=np.zeros(len(draws)), where=draws[:, 1] > 0)
            risky = safe_side(at_risk(rate, sense, share), sense, digits)
        used = _cut(exact, sense, digits)
    else:
        digits = digits_of(measure, book.digits)
        amount = measured(book, measure, where)
        exact, used = Fraction(amount, 10**digits), to_decimal(amount, digits)
        if share is not None:
            risky = safe_side(at_risk(draws[:, 0], sense, share), sense, digits)
    return result(
        id=entry.id,
        measure=str(measure),
        scope=scope_data(where),
        sense=sense,
        limit=_with_digits(entry.bound, digits),
        used=used,
        used_at_risk=risky,
        at_risk=share,
        ok=exact <= bound if sense == "max" else exact >= bound,
        at=None,
    )


def result(
    *,
    limit: Decimal,
    used: Decimal,
    used_at_risk: Decimal | None,
    sense: str,
    ok: bool,
    **rest: Any,
) -> LimitResult:
    """Make the result of a limit: what is left, by the use that decides, and whether that is enough."""
    sign = 1 if sense == "max" else -1
    deciding = used if used_at_risk is None else sign * max(sign * used, sign * used_at_risk)
    headroom = sign * (limit - deciding)
    return LimitResult(
        limit=limit,
        used=used,
        used_at_risk=used_at_risk,
        sense=sense,
        headroom=headroom,
        binding=headroom <= BINDING * abs(limit),
        ok=ok and (used_at_risk is None or sign * (limit - used_at_risk) >= 0),
        shadow_price=None,
        **rest,
    )


def _with_digits(amount: Decimal, digits: int) -> Decimal:
    """Write an amount with at least ``digits`` digits, and with all its own."""
    exponent = amount.as_tuple().exponent
    return amount if isinstance(exponent, int) and -exponent >= digits else amount.quantize(Decimal(1).scaleb(-digits))


def safe_side(value: float, sense: str, digits: int) -> Decimal:
    """Round a float use to the side on which a limit is harder to keep; dust is no use."""
    rounding, dust = (ROUND_CEILING, -_DUST) if sense == "max" else (ROUND_FLOOR, _DUST)
    place = Decimal(1).scaleb(-digits)
    return Decimal(repr(value + dust * 10.0**-digits)).quantize(place, rounding=rounding) + 0


def _cut(value: Fraction, sense: str, digits: int) -> Decimal:
    """Round an exact ratio to the side on which a limit is harder to keep."""
    scaled = value * 10**digits
    return to_decimal(-(-scaled.numerator // scaled.denominator) if sense == "max" else scaled.__floor__(), digits)


def scope_data(scope: Scope) -> dict[str, Any]:
    """Return the keys of a scope that are given, as plain data."""
    data = scope.model_dump(mode="json", exclude_none=True)
    if scope.periods is not None:
        data["periods"] = [f"{span.first}..{span.last}" for span in scope.periods]
    return data

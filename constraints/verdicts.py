"""Verdicts on limits: use against bound, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.cells import Account
from scenarios.coefficients import Coefficients
from scenarios.futures import at_risk
from scenarios.plan import LimitResult
from scenarios.rounding import to_decimal
from scenarios.schema import Limit
from scenarios.scope import Scope
from scenarios.summary import RATIO_DIGITS
from scenarios.sums import digits_of, margin_rate, measured
from scenarios.words import Measure

Float = NDArray[np.float64]

BINDING = Decimal("0.01")
"""A limit of which less than this share is left binds."""
_DUST = 1e-6
"""Units and money below this are noise of float64 sums, not use."""


@dataclass(frozen=True, kw_only=True)
class LimitEntry:
    """A limit with the id it is reported under."""

    id: str
    limit: Limit

    @property
    def measure(self) -> Measure | str:
        """What it bounds; a text names a custom measure."""
        return Measure.read(self.limit.measure)

    @property
    def sense(self) -> str:
        """``max`` or ``min``."""
        return "max" if self.limit.max is not None else "min"

    @property
    def bound(self) -> Decimal:
        """The bound as written."""
        return self.limit.max if self.limit.max is not None else self.limit.min or Decimal(0)

    @property
    def drawn(self) -> tuple[Measure | str, ...]:
        """Measures that futures are needed of."""
        if self.limit.at_risk is None:
            return ()
        return (Measure.MARGIN, Measure.REVENUE) if self.measure is Measure.MARGIN_RATE else (self.measure,)


def written_and_implied(model: Coefficients) -> tuple[LimitEntry, ...]:
    """Limits of a scenario in its order, then vendors' funds (``fund:ID``) and stocks of gifts (``gift:ID``).

    Raises
    ------
    ValueError
        For a limit on a word that is no measure.
    """
    scenario = model.grid.scenario
    entries = [LimitEntry(id=limit.id, limit=limit) for limit in scenario.limits]
    for vendor in scenario.vendors:
        if vendor.fund is not None:
            fund = Limit(id=vendor.id, measure="vendor_funding", max=vendor.fund, where=Scope(vendor=vendor.id))
            entries.append(LimitEntry(id=f"fund:{vendor.id}", limit=fund))
    for gift in scenario.gifts:
        offers = tuple(offer.id for offer in scenario.offers if offer.gift == gift.id)
        if gift.stock is not None and offers:
            stock = Limit(id=gift.id, measure="gifts", max=Decimal(gift.stock), where=Scope(offers=offers))
            entries.append(LimitEntry(id=f"gift:{gift.id}", limit=stock))
    for entry in entries:
        if not isinstance(entry.measure, Measure) and entry.measure not in model.grid.custom:
            raise ValueError(f"limit {entry.id}: {entry.measure} is no measure of the scenario")
    return tuple(entries)


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

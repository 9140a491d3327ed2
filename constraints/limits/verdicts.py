"""Verdicts on limits: use against bound, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from constraints.limits.draws import Drawn
from constraints.limits.entries import LimitEntry, LimitRow
from scenarios.answer.cells import Account
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import digits_of, measured
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Float, Int
from scenarios.futures.outcomes import at_risk
from scenarios.language.schema import Limit
from scenarios.language.scope import Scope
from scenarios.rounding import RATIO_DIGITS, to_decimal

BINDING = Decimal("0.01")
"""A limit of which less than this share is left binds."""
_DUST = 1e-6
"""Units and money below this are noise of float64 sums, not use."""


@dataclass(frozen=True, kw_only=True)
class _RowUse:
    """One row of a limit, exactly."""

    at: str | None
    used: Fraction
    """Use, or the ratio."""
    ok: bool
    part: int
    """What is bounded, or what a ratio divides, in the integers of `sums.measured`."""
    whole: int | None
    """What a ratio divides by, likewise."""
    past: int
    """How much of the part lines before the horizon used."""

    @property
    def divides(self) -> bool:
        """Whether there is a use: of a ratio, something to divide by."""
        return self.whole is None or self.whole > 0


def judge(entry: LimitEntry, book: Account, empty: Account, past: PastUse, drawn: Drawn | None) -> LimitResult:
    """Compare exactly: use in integers, the bound as the fraction that was written; the tightest row speaks.

    Parameters
    ----------
    book, empty
        Accounts of the plan and of the empty plan.
    past
        What lines before the horizon used.
    drawn
        Uses of the rows in the futures, where the limit must hold at risk.
    """
    sense, share, sign = entry.sense, entry.limit.at_risk, 1 if entry.sense == "max" else -1
    rows = [_row_use(entry, row, book, empty, past) for row in entry.rows]
    worst = max(rows, key=lambda row: (not row.ok, row.divides, sign * row.used))
    ratio = entry.whole is not None
    part_digits = digits_of(entry.part, book.digits)
    digits = RATIO_DIGITS if ratio else part_digits
    risky = None
    if share is not None and drawn is not None:
        before = np.array([row.past for row in rows]) / 10**part_digits
        risky = safe_side(at_risk(tightest_uses(entry, before, drawn), sense, share), sense, digits)
    return result(
        id=entry.id,
        measure=str(entry.measure),
        scope=scope_data(entry.limit.where),
        sense=sense,
        limit=_with_digits(entry.bound, digits),
        used=_cut(worst.used, sense, digits) if ratio else to_decimal(worst.part, digits),
        used_at_risk=risky,
        at_risk=share,
        ok=all(row.ok for row in rows),
        counts=worst.divides or not worst.ok,
        at=worst.at,
        share_of=share_data(entry),
        part=to_decimal(worst.part, part_digits) if ratio else None,
        whole=None if worst.whole is None else to_decimal(worst.whole, digits_of(entry.whole or "", book.digits)),
        before=to_decimal(worst.past, part_digits) if any(row.past for row in rows) else None,
        within=within(entry.limit),
    )


def _row_use(entry: LimitEntry, row: LimitRow, book: Account, empty: Account, past: PastUse) -> _RowUse:
    """Add up one row and compare it."""
    bound, sign = Fraction(entry.bound), 1 if entry.sense == "max" else -1
    part = measured(book, entry.part, row.where)
    before = past.used(entry.part, entry.limit.where, row.past) if row.past else 0
    scale = 10 ** digits_of(entry.part, book.digits)
    if entry.whole is None or row.whole is None:
        used = Fraction(part + before, scale)
        return _RowUse(
            at=row.at, used=used, ok=sign * used <= sign * bound, part=part + before, whole=None, past=before
        )
    if entry.counts_change:
        part -= measured(empty, entry.part, row.where)
    whole = measured(book, entry.whole, row.whole)
    divided, by = Fraction(part, scale), Fraction(whole, 10 ** digits_of(entry.whole, book.digits))
    used, ok = _exact_ratio(divided, by, bound, sign), sign * (divided - bound * by) <= 0
    return _RowUse(at=row.at, used=used, ok=ok, part=part, whole=whole, past=0)


def _exact_ratio(part: Fraction, whole: Fraction, bound: Fraction, sign: int) -> Fraction:
    """Divide; without anything to divide by, nothing is exactly at the bound, and something is beyond it."""
    if whole > 0:
        return part / whole
    over = sign * (part - bound * whole)
    return bound if over <= 0 else bound + sign * max(over, Fraction(1))


def tightest_uses(entry: LimitEntry, before: Float, drawn: Drawn) -> Float:
    """[D] use of a limit's tightest row in every future: what all its rows jointly come to.

    Parameters
    ----------
    before : [R]
        What lines before the horizon used of each row.
    """
    sign = 1 if entry.sense == "max" else -1
    if entry.whole is None:
        return np.asarray(sign * (sign * (drawn.part + before)).max(axis=1))
    tightest = sign * (sign * _ratios(drawn, entry)).max(axis=1)
    return np.where(np.isfinite(tightest), tightest, float(entry.bound))


def _ratios(drawn: Drawn, entry: LimitEntry) -> Float:
    """[D, R] ratio of each row in every future; no use at all where there is nothing to divide by, and nothing over."""
    bound, sign = float(entry.bound), 1 if entry.sense == "max" else -1
    part, whole = drawn.part, drawn.whole if drawn.whole is not None else np.zeros_like(drawn.part)
    over = sign * (part - bound * whole)
    nothing = np.where(over <= _DUST, -sign * np.inf, bound + sign * np.maximum(over, 1.0))
    return np.where(whole > _DUST, part / np.where(whole > _DUST, whole, 1.0), nothing)


def result(
    *,
    limit: Decimal,
    used: Decimal,
    used_at_risk: Decimal | None,
    sense: str,
    ok: bool,
    counts: bool = True,
    **rest: Any,
) -> LimitResult:
    """Make the result of a limit: what is left, by the use that decides, and whether that is enough.

    Where nothing ``counts``, because a ratio has nothing to divide by, the limit cannot bind.
    """
    sign = 1 if sense == "max" else -1
    deciding = used if used_at_risk is None else sign * max(sign * used, sign * used_at_risk)
    headroom = sign * (limit - deciding) + 0  # no "-0"
    return LimitResult(
        limit=limit,
        used=used,
        used_at_risk=used_at_risk,
        sense=sense,
        headroom=headroom,
        binding=counts and headroom <= BINDING * abs(limit),
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


def tightest_moment(there: Int, used: Int) -> int:
    """Find the period by which a stock is tightest: most units lack or, where none do, the smallest share is left.

    Periods before the first goods are left out: nothing is sold of nothing, whatever lines a plan holds. By shares, as
    what binds is a matter of shares, too: 500 left of 2,000 restrict less than 600 left of 30,000.

    Parameters
    ----------
    there, used : [T]
        Stock and arrivals, and units sold, cumulative, in the account's integers.
    """
    left = there - used
    if left.min() < 0:
        return int(left.argmin())
    return int(np.where(there > 0, left / np.maximum(there, 1), np.inf).argmin())


def scope_data(scope: Scope) -> dict[str, Any]:
    """Return the keys of a scope that are given, as plain data."""
    data = scope.model_dump(mode="json", exclude_none=True)
    if scope.periods is not None:
        data["periods"] = [f"{span.first}..{span.last}" for span in scope.periods]
    return data


def share_data(entry: LimitEntry) -> dict[str, Any] | None:
    """Return the other measure that a limit is a share of, as plain data."""
    share = entry.limit.share_of
    return None if share is None else {"measure": share.measure, "scope": scope_data(share.where)}


def within(limit: Limit) -> str | None:
    """Say in which spans of time a limit holds by itself: ``7 days``, ``month``; None for the whole horizon."""
    return limit.each if limit.window is None else limit.window.words

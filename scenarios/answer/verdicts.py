"""What a plan keeps: one record for each limit, with its use, and one for each rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scenarios.language.words import RATIOS, Measure


@dataclass(frozen=True, kw_only=True)
class PriceRange:
    """Bounds of a limit between which its shadow price stays nearly the same."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True)
class LimitResult:
    """One limit and how far a plan uses it. Vendor funds, stock and gift stock stand here too."""

    id: str
    """The limit's own id; else ``fund:VENDOR``, ``gift:GIFT`` or ``stock:PRODUCT``."""
    measure: str
    scope: dict[str, Any]
    """The keys of ``where:`` that are given."""
    sense: str
    """``max`` or ``min``."""
    limit: Decimal
    used: Decimal
    used_at_risk: Decimal | None
    """Use in the future that decides whether the limit holds often enough; None without `at_risk`."""
    at_risk: float | None
    """Share of the futures that must keep the limit."""
    headroom: Decimal
    """What is left, negative where the limit is broken; by the use at risk where there is one."""
    binding: bool
    """Nothing worth mentioning is left: less than 1 % of the limit."""
    ok: bool
    at: str | None
    """Where the least is left, for limits that hold at many moments: stock through time, windows, months."""
    shadow_price: float | None
    """Objective gained by each unit that the limit gives way, whatever its sense; None where none was computed."""
    within: str | None = None
    """Spans of time that keep the limit one by one: ``7 days`` for windows, ``period``, ``week`` or ``month``."""
    share_of: dict[str, Any] | None = None
    """The ``measure`` and ``scope`` that `used` is a share of."""
    part: Decimal | None = None
    """Of a ratio, the amount that `used` divides; None for all other limits."""
    whole: Decimal | None = None
    """Of a ratio, the amount that `used` divides by."""
    before: Decimal | None = None
    """How much of `used` lines before the horizon took, an estimate; None where none count."""
    price_holds: PriceRange | None = None
    """Bounds between which `shadow_price` stays nearly the same; None where it is 0 or was not computed."""

    @property
    def ratio(self) -> bool:
        """Whether the limit and its use are shares of another amount."""
        return self.share_of is not None or self.measure in RATIOS

    @property
    def percent(self) -> bool:
        """Whether the limit reads as a percentage: ratios up to 1 do, return on investment reads as a number."""
        return self.ratio and self.measure != Measure.ROI and abs(self.limit) <= 1

    @property
    def decides(self) -> Decimal:
        """The use that decides whether the limit holds: the expected one or the one at risk, whichever is worse."""
        worse = max if self.sense == "max" else min
        return self.used if self.used_at_risk is None else worse(self.used, self.used_at_risk)

    def figure(self, amount: Decimal) -> str:
        """Write an amount of the limit with every digit that it has; lines are whole."""
        if self.measure == Measure.LINES and not self.percent and amount == amount.to_integral_value():
            return f"{amount:,.0f}"
        return f"{amount.scaleb(2):,f}%" if self.percent else f"{amount:,f}"

    @property
    def words(self) -> str:
        """What is bounded and when, in words: ``spend / revenue max, each month``."""
        share = "" if self.share_of is None else f" / {self.share_of['measure']}"
        every = "" if self.within is None else "any " if self.within[0].isdigit() else "each "
        spans = "" if self.within is None else f", {every}{self.within}"
        return f"{self.measure}{share} {self.sense}{spans}"

    @property
    def place(self) -> str:
        """Where the least is left, to follow a figure: `` up to 2026-11-05``, `` in 2026-11``; empty for one place."""
        joint = "" if self.at is None or self.at.startswith("up to") else "in "
        return "" if self.at is None else f" {joint}{self.at}"


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """One rule and whether a plan keeps it."""

    id: str
    rule: str
    satisfied: bool
    violations: tuple[str, ...]
    """Sentences that name the lines that break it; empty where satisfied."""

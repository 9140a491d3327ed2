"""Bars of a page: amounts beside each other from zero, or one after the other from where the last one ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from planner.export.rest import habit_name
from planner.figures import MoneyStyle
from planner.reasons.bridge_terms import TERMS
from scenarios.answer.plan import RankedPlan
from scenarios.answer.verdicts import LimitResult

_WHOLE = 100.0
_FINE = 3
"""Digits of a percentage: a thousandth is far below what a screen shows."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One amount and where its bar lies, in percent of the width."""

    label: str
    figure: str
    start: float
    length: float
    kind: str
    """What its colour says: ``gain``, ``loss``, ``total`` or ``other``."""
    about: str = ""
    """What it holds, in words."""


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Bars on one scale."""

    rows: tuple[Bar, ...]
    zero: float
    """Where nothing lies, in percent of the width."""


def waterfall(plan: RankedPlan, money: MoneyStyle) -> Bars:
    """From the extra sales to the profit gained: each term begins where those before it come to; nothings left out."""
    spans: list[tuple[str, Decimal, Decimal, str, str]] = []
    running = Decimal(0)
    for name, amount in plan.outcome.bridge.terms:
        if amount:
            kind = "gain" if amount > 0 else "loss"
            spans.append((TERMS[name].label, running, amount, kind, TERMS[name].holds))
            running += amount
    spans.append(("profit gained", Decimal(0), plan.outcome.bridge.net, "total", ""))
    return _laid_out(spans, money)


def beside(plan: RankedPlan, money: MoneyStyle) -> Bars:
    """The plan and what people do without a planner, all from nothing."""
    known = [(habit_name(name, plan), amount) for name, amount in plan.baselines.items() if amount is not None]
    amounts = [("this plan", plan.objective, "total"), *((name, amount, "other") for name, amount in known)]
    return _laid_out([(label, Decimal(0), amount, kind, "") for label, amount, kind in amounts], money)


def used_share(limit: LimitResult) -> float | None:
    """Percent of a limit that is taken, by the use which decides; None of floors, and without a bound above 0."""
    if limit.sense != "max" or limit.limit <= 0:
        return None
    return round(min(max(_WHOLE * float(limit.decides / limit.limit), 0.0), _WHOLE), _FINE)


def _laid_out(spans: Sequence[tuple[str, Decimal, Decimal, str, str]], money: MoneyStyle) -> Bars:
    """Scale spans (label, start, amount, kind, about) to the width that holds all of them and nothing."""
    low, high = _ends((start, start + amount) for _, start, amount, _, _ in spans)
    size = float(high - low) or 1.0

    def place(amount: Decimal) -> float:
        return round(_WHOLE * float(amount - low) / size, _FINE)

    rows = []
    for label, start, amount, kind, about in spans:
        left, right = place(min(start, start + amount)), place(max(start, start + amount))
        figure = money(amount, signed=True)
        length = round(right - left, _FINE)
        rows.append(Bar(label=label, figure=figure, start=left, length=length, kind=kind, about=about))
    return Bars(rows=tuple(rows), zero=place(Decimal(0)))


def _ends(spans: Iterable[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    ends = [end for span in spans for end in span]
    return min(Decimal(0), *ends), max(Decimal(0), *ends)

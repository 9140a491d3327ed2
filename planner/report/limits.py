"""Limits and rules of a plan: use, headroom, use at risk, what one more unit would be worth, what binds."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.text import Text

from planner.report.figures import NOTHING, WHOLE_FROM, count, plural, share
from planner.report.table import Column, FittedTable
from scenarios.answer.sums import MONEY
from scenarios.answer.verdicts import LimitResult, RuleResult

_TENTHS_FROM = 1_000
"""Counts of a limit from here on are shown in whole units, below it in tenths."""


def figure(limit: LimitResult, amount: Decimal | None) -> str:
    """Write an amount of a limit: shares as percent, large amounts in whole units; files keep every digit."""
    if amount is None:
        return NOTHING
    if limit.ratio:
        return share(float(amount), digits=2) if limit.percent else count(amount, digits=2)
    size = abs(limit.limit)
    if limit.measure not in MONEY:
        return count(amount, digits=0 if size >= _TENTHS_FROM else 1)
    return count(amount, digits=0 if size >= WHOLE_FROM else 2)


def points(limit: LimitResult, difference: Decimal) -> str:
    """Write a difference between two amounts of a limit: of shares, in percentage points."""
    return f"{count(100 * difference, digits=2)} pp" if limit.percent else figure(limit, difference)


def used(limit: LimitResult) -> str:
    """Write the expected use; nothing where a ratio had nothing to divide by."""
    return NOTHING if limit.ratio and limit.whole == 0 and limit.ok else figure(limit, limit.used)


def status(limit: LimitResult) -> Text:
    """Say whether a limit is broken, binding or kept with room."""
    if not limit.ok:
        return Text("BROKEN", style="bold red")
    return Text("binding", style="bold yellow") if limit.binding else Text("kept", style="green")


def show_limits(limits: Sequence[LimitResult], currency: str, *, title: str = "Limits") -> FittedTable:
    """One row a limit, the tightest first."""
    unpriced = all(limit.shadow_price is None for limit in limits)
    rows = []
    for limit in sorted(limits, key=lambda each: (each.ok, not each.binding, _room(each))):
        at_risk = NOTHING
        if limit.used_at_risk is not None:
            at_risk = figure(limit, limit.used_at_risk)
        rows.append(
            (
                limit.id,
                limit.words,
                figure(limit, limit.limit),
                used(limit),
                at_risk,
                figure(limit, limit.headroom),
                *(() if unpriced else (_price(limit),)),
                status(limit),
                limit.at or "",
            )
        )
    risky = sorted({limit.at_risk for limit in limits if limit.at_risk is not None})
    prices = "" if unpriced else "; price: objective gained by one unit more of a max, one less of a min"
    if not unpriced and any(limit.percent for limit in limits):
        prices += "; of a share, by one percentage point"
    notes = [f"money in {currency}, net of tax{prices}"]
    if risky:
        levels = ", ".join(f"{level:.0%}" for level in risky)
        notes.append(f"at risk: the use that is not exceeded in {levels} of the futures")
    tight = [f"{limit.id}{limit.place}" for limit in limits if limit.within and (limit.binding or not limit.ok)]
    if tight:
        notes.append(f"tightest: {', '.join(tight)}")
    before = [limit.id for limit in limits if limit.before]
    if before:
        notes.append(f"with what lines before the horizon used, estimated: {', '.join(before)}")
    return FittedTable(
        title=title,
        columns=(
            Column(title="limit", least=12),
            Column(title="measure", least=11, gives_way=2),
            Column(title="bound", number=True),
            Column(title="used", number=True),
            Column(title="at risk", number=True),
            Column(title="headroom", number=True),
            *(() if unpriced else (Column(title="price", number=True),)),
            Column(title="", number=True),
            Column(title="tightest at", least=16, gives_way=1),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
        empty="no limit",
    )


def _price(limit: LimitResult) -> str:
    price = limit.shadow_price
    return NOTHING if price is None else count(price / 100 if limit.percent else price, digits=2)


def _room(limit: LimitResult) -> float:
    """Headroom as a share of the limit."""
    return float(limit.headroom) / max(abs(float(limit.limit)), 1e-9)


def price_sentences(limits: Sequence[LimitResult]) -> tuple[str, ...]:
    """Say between which bounds each price holds, the limit that is worth most first."""
    priced = [limit for limit in limits if limit.shadow_price and limit.price_holds is not None]
    priced.sort(key=lambda limit: -(limit.shadow_price or 0.0) * abs(float(limit.limit)))
    return tuple(map(_worth, priced))


def _worth(limit: LimitResult) -> str:
    holds, unit = limit.price_holds, "percentage point" if limit.percent else "unit"
    eased = "more" if limit.sense == "max" else "less"
    text = f"{limit.id}: one {unit} {eased} is worth {_price(limit)}"
    if holds is None or holds.low == holds.high:
        return f"{text}, but the price changes at once when the bound moves"
    low, high = figure(limit, holds.low), figure(limit, holds.high)
    return f"{text}, to a tenth, while the bound lies between {low} and {high} (now {figure(limit, limit.limit)})"


def show_rules(rules: Sequence[RuleResult]) -> FittedTable | Text:
    """One row a rule, the broken ones with the lines that break them; one sentence where all are kept."""
    if rules and all(rule.satisfied for rule in rules):
        names = ", ".join(rule.id for rule in rules)
        return Text.assemble(("Rules", "bold"), f"\n{plural(len(rules), 'rule')} kept: {names}")
    rows = [
        (
            rule.id,
            rule.rule,
            Text("kept", style="green") if rule.satisfied else Text("BROKEN", style="bold red"),
            "; ".join(rule.violations),
        )
        for rule in rules
    ]
    return FittedTable(
        title="Rules",
        columns=(
            Column(title="rule", least=12),
            Column(title="kind", least=12),
            Column(title="", number=True),
            Column(title="what breaks it", least=20, gives_way=0),
        ),
        rows=tuple(rows),
        empty="no rule",
    )

"""The sheet Limits: scope, bound, use, use at risk, headroom as a formula, and the ledger's verdict; then the rules."""

from __future__ import annotations

from typing import Any

from constraints.infeasible.undivided import divided, idle
from constraints.limits.book import counted_text
from planner.export.sheet import Sheet
from planner.figures import NOTHING
from planner.reasons.told_price import told_price, told_range
from scenarios.answer.plan import RankedPlan
from scenarios.answer.sums import MONEY
from scenarios.answer.verdicts import LimitResult, RuleResult
from scenarios.language.schema import Scenario
from scenarios.language.words import Measure

TITLES = (
    "limit",
    "name",
    "measure",
    "scope",
    "sense",
    "bound",
    "used",
    "used at risk",
    "must hold in",
    "headroom",
    "verdict",
    "binding",
    "where least is left",
    "objective per unit (of a ratio: percentage point) that it gives way",
    "holds from a bound of",
    "holds to a bound of",
    "of a ratio: what is divided",
    "by what",
)
RULE_TITLES = ("rule", "kind", "verdict", "what breaks it")


def write_limits(sheet: Sheet, plan: RankedPlan, scenario: Scenario, digits: int) -> None:
    """Lay out limits in the ledger's order, then rules."""
    names = {limit.id: limit.name or "" for limit in scenario.limits}
    sheet.header(0, TITLES, numbers=(5, 6, 7, 8, 9, 13, 14, 15, 16, 17))
    for row, limit in enumerate(plan.limits, start=1):
        kind, places = number_kind(limit, digits)
        red: dict[str, Any] = {} if limit.ok else {"font_color": "#C00000"}
        for column, word in enumerate((limit.id, names.get(limit.id, ""), _measure(limit))):
            sheet.text(row, column, word)
        sheet.text(row, 3, counted_text(limit), wrap=True)
        sheet.text(row, 4, "at most" if limit.sense == "max" else "at least")
        sheet.number(row, 5, limit.limit, kind)
        sheet.number(row, 8, limit.at_risk, "share")
        if idle(limit):
            for column in (6, 9):  # what there is and what is missing stands at the end of the row
                sheet.text(row, column, NOTHING, align="right")
        else:
            sheet.number(row, 6, limit.used, kind)
            sheet.number(row, 7, limit.used_at_risk, kind)
            sheet.formula(row, 9, _headroom(limit, row + 1, places), limit.headroom, kind, **red)
        sheet.text(row, 10, "kept" if limit.ok else "BROKEN", **red)
        sheet.text(row, 11, "binding" if limit.binding else "")
        sheet.text(row, 12, limit.at or "")
        price, holds = told_price(limit), told_range(limit)
        sheet.number(row, 13, price / 100 if price is not None and limit.ratio else price, "ratio")
        ends = (None, None) if holds is None else (holds.low, holds.high)
        for column, end in enumerate(ends, start=14):
            sheet.number(row, column, end, kind)
        if limit.ratio:
            for column, (measure, value) in enumerate(zip(divided(limit), (limit.part, limit.whole), strict=True), 16):
                sheet.number(row, column, value, "money" if Measure.read(measure) in MONEY else "count")
    _write_rules(sheet, len(plan.limits) + 3, plan.rules)


def _write_rules(sheet: Sheet, top: int, rules: tuple[RuleResult, ...]) -> None:
    sheet.header(top, RULE_TITLES)
    for row, rule in enumerate(rules, start=top + 1):
        red: dict[str, Any] = {} if rule.satisfied else {"font_color": "#C00000"}
        sheet.text(row, 0, rule.id)
        sheet.text(row, 1, rule.rule)
        sheet.text(row, 2, "kept" if rule.satisfied else "BROKEN", **red)
        sheet.text(row, 3, "; ".join(rule.violations), spans=True)


def _measure(limit: LimitResult) -> str:
    share = f" as a share of {limit.share_of['measure']}" if limit.share_of else ""
    within = f", in every {limit.within}" if limit.within else ""
    return f"{limit.measure}{share}{within}"


def _headroom(limit: LimitResult, row: int, places: int) -> str:
    """What is left, by the use at risk where there is one: a blank cell counts for nothing."""
    if limit.sense == "max":
        return f"=ROUND(F{row}-MAX(G{row}:H{row}),{places})"
    return f"=ROUND(MIN(G{row}:H{row})-F{row},{places})"


def number_kind(limit: LimitResult, digits: int) -> tuple[str, int]:
    """How a limit's amounts are written, and the decimals that its headroom has."""
    exponent = limit.headroom.as_tuple().exponent
    places = max(-exponent, 0) if isinstance(exponent, int) else digits
    if limit.ratio:
        return "rate" if limit.percent else "ratio", places
    return ("money", places) if Measure.read(limit.measure) in MONEY else ("count", places)

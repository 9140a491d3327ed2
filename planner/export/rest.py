"""The sheets Bridge, Risk and Assumptions: from extra sales to profit, what may happen, and what it all rests on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from constraints.infeasible.undivided import idle
from planner.export.limits import number_kind
from planner.export.sheet import Sheet
from planner.figures import NOTHING, money_style
from planner.reasons.bridge_terms import TERMS
from planner.reasons.luck import as_amount, by_luck, leaning
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.answer.sums import MONEY
from scenarios.language.words import Measure

BASELINES = {
    "no_promotion": "no promotion at all",
    "uniform": "the best single offer everywhere",
    "greedy": "greedy by return on spend",
    "last_campaign": "the last campaign again",
}
"""What people do without a planner."""
_BY_CHANCE = ("5% of all futures from (90%)", "to", "95% of all futures from (90%)", "to")
"""Titles of what the draw leaves open of the quantiles."""
_QUANTILES = {"profit": "profit gained by the plan", "spend": "spend"}


def habit_name(name: str, plan: RankedPlan) -> str:
    """Name a yardstick, with what no promotion breaks, and which offer stands everywhere."""
    more = ""
    if name == "no_promotion" and plan.no_promotion_breaks:
        more = f" (breaks {', '.join(plan.no_promotion_breaks)})"
    elif name == "uniform" and plan.uniform_offer is not None:
        more = f" ({plan.uniform_offer})"
    return f"{BASELINES.get(name, name)}{more}"


def write_bridge(sheet: Sheet, plan: RankedPlan, digits: int) -> None:
    """Lay out the terms; their sum stands above them."""
    bridge = plan.outcome.bridge
    terms = bridge.terms
    sheet.header(0, ("term", "amount", "so far", "what it holds"), numbers=(1, 2))
    formula = f"=ROUND(SUM(B3:B{2 + len(terms)}),{digits})"
    sheet.text(1, 0, "profit gained by the plan", bold=True)
    sheet.formula(1, 1, formula, bridge.net, "money", bold=True)
    sheet.text(1, 3, "sum of the terms below")
    running = Decimal(0)
    for row, (name, amount) in enumerate(terms, start=2):
        running += amount
        sheet.text(row, 0, TERMS[name].label)
        sheet.number(row, 1, amount, "money")
        sheet.formula(row, 2, f"=ROUND(SUM(B$3:B{row + 1}),{digits})", running, "money")
        sheet.text(row, 3, TERMS[name].holds)


def write_risk(sheet: Sheet, plan_set: PlanSet, plan: RankedPlan, digits: int) -> None:
    """Lay out ranges over the futures, limits at risk, what luck may explain, and what others would reach."""
    titles = ("over the futures", "5%", "50%", "95%", "expected account", "50% less expected")
    ranged = any(found.p05_low is not None for found in plan.outcome.quantiles.values())
    sheet.header(0, (*titles, *(_BY_CHANCE if ranged else ())), numbers=range(1, 10))
    row = 1
    expected = {"profit": ("=Bridge!$B$2", plan.outcome.profit_change), "spend": (None, plan.outcome.spend)}
    for name, range_ in plan.outcome.quantiles.items():
        sheet.text(row, 0, _QUANTILES.get(name, name.replace("_", " ")))
        for column, amount in enumerate((range_.p05, range_.p50, range_.p95), start=1):
            sheet.number(row, column, amount, "money")
        for column, end in enumerate((range_.p05_low, range_.p05_high, range_.p95_low, range_.p95_high), start=6):
            if end is not None:
                sheet.number(row, column, end, "money")
        if name in expected:
            formula, amount = expected[name]
            if formula is None:
                sheet.number(row, 4, amount, "money")
            else:
                sheet.formula(row, 4, formula, amount, "money")
            sheet.formula(row, 5, f"=ROUND(C{row + 1}-E{row + 1},{digits})", range_.p50 - amount, "money")
        row += 1
    if plan.outcome.loss_share is not None:
        sheet.text(row, 0, "futures in which the plan loses money, against no promotion", wrap=True)
        sheet.number(row, 1, plan.outcome.loss_share, "share")
        row += 1
    row = _at_risk(sheet, plan, row + 1, digits)
    objective = row + 2
    row = _objective(sheet, plan_set, plan, objective - 1, digits)
    _baselines(sheet, plan, row + 1, objective + 1, digits)


def _at_risk(sheet: Sheet, plan: RankedPlan, top: int, digits: int) -> int:
    """Limits that must hold in a share of the futures; amounts and headroom stand on the sheet Limits."""
    sheet.header(
        top, ("limit at risk", "bound", "used at risk", "headroom", "must hold in", "verdict"), numbers=range(1, 5)
    )
    row = top + 1
    for number, limit in enumerate(plan.limits, start=2):
        if limit.at_risk is None:
            continue
        sheet.text(row, 0, limit.id)
        style, _ = number_kind(limit, digits)
        for column, (letter, amount) in enumerate(
            (("F", limit.limit), ("H", limit.used_at_risk), ("J", limit.headroom)), start=1
        ):
            if idle(limit) and letter != "F":
                sheet.text(row, column, NOTHING, align="right")
                continue
            sheet.formula(row, column, f"=Limits!{letter}{number}", amount or Decimal(0), style)
        sheet.number(row, 4, limit.at_risk, "share")
        sheet.text(row, 5, "kept" if limit.ok else "BROKEN")
        row += 1
    if row == top + 1:
        sheet.text(row, 0, "no limit must hold at risk", spans=True)
        row += 1
    return row


def _objective(sheet: Sheet, plan_set: PlanSet, plan: RankedPlan, top: int, digits: int) -> int:
    """The objective, what is proven of it, and how much of it luck may explain."""
    sheet.header(top, ("objective", "amount"), numbers=(1,))
    rows: list[tuple[str, Decimal | float | None, str]] = [
        (_aim(plan_set), plan.objective, "money"),
        ("bound: no plan is worth more under these effects (sealed, not recomputed)", plan_set.bound, "money"),
        ("gap: (bound - objective) / size of the bound (sealed, not recomputed)", plan.gap, "rate"),
        ("optimism: looks better than fresh futures say, by this share (sealed)", plan.optimism, "rate"),
        ("optimism by cross-fitting: plans made on half of the futures (sealed)", plan_set.cross_fit, "rate"),
    ]
    row = top + 1
    for label, amount, kind in rows:
        sheet.text(row, 0, label, wrap=True)
        if amount is None:
            sheet.text(row, 1, "none", align="right")
        else:
            sheet.number(row, 1, amount, kind)
        row += 1
    if plan.optimism is not None and plan.optimism_error is not None:
        money = money_style(plan_set.currency, [plan.objective])
        told = f"; {leaning(plan, plan_set, money)}" if as_amount(plan, plan_set) else ""
        sheet.text(row - 2, 2, by_luck(plan.optimism, plan.optimism_error) + told)
    if plan_set.cross_fit is not None and plan_set.cross_fit_error is not None:
        sheet.text(row - 1, 2, by_luck(plan_set.cross_fit, plan_set.cross_fit_error))
    if plan.optimism is not None:
        objective, optimism = top + 2, top + 5
        size = max(abs(plan.objective), Decimal(1))  # a loss that is pessimistic is less of a loss
        value = round(plan.objective - Decimal(repr(plan.optimism)) * size, digits)
        sheet.text(row, 0, "objective without optimism")
        formula = f"=ROUND(B{objective}-B{optimism}*MAX(1,ABS(B{objective})),{digits})"
        sheet.formula(row, 1, formula, value, "money")
        row += 1
    for name, change in (plan.objectives or {}).items():
        sheet.text(row, 0, f"of the front: {name.replace('_', ' ')}, change against no promotion", wrap=True)
        sheet.number(row, 1, change, "money" if Measure(name) in MONEY else "count")
        row += 1
    return row


def _aim(plan_set: PlanSet) -> str:
    """Say what the objective is; of a front it is the leading measure."""
    if plan_set.front is None:
        return f"objective ({plan_set.objective})"
    return f"objective: {plan_set.front.leading_words}"


def _baselines(sheet: Sheet, plan: RankedPlan, top: int, objective: int, digits: int) -> None:
    """What other ways of planning would reach; ``objective`` is the objective's row, counted from 1."""
    sheet.header(top, ("what others would reach (sealed)", "objective", "this plan gains more"), numbers=(1, 2))
    row = top + 1
    if not plan.baselines:
        sheet.text(row, 0, "none was computed")
    for name, amount in plan.baselines.items():
        sheet.text(row, 0, habit_name(name, plan), wrap=True)
        if amount is None:
            sheet.text(row, 1, "none", align="right")
        else:
            sheet.number(row, 1, amount, "money")
            more = plan.objective - amount
            sheet.formula(row, 2, f"=ROUND(B{objective}-B{row + 1},{digits})", more, "money")
        row += 1


def write_assumptions(sheet: Sheet, plan_set: PlanSet, seals: Mapping[str, str]) -> None:
    """Lay out what was assumed, what a reader must know, and what identifies the run."""
    sheet.header(0, ("what it rests on", ""))
    row = 1
    for label, sentences in (("assumed", plan_set.assumed), ("to know", plan_set.note_texts)):
        for sentence in sentences:
            sheet.text(row, 0, label)
            sheet.text(row, 1, sentence, wrap=True)
            row += 1
    facts = {
        "effects": plan_set.effects.source,
        "objective": plan_set.objective,
        "seed": str(plan_set.seed),
        "effort": plan_set.effort,
        "versions": ", ".join(f"{name} {version}" for name, version in plan_set.versions.items()),
        **seals,
    }
    row += 1
    sheet.header(row, ("what identifies it", ""))
    for label, words in facts.items():
        row += 1
        sheet.text(row, 0, label)
        sheet.text(row, 1, words, wrap=True)

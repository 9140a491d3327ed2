"""The totals of one plan, and the verdict of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from constraints.infeasible.undivided import undivided, undivided_words
from planner.figures import NOTHING, MoneyStyle, count, given, money_style, part, plural, share
from planner.reasons.used_up import funds_used_up
from planner.report.one_plan.limits import figure
from planner.report.table import Column, FittedTable
from scenarios.answer.plan import Outcome, RankedPlan
from scenarios.answer.verdicts import LimitResult, RuleResult
from scenarios.currency import minor_digits

_MONEY = (
    ("profit_change", "profit gained"),
    ("revenue_change", "revenue gained"),
    ("spend", "spend (gross spend less vendor funding)"),
    ("gross_spend", "gross spend"),
    ("discount", "discount"),
    ("discount_on_base", "of it on what would have sold anyway"),
    ("gifts_cost", "gifts"),
    ("contacts_cost", "messages"),
    ("fixed_cost", "fixed costs"),
    ("vendor_funding", "vendor funding"),
    ("charges", "charged beyond the horizon"),
)
UNPLACED = "bought ahead, without a place later"
"""Label of what is bought ahead of days in the horizon that sell too little to lose it."""
_COUNTS = (
    ("units_change", "units gained"),
    ("uses", "uses"),
    ("gifts", "gifts given"),
    ("contacts", "contacts"),
    ("customers_reached", "customers reached"),
)


def show_outcome(plan: RankedPlan, currency: str, *, title: str) -> FittedTable:
    """Totals of one plan over the whole horizon."""
    outcome = plan.outcome
    amounts = {name: getattr(outcome, name) for name, _ in _MONEY}
    money = money_style(currency, [plan.objective, outcome.max_liability, *amounts.values()])
    rows = [("objective", money(plan.objective, signed=True))]
    amounts |= {"charges": outcome.charges - (outcome.unplaced or 0)}
    rows += [(label, money(amounts[name], signed=name.endswith("_change"))) for name, label in _MONEY]
    if outcome.unplaced:
        rows.append((UNPLACED, money(outcome.unplaced)))
    rows.append(("profit gained per gross spend (ROI)", NOTHING if outcome.roi is None else f"{outcome.roi:.2f}"))
    rows.append(("margin rate", share(outcome.margin_rate, digits=2) if outcome.revenue else NOTHING))
    rows += [(label, count(getattr(outcome, name), signed=name.endswith("_change"))) for name, label in _COUNTS]
    if outcome.issued:
        rows.append(("coupons and pieces issued", count(outcome.issued)))
        rows.append(("owed if all of them are redeemed", money(outcome.max_liability)))
    rows += _ranges(outcome, money)
    return FittedTable(
        title=title,
        columns=(Column(title="", least=30), Column(title=currency, number=True)),
        rows=tuple(rows),
        notes=(*funds_used_up(outcome, plan.limits, currency), money.caption),
    )


def _ranges(outcome: Outcome, money: MoneyStyle) -> list[tuple[str, str]]:
    rows = []
    for name, range_ in outcome.quantiles.items():
        label = "profit gained" if name == "profit" else name
        amounts = " / ".join(money(amount) for amount in (range_.p05, range_.p50, range_.p95))
        rows.append((f"{label}, P5 / P50 / P95 of futures", amounts))
        if name == "profit" and outcome.loss_share is not None:
            rows.append(("futures in which it loses money", part(outcome.loss_share)))
    return rows


def broken_sentences(
    limits: Sequence[LimitResult], rules: Sequence[RuleResult], refused: Sequence[str], currency: str
) -> tuple[str, ...]:
    """One sentence for everything that a plan breaks."""
    found = list(refused)
    for limit in limits:
        if not limit.ok:
            side, verb = ("at most", "allowed") if limit.sense == "max" else ("at least", "asked for")
            risky = limit.used_at_risk == limit.decides
            risk = f" in {given(limit.at_risk)} of the futures" if risky and limit.at_risk is not None else ""
            bound = figure(limit, limit.limit, currency)
            found.append(f"limit {limit.id}: {_used(limit, currency)}, {side} {bound} {verb}{risk}")
    for rule in rules:
        found += [f"rule {rule.id}: {sentence}" for sentence in rule.violations]
    return tuple(found)


def _used(limit: LimitResult, currency: str) -> str:
    """Say what a plan that breaks a limit uses, and where; of a ratio without anything to divide by, what it has."""
    share_of = None if limit.share_of is None else limit.share_of["measure"]
    if undivided(limit):
        up, digits = limit.sense == "max", minor_digits(currency)
        part = Decimal(0) if limit.part is None else limit.part
        return undivided_words(limit.measure, share_of, part, limit.place, up=up, money_digits=digits)
    words = limit.measure if share_of is None else f"{limit.measure} / {share_of}"
    return f"{words} {figure(limit, limit.decides, currency)}{limit.place}"


def show_verdict(broken: Sequence[str], limits: int, rules: int) -> Group:
    """Say whether a plan keeps everything; name all that it breaks."""
    if not broken:
        kept = f"{plural(limits, 'limit')} and {plural(rules, 'rule')} checked: all kept"
        return Group(Text(kept, style="green"))
    lines: list[RenderableType] = [Text(f"{plural(len(broken), 'violation')}:", style="bold red")]
    lines += [Padding(Text(sentence), (0, 0, 0, 2)) for sentence in broken]
    return Group(*lines)

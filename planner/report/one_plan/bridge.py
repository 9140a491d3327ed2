"""The gross-to-net bridge of a plan: from the extra sales to the profit that is left, term by term."""

from __future__ import annotations

from decimal import Decimal

from rich.text import Text

from planner.figures import MoneyStyle, money_style
from planner.reasons.bridge_terms import TERMS
from planner.report.table import Column, FittedTable
from scenarios.answer.plan import RankedPlan
from scenarios.language.schemas.response import ResponseTerms

AVERAGE = "what an average offer of the menu would earn, used or not, barred by a rule or not"
FATIGUE = f"fatigue that is left is priced by {AVERAGE}"
_BAR = 12


def show_bridge(
    plan: RankedPlan, currency: str, *, response: ResponseTerms | None = None, title: str = ""
) -> FittedTable:
    """Lay out the bridge of one plan, with a bar per term; say what of it is charged beyond the horizon, and how."""
    charges = plan.outcome.charges
    terms = plan.outcome.bridge.terms
    net = plan.outcome.bridge.net
    money = money_style(currency, [charges, *(amount for _, amount in terms)])
    largest = max((abs(amount) for _, amount in (*terms, ("net", net))), default=Decimal(0))
    rows: list[tuple[str | Text, str | Text, Text]] = [
        (TERMS[name].label, money(amount, signed=True), _bar(amount, largest)) for name, amount in terms
    ]
    rows.append(
        (
            Text("profit gained", style="bold"),
            Text(money(net, signed=True), style="bold"),
            _bar(net, largest),
        )
    )
    return FittedTable(
        title=title or f"From extra sales to profit, plan {plan.rank}",
        columns=(
            Column(title="term", least=24),
            Column(title=currency, number=True),
            Column(title="", drawing=True, gives_way=1),
        ),
        rows=tuple(rows),
        notes=(money.caption, *_told(plan, money, response)),
    )


def _told(plan: RankedPlan, money: MoneyStyle, response: ResponseTerms | None) -> tuple[str, ...]:
    """Say what the terms hold that no sale of the horizon shows: beyond it, and of days that sell too little."""
    nowhere = plan.outcome.unplaced or Decimal(0)
    beyond = plan.outcome.charges - nowhere
    lost = (
        f"of these terms {money(nowhere)} are bought ahead without a place: of days of the horizon on which nothing is "
    )
    said = (f"{lost}sold, or too little",) if nowhere else ()
    return (*((_charged(money(beyond), response),) if beyond else ()), *said)


def _charged(amount: str, response: ResponseTerms | None) -> str:
    """Say how much the terms hold that no sale of the horizon shows, and what left-over fatigue is priced by."""
    words = f"of these terms {amount} are charged beyond the horizon"
    tired = response is not None and response.carry_over == "charge" and response.fatigue > 0
    return f"{words}; {FATIGUE}" if tired else words


def _bar(amount: Decimal, largest: Decimal) -> Text:
    """Draw a bar to the right for gains, to the left for losses, around a middle mark."""
    length = round(abs(amount) / largest * _BAR) if largest else 0
    mark = "█" * length
    left, right = (mark.rjust(_BAR), "") if amount < 0 else ("", mark)
    return Text.assemble((left.rjust(_BAR), "red"), ("│", "dim"), (right.ljust(_BAR), "green"))

"""Lines that lose by themselves, as a table: for which limits and rules they stand, and what that costs."""

from __future__ import annotations

from rich.text import Text

from planner.figures import MoneyStyle
from planner.reasons.standing.explain import Explanation
from planner.reasons.standing.losing import Losing
from planner.report.names import UNNAMED, Names
from planner.report.side_by_side.compare import offer_text
from planner.report.table import Column, FittedTable
from scenarios.currency import minor_digits
from scenarios.first_few import and_more
from scenarios.language.plan_lines import whom

NAMED = 10
"""Lines of a group that are named beside promotions; all of them line by line."""


def show_losing(
    explanation: Explanation, currency: str, names: Names = UNNAMED, *, whole: bool = False
) -> tuple[FittedTable, ...]:
    """One row for each set of limits and rules that lines stand for at a loss; nothing where no line loses.

    Parameters
    ----------
    whole
        Whether every line is named.
    """
    if not explanation.losing:
        return ()
    digits = minor_digits(currency) if explanation.counted.money else 2
    money = MoneyStyle(currency=currency, digits=digits)
    return (
        FittedTable(
            title="Lines that lose by themselves, and what they stand for",
            columns=(Column(title="together", number=True), Column(title="needed by, and the lines", least=30)),
            rows=tuple(
                (money(-each.cost, signed=True), _entry(each, money, names, whole=whole)) for each in explanation.losing
            ),
            notes=(
                "together: what the lines bring beside all others, by the account of the plan without them; beside "
                "each line what it brings alone; needed by: what breaks without any one of them",
            ),
        ),
    )


def _entry(group: Losing, money: MoneyStyle, names: Names, *, whole: bool) -> Text:
    most = len(group.lines) if whole else NAMED
    text = Text(_needs(group, names), style="bold")
    for line in group.lines[:most]:
        own = money(line.contribution, signed=True)
        text.append(
            f"\n  {line.period}  {offer_text(line)} on {line.product}{whom(line.segment)}: {own}", style="not bold"
        )
    if len(group.lines) > most:
        text.append(f"\n {and_more(len(group.lines), most)}; --lines names all", style="not bold")
    return text


def _needs(group: Losing, names: Names) -> str:
    if not group.needed_by:
        return "nothing breaks without one of them alone: other lines, futures or measures may be what they are for"
    sure = [names.full(each) for each in group.needed_by if each not in group.estimated]
    guessed = [f"{names.full(each)} (by an estimate of use at risk)" for each in group.estimated]
    return ", ".join((*sure, *guessed))

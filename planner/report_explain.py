"""A plan explained, line by line: what it contributes, what holds it, what else its slot could hold."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.text import Text

from planner.explain import Alternative, Explanation
from planner.figures import NOTHING, MoneyStyle, money_style, share
from planner.report_compare import offer_text
from planner.report_table import Column, FittedTable
from scenarios.words import EVERYBODY


def show_explanation(explanation: Explanation, currency: str) -> Group:
    """One row a line, the largest contribution first; contributions and one interaction row add up."""
    money = money_style(currency, [explanation.objective, *(line.contribution for line in explanation.lines)])
    ordered = sorted(explanation.lines, key=lambda line: (-line.contribution, line.line.period))
    rows: list[tuple[str | Text, ...]] = []
    for explained in ordered:
        line = explained.line
        whom = "" if line.segment == EVERYBODY else f" {line.segment}"
        rows.append(
            (
                str(line.period),
                f"{line.product}{whom}",
                offer_text(line),
                money(explained.contribution, signed=True),
                ", ".join(explained.held_by) or NOTHING,
                _alternatives(explained.best, explained.possible, money),
            )
        )
    rows.append(("", "all lines together", "interaction", money(explanation.interaction, signed=True), "", ""))
    bold = "bold"
    total = Text(money(explanation.objective, signed=True), style=bold)
    rows.append(("", Text("plan", style=bold), "", total, "", ""))
    table = FittedTable(
        title=f"Plan {explanation.rank}, line by line",
        columns=(
            Column(title="date", number=True),
            Column(title="product, segment", least=10),
            Column(title="offer", least=10),
            Column(title="contributes", number=True),
            Column(title="held by", least=10),
            Column(title="instead", least=16),
        ),
        rows=tuple(rows),
        notes=(
            "contributes: objective lost without the line; interaction: what lines gain and lose by one another",
            "held by: limits without room that the line uses, the dearest first",
            "instead: the best other offer of the slot, alone; what it would break is named, at-risk use is estimated",
            money.caption,
        ),
    )
    return Group(table)


def _alternatives(best: Alternative | None, possible: Alternative | None, money: MoneyStyle) -> Text:
    """Name the best alternative, and the best possible one where that is another."""
    if best is None:
        return Text("nothing else may be chosen here", style="dim")
    text = _alternative(best, money)
    if possible is not None:
        text.append("\n")
        text.append_text(_alternative(possible, money))
    return text


def _alternative(option: Alternative, money: MoneyStyle) -> Text:
    level = "" if option.coverage == 1 else f" {share(option.coverage, digits=0)}"
    text = Text(f"{option.offer}{level} {money(option.change, signed=True)}")
    if option.blocked_by:
        text.append(f" breaks {', '.join(option.blocked_by)}", style="yellow")
    return text


def explanation_json(explanation: Explanation, currency: str) -> dict[str, Any]:
    """Return the explanation as plain data, sentences included."""

    def alternative(option: Alternative | None) -> dict[str, Any] | None:
        if option is None:
            return None
        return {
            "offer": option.offer,
            "coverage": option.coverage,
            "change": option.change,
            "blocked_by": list(option.blocked_by),
            "why": option.why,
        }

    return {
        "format": "campaign-explanation/1",
        "plan": explanation.rank,
        "currency": currency,
        "objective": explanation.objective,
        "interaction": explanation.interaction,
        "lines": [
            {
                "period": explained.line.period,
                "product": explained.line.product,
                "segment": explained.line.segment,
                "offer": explained.line.offer,
                "coverage": explained.line.coverage,
                "contribution": explained.contribution,
                "held_by": list(explained.held_by),
                "best_alternative": alternative(explained.best),
                "best_possible_alternative": alternative(explained.possible),
                "why": explained.line.why,
            }
            for explained in explanation.lines
        ],
    }

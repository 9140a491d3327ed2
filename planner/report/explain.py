"""A plan explained, line by line: what it contributes, what holds it, what else its slot could hold."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from planner.figures import MoneyStyle, given, money_style
from planner.reasons.explain import Alternative, Counted, Explanation, LineExplained
from planner.reasons.runs import KeptRun
from planner.report.compare import offer_text
from planner.report.table import Column, FittedTable
from scenarios.answer.plan import LineResult
from scenarios.first_few import first_few
from scenarios.language.words import EVERYBODY

NAMED = 2
"""Limits and rules that a cell names."""


def show_explanation(explanation: Explanation, currency: str) -> FittedTable:
    """One entry a line, the largest contribution first; contributions and one interaction row add up."""
    money = _style(explanation, currency)
    ordered = sorted(explanation.lines, key=lambda line: (-line.contribution, line.line.period))
    counted = explanation.counted
    rows: list[tuple[str | Text, str | Text]] = [
        (money(explained.contribution, signed=True), _entry(explained, money, counted)) for explained in ordered
    ]
    if not rows:
        rows.append((money(0, signed=True), "no line: nothing is promoted"))
    rows.append(
        (money(explanation.interaction, signed=True), "interaction: what the lines gain and lose by one another")
    )
    rows.append((Text(money(explanation.objective, signed=True), style="bold"), Text("the plan", style="bold")))
    legend = []
    if any(explained.held_by for explained in ordered):
        order = "the dearest first" if explanation.priced else "most used first: prices are made for the best plan only"
        legend.append(f"held by: limits without room that the line uses, {order}")
    if any(explained.needed_by for explained in ordered):
        legend.append("needed by: limits and rules that break without the line")
    if any(explained.run is not None for explained in ordered):
        legend.append("together: what is lost without all lines of a run; contributes: without one, beside all others")
    if any(_open(explained, money) for explained in ordered):
        legend.append("instead: what else the line's slot could hold, against the line as it is, one change at a time")
    if ordered and not all(_open(explained, money) for explained in ordered):
        gains = "saves" if counted.saved else "gains"
        legend.append(f"no instead: nothing else that its slot may hold {gains}; --json has what comes closest")
    if any(_guessed(explained, money) for explained in ordered):
        legend.append("may: by an estimate of use at risk; campaign score tells for sure")
    return FittedTable(
        title=f"Plan {explanation.rank}, line by line",
        columns=(Column(title="contributes", number=True), Column(title="line", least=30)),
        rows=tuple(rows),
        notes=(_contributes(counted), *legend, *([money.caption] if counted.money else [])),
    )


def _open(explained: LineExplained, money: MoneyStyle) -> bool:
    """Whether something else in the line's slot gains, or comes to the same."""
    best = explained.best
    return best is not None and (best.change > 0 or money(-best.change) == money(0))


def _guessed(explained: LineExplained, money: MoneyStyle) -> bool:
    """Whether an estimate of use at risk says of something that is shown that it breaks."""
    shown = (explained.best, explained.possible) if _open(explained, money) else ()
    return bool(explained.estimated_needs) or any(option is not None and option.estimated for option in shown)


def _style(explanation: Explanation, currency: str) -> MoneyStyle:
    """How amounts are written: money by its currency, counts and mixtures with two digits."""
    if not explanation.counted.money:
        return MoneyStyle(currency=currency, digits=2)
    return money_style(currency, [explanation.objective, *(line.contribution for line in explanation.lines)])


def _contributes(counted: Counted) -> str:
    if counted.saved:
        return f"contributes: how much less {counted.what} there is with the line; below 0 it adds {counted.what}"
    return f"contributes: {counted.what} lost without the line"


def _entry(explained: LineExplained, money: MoneyStyle, counted: Counted) -> Text:
    """A line in up to four rows: what it is, what holds it, what needs it, what could stand in its place."""
    line = explained.line
    whom = "" if line.segment == EVERYBODY else f" for {line.segment}"
    text = Text.assemble((str(line.period), "dim"), "  ", (offer_text(line), "bold"), f" on {line.product}{whom}")
    if explained.held_by:
        text.append(f"\n  held by {_some(explained.held_by)}")
    sure = tuple(name for name in explained.needed_by if name not in explained.estimated_needs)
    if sure:
        text.append(f"\n  needed by {_some(sure)}{_price(explained, sure, counted)}")
    if explained.run is not None:
        text.append(f"\n  in a {explained.run.words}: together {money(explained.run.worth, signed=True)}")
    if explained.estimated_needs:
        text.append(f"\n  may be needed by {_some(explained.estimated_needs)}")
    if explained.best is not None and _open(explained, money):
        text.append("\n  instead: ")
        text.append_text(_alternatives(line, explained.best, explained.possible, money, counted))
    return text


def _price(explained: LineExplained, needs: tuple[str, ...], counted: Counted) -> str:
    """Say of a line that loses why it is there; of one in a run that gains, the run tells."""
    if explained.contribution >= 0 or (explained.run is not None and explained.run.worth > 0):
        return ""
    kept = "it" if len(needs) == 1 else "them"
    return f": what the line {'adds' if counted.saved else 'loses'} is the price of keeping {kept}"


def _some(names: tuple[str, ...]) -> str:
    """Name the first few; the JSON document names all."""
    return first_few(names, NAMED)


def _alternatives(
    line: LineResult, best: Alternative, possible: Alternative | None, money: MoneyStyle, counted: Counted
) -> Text:
    """Name what would gain in the line's place, or comes to the same; where that breaks something, go on."""
    if best.change <= 0:
        return _least_bad(line, best, money, counted)
    text = _gaining(line, best, money)
    if possible is not None and possible.change > 0:
        text.append("; or ")
        text.append_text(_gaining(line, possible, money))
    elif possible is not None:
        text.append("; of what breaks nothing, ")
        text.append_text(_least_bad(line, possible, money, counted))
    return text


def _gaining(line: LineResult, option: Alternative, money: MoneyStyle) -> Text:
    """Name an alternative that is worth more than the line, and what it would break."""
    text = Text(f"{_named(line, option)}: {money(option.change, signed=True)}")
    text.append_text(_breaking(option, " but"))
    return text


def _least_bad(line: LineResult, option: Alternative, money: MoneyStyle, counted: Counted) -> Text:
    """Name the best of the alternatives that are worth less than the line, and what it would break."""
    lost = money(-option.change)
    verdict = f"is the least bad and would {'add' if counted.saved else 'lose'} {lost}"
    text = Text(f"{_named(line, option)} {'comes to the same' if lost == money(0) else verdict}")
    text.append_text(_breaking(option, ", and"))
    return text


def _named(line: LineResult, option: Alternative) -> str:
    """Name an alternative; of the line's own offer always the level in which it differs."""
    same = option.offer == line.offer
    level = "" if option.coverage == 1 and not (same and line.coverage != 1) else f" {given(option.coverage)}"
    if option.quantity != 1 or (same and line.quantity != 1):
        level += f" for {given(option.quantity)} of the demand"
    return f"{option.offer}{level}"


def _breaking(option: Alternative, joint: str) -> Text:
    """Say what an alternative breaks; nothing where it breaks nothing."""
    sure = tuple(name for name in option.blocked_by if name not in option.estimated)
    parts = [f"breaks {_some(sure)}"] * bool(sure) + [f"may break {_some(option.estimated)}"] * bool(option.estimated)
    return Text(f"{joint} {', and '.join(parts)}" if parts else "", style="yellow")


def _run(run: KeptRun) -> dict[str, Any]:
    return {
        "rule": run.rule,
        "first": run.first.isoformat(),
        "last": run.last.isoformat(),
        "lines": len(run.slots),
        "contribution": run.worth,
    }


def explanation_json(explanation: Explanation, currency: str) -> dict[str, Any]:
    """Return the explanation as plain data, sentences included."""

    def alternative(option: Alternative | None) -> dict[str, Any] | None:
        if option is None:
            return None
        return {
            "offer": option.offer,
            "coverage": option.coverage,
            "quantity": option.quantity,
            "change": option.change,
            "blocked_by": list(option.blocked_by),
            "estimated": list(option.estimated),
            "why": option.why,
        }

    return {
        "format": "campaign-explanation/1",
        "plan": explanation.rank,
        "currency": currency,
        "counted_in": explanation.counted.what,
        "objective": explanation.objective,
        "interaction": explanation.interaction,
        "lines": [
            {
                "period": explained.line.period,
                "product": explained.line.product,
                "segment": explained.line.segment,
                "offer": explained.line.offer,
                "coverage": explained.line.coverage,
                "quantity": explained.line.quantity,
                "pieces": explained.line.pieces,
                "contribution": explained.contribution,
                "held_by": list(explained.held_by),
                "needed_by": list(explained.needed_by),
                "estimated_needs": list(explained.estimated_needs),
                "run": None if explained.run is None else _run(explained.run),
                "best_alternative": alternative(explained.best),
                "best_possible_alternative": alternative(explained.possible),
                "why": explained.line.why,
            }
            for explained in explanation.lines
        ],
    }

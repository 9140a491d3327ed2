"""A plan explained, by promotion or by line: what each contributes, what holds it, what else its slots could hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from planner.figures import MoneyStyle, money_style
from planner.reasons.standing.explain import Alternative, Counted, Explanation
from planner.reasons.standing.promotions import Promotion
from planner.reasons.standing.runs import KeptRun
from planner.report.explained.line_entry import is_guessed, is_open, line_entry
from planner.report.explained.promotion_entry import promotion_entry
from planner.report.names import UNNAMED, Names
from planner.report.table import Column, FittedTable


def show_promotions(explanation: Explanation, currency: str, names: Names = UNNAMED) -> FittedTable:
    """One entry a promotion, the largest contribution first; contributions and one interaction row add up."""
    money, counted = style_of(explanation, currency), explanation.counted
    ordered = sorted(explanation.promotions, key=lambda each: (-each.contribution, each.first))
    entries = [(each.contribution, promotion_entry(each, explanation.lines, money, counted, names)) for each in ordered]
    return _table(explanation, currency, "promotion", entries)


def show_lines(explanation: Explanation, currency: str, names: Names = UNNAMED) -> FittedTable:
    """One entry a line, the largest contribution first; contributions and one interaction row add up."""
    money, counted = style_of(explanation, currency), explanation.counted
    ordered = sorted(explanation.lines, key=lambda each: (-each.contribution, each.line.period))
    entries = [(each.contribution, line_entry(each, money, counted, names)) for each in ordered]
    return _table(explanation, currency, "line", entries)


def _table(explanation: Explanation, currency: str, what: str, entries: Sequence[tuple[float, Text]]) -> FittedTable:
    """Lay out the entries of lines or promotions, their sum, and what the words in them mean."""
    money, counted = style_of(explanation, currency), explanation.counted
    interaction = explanation.objective - math.fsum(contribution for contribution, _ in entries)
    rows: list[tuple[str | Text, str | Text]] = [(money(each, signed=True), entry) for each, entry in entries]
    if not rows:
        rows.append((money(0, signed=True), "no line: nothing is promoted"))
    rows.append((money(interaction, signed=True), f"interaction: what the {what}s gain and lose by one another"))
    rows.append((Text(money(explanation.objective, signed=True), style="bold"), Text("the plan", style="bold")))
    whole = what if what == "line" else "promotion, all of its lines"
    return FittedTable(
        title=f"Plan {explanation.rank}, {what} by {what}",
        columns=(Column(title="contributes", number=True), Column(title=what, least=30)),
        rows=tuple(rows),
        notes=(
            contributes(counted, whole),
            *legend(explanation, what, money),
            *([money.caption] if counted.money else []),
        ),
    )


def legend(explanation: Explanation, what: str, money: MoneyStyle, *, terminal: bool = True) -> list[str]:
    """Say what the words mean that stand in some entry.

    Parameters
    ----------
    what
        ``line`` or ``promotion``.
    terminal
        Whether it is read where other commands can be typed, which tell more.
    """
    lines, words = [explained for explained in explanation.lines if explained.locked is None], []
    if any(explained.held_by for explained in explanation.lines):
        order = "the dearest first" if explanation.priced else "most used first: prices are made for the best plan only"
        words.append(f"held by: limits without room that the {what} uses, {order}")
    if any(set(explained.needed_by) - set(explained.estimated_needs) for explained in lines):
        without = "without the line" if what == "line" else "without one of its lines"
        words.append(f"needed by: limits and rules that break {without}")
    if any(explained.run is not None for explained in lines):
        one = "without one" if what == "line" else "without those of the promotion"
        words.append(f"together: what is lost without all lines of a run; contributes: {one}, beside all others")
    if any(is_open(explained, money) for explained in lines):
        words.append("instead: what else the line's slot could hold, against the line as it is, one change at a time")
    if lines and not all(is_open(explained, money) for explained in lines):
        gains = "saves" if explanation.counted.saved else "gains"
        closest = "; --json has what comes closest" if terminal else ""
        words.append(f"no instead: nothing else that its slot may hold {gains}{closest}")
    if any(is_guessed(explained, money) for explained in lines):
        words.append(f"may: by an estimate of use at risk{'; campaign score tells for sure' if terminal else ''}")
    if what != "line" and len(explanation.promotions) < len(explanation.lines):
        each = "; --lines tells of each line by itself" if terminal else ""
        words.append(f"a promotion: an offer on a product in consecutive periods{each}")
    return words


def style_of(explanation: Explanation, currency: str) -> MoneyStyle:
    """How amounts are written: money by its currency, counts and mixtures with two digits."""
    if not explanation.counted.money:
        return MoneyStyle(currency=currency, digits=2)
    lines, promotions = explanation.lines, explanation.promotions
    entries = *(each.contribution for each in lines), *(each.contribution for each in promotions)
    return money_style(currency, [explanation.objective, *entries])


def contributes(counted: Counted, what: str) -> str:
    """Say what contributions are counted in; ``what`` is what is left out for them."""
    if counted.saved:
        return f"contributes: how much less {counted.what} there is with the {what}; below 0 it adds {counted.what}"
    return f"contributes: {counted.what} lost without the {what}"


def _run(run: KeptRun) -> dict[str, Any]:
    return {
        "rule": run.rule,
        "first": run.first.isoformat(),
        "last": run.last.isoformat(),
        "lines": len(run.slots),
        "contribution": run.worth,
    }


def _promotion(promotion: Promotion, explanation: Explanation) -> dict[str, Any]:
    own = [explanation.lines[place].line for place in promotion.places]
    return {
        "offer": own[0].offer,
        "product": own[0].product,
        "coverage": own[0].coverage,
        "quantity": own[0].quantity,
        "segments": list(dict.fromkeys(line.segment for line in own)),
        "first": promotion.first.isoformat(),
        "last": promotion.last.isoformat(),
        "lines": list(promotion.places),
        "contribution": promotion.contribution,
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

    places = {explained.line.line: place for place, explained in enumerate(explanation.lines)}
    return {
        "format": "campaign-explanation/1",
        "plan": explanation.rank,
        "currency": currency,
        "counted_in": explanation.counted.what,
        "objective": explanation.objective,
        "interaction": explanation.interaction,
        "promotions": [_promotion(each, explanation) for each in explanation.promotions],
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
                "locked": explained.locked,
                "estimated_needs": list(explained.estimated_needs),
                "without": dict(explained.without),
                "run": None if explained.run is None else _run(explained.run),
                "best_alternative": alternative(explained.best),
                "best_possible_alternative": alternative(explained.possible),
                "why": explained.line.why,
            }
            for explained in explanation.lines
        ],
        "losing": [
            {
                "needed_by": list(each.needed_by),
                "estimated": list(each.estimated),
                "cost": each.cost,
                "lines": [places[line.line] for line in each.lines],
            }
            for each in explanation.losing
        ],
    }

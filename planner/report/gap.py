"""What the gap between the best plan and the bound is made of, in words and numbers that add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from planner.bound.gap.story import GapPart, GapStory
from planner.figures import MoneyStyle, money_style, share
from planner.reasons.standing.explain import Counted
from planner.report.table import Column, FittedTable
from scenarios.language.words import BASKET

SMALL = 0.005
"""Parts below this share of the gap are shown as one row of their kind."""
NO_PART = 1e-9
"""Share of the gap below which a part is none, but what adding up left of it."""
WORDS = {
    "limit": "what the plan leaves of limit {}, at its price",
    "stock": "what the plan leaves of the stock of {}, at its price",
    "rules": "what the plan leaves of business rules and contact caps, at their prices",
    "messages": "messages: lines that go together share what a message costs",
    "theft": "rivals: every product may name how much it is robbed",
    "dips": "pull-forward: every product may name how much was bought ahead",
    "baskets": "baskets: every product may name how much basket offers lift it",
    "fatigue": "fatigue in steps, and halo units at their best price",
    "lines": "other lines on {}, which need not go with the rest",
    "rounding": "rounding, always to the safe side",
}
OTHERS = {"limit": "other limits", "stock": "other stocks", "lines": "other lines elsewhere"}


def gap_text(part: GapPart) -> str:
    """Say what a part is."""
    name = "baskets" if part.name == BASKET else part.name
    return WORDS[part.kind].format(name)


def _rows(story: GapStory) -> list[tuple[str, float]]:
    """Parts in the story's order, small ones of a kind together; what a question does not have is no part."""
    gap = story.bound - story.objective
    rows: list[tuple[str, float]] = []
    rest: dict[str, float] = {}
    for part in story.parts:
        if abs(part.amount) < NO_PART * gap:
            continue
        if part.kind in OTHERS and abs(part.amount) < SMALL * gap:
            rest[part.kind] = rest.get(part.kind, 0.0) + part.amount
        else:
            rows.append((gap_text(part), part.amount))
    return [*rows, *((OTHERS[kind], amount) for kind, amount in rest.items())]


def show_gap(story: GapStory | None, currency: str, counted: Counted) -> FittedTable:
    """One row a part: words, amount, share of the gap; the sum last.

    Parameters
    ----------
    counted
        What is bounded: expected profit of a careful objective, the leading measure of a front.
    """
    columns = (
        Column(title="part of the gap", least=30),
        Column(title="amount", number=True),
        Column(title="share", number=True),
    )
    title = "What the gap is made of" if counted.whole else f"What the gap of {counted.what} is made of"
    if story is None:
        return FittedTable(
            title=title, columns=columns, rows=(), empty="no tightened bound is known, so nothing to split"
        )
    gap = story.bound - story.objective
    money = money_style(currency, [story.bound]) if counted.money else MoneyStyle(currency=currency, digits=2)
    if money(gap) == money(0):
        none = f"nothing to split: the best plan reaches the bound, to less than {money(10.0**-money.digits)}"
        return FittedTable(title=title, columns=columns, rows=(), empty=none)
    parts = _rows(story)
    whole = _shown(story.bound, money) - _shown(story.objective, money)
    shown = _adding_up([amount for _, amount in parts], whole, money)
    rows = [
        (text, money(amount), share(exact / gap if gap else None))
        for (text, exact), amount in zip(parts, shown, strict=True)
    ]
    return FittedTable(
        title=title,
        columns=columns,
        rows=(*rows, ("the gap", money(whole), share(1.0))),
        notes=(
            f"{_bounded(story, counted, money)}, both before the account rounds every cell",
            "other lines: plans that the search has not found, and lines that do not go together; all else above is "
            "what the proof gives away",
        ),
    )


def _shown(amount: float, money: MoneyStyle) -> Decimal:
    """An amount as it is printed."""
    return round(Decimal(repr(float(amount))), money.digits)


def _adding_up(amounts: Sequence[float], whole: Decimal, money: MoneyStyle) -> list[Decimal]:
    """Round amounts so that what is printed adds up to the whole: down, then one more for the largest remainders."""
    place = Decimal(1).scaleb(-money.digits)
    exact = [Decimal(repr(float(amount))) for amount in amounts]
    parts = [amount.quantize(place, ROUND_FLOOR) for amount in exact]
    order = sorted(range(len(parts)), key=lambda at: parts[at] - exact[at])
    missing = int((whole - sum(parts, Decimal(0))) / place)
    for number in range(abs(missing) if parts else 0):
        at = order[number % len(order)] if missing > 0 else order[-1 - number % len(order)]
        parts[at] += place if missing > 0 else -place
    return parts


def _bounded(story: GapStory, counted: Counted, money: MoneyStyle) -> str:
    """Say the bound, and what the best plan reaches of it."""
    if counted.saved:
        reached = f"the best plan has {money(-story.objective)}"
        return f"no plan has less {counted.what} than {money(-story.bound)}, {reached}"
    what = "" if counted.whole else f" {counted.what}"
    return f"no plan gains more{what} than {money(story.bound)}, the best plan gains {money(story.objective)}"


def gap_json(story: GapStory | None) -> dict[str, Any] | None:
    """All parts, for machines."""
    if story is None:
        return None
    parts = [
        {"kind": part.kind, "name": part.name, "amount": part.amount, "text": gap_text(part)} for part in story.parts
    ]
    return {"bound": story.bound, "objective": story.objective, "parts": parts}

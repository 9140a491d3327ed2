"""The promotions of a plan on a page: when, what, for whom, what each takes and brings, and why it stands."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from planner.figures import MoneyStyle, count, given, money_style
from planner.page.tables import PageCell, PageTable, cells_of
from planner.reasons.standing.explain import Explanation, LineExplained
from planner.reasons.standing.promotions import Promotion
from planner.report.explained.explain import contributes, legend, style_of
from planner.report.explained.promotion_entry import promotion_entry
from planner.report.names import names_of
from scenarios.answer.plan import LineResult
from scenarios.language.read_in import listed_products, listed_segments
from scenarios.language.schema import Scenario
from scenarios.language.words import BASKET, EVERYBODY

HEAD = (
    ("when", False),
    ("offer", False),
    ("on", False),
    ("for", False),
    ("uses", True),
    ("spend", True),
    ("vendors pay", True),
    ("contributes", True),
    ("why it stands", False),
)
_WHAT = "promotion"


def promotion_table(explanation: Explanation, scenario: Scenario) -> PageTable:
    """One row a promotion, the largest contribution first; contributions and one row of interaction add up."""
    worth, counted = style_of(explanation, scenario.currency), explanation.counted
    held = [[explanation.lines[place] for place in each.places] for each in explanation.promotions]
    spent = money_style(scenario.currency, [_sum(own, _spend) for own in held])
    names, called = _Names(scenario), names_of(scenario)
    order = sorted(range(len(held)), key=lambda at: (-explanation.promotions[at].contribution, held[at][0].line.period))
    rows = []
    for at in order:
        promotion = explanation.promotions[at]
        reasons = promotion_entry(promotion, explanation.lines, worth, counted, called).plain.split("\n")[1:]
        rows.append(
            (
                *_named(promotion, held[at], names),
                *_amounts(held[at], spent),
                worth(promotion.contribution, signed=True),
                "\n".join((*_why(held[at]), *(reason.strip() for reason in reasons))),
            )
        )
    interaction = explanation.objective - math.fsum(each.contribution for each in explanation.promotions)
    rows.append(("together", *("",) * 6, worth(interaction, signed=True), "what they gain and lose by one another"))
    return PageTable(
        title="",
        head=tuple(PageCell(text=text, number=number) for text, number in HEAD),
        rows=(
            *(cells_of(row, HEAD) for row in rows),
            _total(explanation, held, spent, worth),
        ),
        notes=(contributes(counted, "promotion, all of its lines"), *legend(explanation, _WHAT, worth, terminal=False)),
    )


class _Names:
    """What people call what a line names."""

    def __init__(self, scenario: Scenario) -> None:
        products = listed_products(scenario)
        segments = listed_segments(scenario)
        self.products = {each.id: each.name or each.id for each in products} | {BASKET: "whole basket"}
        self.segments = {each.id: each.name or each.id for each in segments} | {EVERYBODY: "everybody"}
        self.offers = {each.id: each.name or each.id for each in scenario.offers}


def _named(promotion: Promotion, own: Sequence[LineExplained], names: _Names) -> tuple[str, str, str, str]:
    line = own[0].line
    when = f"{promotion.first} to {promotion.last}" if promotion.last > promotion.first else str(promotion.first)
    pieces = [each.line.pieces for each in own if each.line.pieces is not None]
    level = f", {sum(pieces):,} pieces" if pieces else ""
    whom = ", ".join(dict.fromkeys(names.segments[each.line.segment] for each in own))
    reach = "" if line.segment == EVERYBODY or line.coverage == 1 else f" ({given(line.coverage)} of them)"
    return when, f"{names.offers[line.offer]}{level}", names.products[line.product], f"{whom}{reach}"


def _why(own: Sequence[LineExplained]) -> tuple[str, ...]:
    """What the plan says of its lines, each sentence once, with how many lines where not all; locked ones are told."""
    said = Counter(each.line.why for each in own if each.line.why and each.locked is None)
    return tuple(why if n == len(own) else f"{n} of its {len(own)} lines: {why}" for why, n in said.most_common())


def _spend(line: LineResult) -> Decimal:
    return line.spend


def _paid(line: LineResult) -> Decimal:
    return line.vendor_funding


def _uses(line: LineResult) -> Decimal:
    return line.uses


def _sum(own: Iterable[LineExplained], amount: Callable[[LineResult], Decimal]) -> Decimal:
    return sum((amount(each.line) for each in own), Decimal(0))


def _amounts(own: Sequence[LineExplained], money: MoneyStyle) -> tuple[str, str, str]:
    return count(_sum(own, _uses)), money(_sum(own, _spend)), money(_sum(own, _paid))


def _total(
    explanation: Explanation, held: Sequence[Sequence[LineExplained]], spent: MoneyStyle, worth: MoneyStyle
) -> tuple[PageCell, ...]:
    """The plan's own row."""
    lines = [each for own in held for each in own]
    texts = ("the plan", "", "", "", *_amounts(lines, spent), worth(explanation.objective, signed=True), "")
    return cells_of(texts, HEAD, strong=True)

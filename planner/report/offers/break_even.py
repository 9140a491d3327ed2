"""What every offer needs to pay for itself, as a table beside what is expected of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from rich.text import Text

from planner.figures import NOTHING, MoneyStyle, enough, given, money_style, share
from planner.reasons.by_itself.break_even import MOST_LIFT, BreakEven
from planner.reasons.effect_scores import Score
from planner.report.offers.effects import named
from planner.report.offers.may_be_nothing import where_nothing
from planner.report.table import About, Column, FittedTable
from scenarios.currency import minor_digits, rate_text
from scenarios.grid import Grid
from scenarios.language.words import Layer
from scenarios.word_list import listed

RATE_DIGITS = 2
"""Digits of an amount for each unit at least: of yen, too, vendors pay parts."""


def show_break_even(grid: Grid, needs: tuple[BreakEven, ...], scores: Sequence[Score] = ()) -> FittedTable:
    """Show what every offer needs to pay for itself, beside what is expected of it, and whether that may be nothing."""
    money = money_style(grid.scenario.currency, [need.profit for need in needs])
    by_unit, by_line = (any(getattr(need, key) > 0 for need in needs) for key in ("unit_funding", "line_funding"))
    rows = []
    for need in needs:
        offer = grid.scenario.offers[need.offer]
        pays = need.lift >= need.break_even_lift
        rows.append(
            (
                named(offer.id, offer.name),
                share(need.lift, signed=True),
                Text(_needed_lift(need), style="green" if pays else "red"),
                _funding(need, money),
                _needed_funding(need, money),
                money(need.profit, signed=True),
                f"{need.paying_slots:,}/{need.slots:,}",
            )
        )
    return FittedTable(
        title="What each offer needs to pay for itself",
        columns=(
            Column(title="offer", least=12),
            Column(title="lift", number=True),
            Column(title="needs", number=True),
            Column(title="funding", number=True),
            Column(title="needs", number=True),
            Column(title="profit a line", number=True),
            Column(title="pays in", number=True, gives_way=1),
        ),
        rows=tuple(rows),
        notes=(
            "each line alone, as a plan of this line only gains; what it takes from rivals and later periods counts, "
            "and how tired it leaves customers after the horizon",
            *where_nothing(grid, scores),
            *_less(grid, needs),
            *_one_message(grid, needs),
            "needs: the lift at the present funding, and the funding at this lift, rounded up",
            *(("each: net, for each unit sold and not returned; a share beside it stays as it is",) if by_unit else ()),
            *(("a line: net, for each line; what is needed comes beside it",) if by_line else ()),
            money.caption,
        ),
        abouts=(About(column="pays in", text="pays in: slots of those it may fill"),),
    )


def _less(grid: Grid, needs: tuple[BreakEven, ...]) -> tuple[str, ...]:
    """Name the offers whose lift reads otherwise than that of their effects, and say why."""
    capped: list[str] = []
    sold_out: list[str] = []
    for need in needs:
        offer = grid.scenario.offers[need.offer]
        if share(need.lift, signed=True) != share(need.table_lift, signed=True):
            text = f"{offer.id} ({share(need.table_lift, signed=True)} by its effects)"
            (sold_out if offer.is_basket and offer.per_customer is None else capped).append(text)
    said = []
    if capped:
        said.append(f"lift: what the cap per customer leaves of it: {', '.join(capped)}")
    if sold_out:
        said.append(
            f"lift: under an offer on orders, products that sell out anyway rise by nothing: {', '.join(sold_out)}"
        )
    return tuple(said)


def _one_message(grid: Grid, needs: tuple[BreakEven, ...]) -> tuple[str, ...]:
    """Name the offers whose lines seldom pay for a message of their own, which several products share in a plan."""
    paid = {channel.id for channel in grid.scenario.channels if channel.cost_per_contact}
    named_here = []
    for need in needs:
        offer = grid.scenario.offers[need.offer]
        several = not offer.is_basket and offer.layer is Layer.TARGETED and _products(grid, need.offer) > 1
        if several and offer.channel in paid and 2 * need.paying_slots < need.slots:
            named_here.append(offer.id)
    if not named_here:
        return ()
    return (
        f"{listed(named_here)}: each line has a message of its own here; in a plan the products of one segment and "
        "period share one, so that together they may pay where none does alone",
    )


def _products(grid: Grid, number: int) -> int:
    """How many products an offer to chosen customers may stand on."""
    own = [column for column, choice in enumerate(grid.choices.targeted, 1) if choice.offer == number]
    return int(grid.allowed.targeted[..., own].any(axis=(0, 2, 3)).sum())


def _needed_lift(need: BreakEven) -> str:
    if math.isnan(need.break_even_lift):
        return NOTHING
    return f"over {MOST_LIFT:,.0%}" if math.isinf(need.break_even_lift) else enough(need.break_even_lift, signed=True)


def _funding(need: BreakEven, money: MoneyStyle) -> str:
    """Write a share, an amount for each unit and one for each line, those that are paid."""
    amounts = ((need.unit_funding, "each"), (need.line_funding, "a line"))
    told = [f"{rate_text(Decimal(repr(paid)), money.currency)} {what}" for paid, what in amounts if paid]
    return " + ".join(([given(need.funding)] if need.funding or not told else []) + told)


def _needed_funding(need: BreakEven, money: MoneyStyle) -> str:
    if math.isnan(need.break_even_funding):
        return NOTHING
    if need.unit_funding > 0:
        return _needed_amount(need.break_even_unit_funding, money.currency)
    if need.break_even_funding <= 0:
        return "none"
    return enough(need.break_even_funding, digits=0) if need.break_even_funding <= 1 else "over 100%"


def _needed_amount(amount: float, currency: str) -> str:
    """Write an amount for each unit, rounded up to the second digit, or the minor unit where that is finer."""
    if amount <= 0:
        return "none"
    if math.isinf(amount):
        return "none is enough"
    digits = max(RATE_DIGITS, minor_digits(currency))
    needed = Decimal(math.ceil(round(amount * 10**digits, 6))).scaleb(-digits)
    return f"{rate_text(needed, currency)} each"

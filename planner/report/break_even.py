"""What every offer needs to pay for itself, as a table beside what is expected of it."""

from __future__ import annotations

import math

from rich.text import Text

from planner.figures import NOTHING, enough, given, money_style, share
from planner.reasons.break_even import BreakEven
from planner.report.effects import named
from planner.report.table import About, Column, FittedTable
from scenarios.grid import Grid


def show_break_even(grid: Grid, needs: tuple[BreakEven, ...]) -> FittedTable:
    """Show what every offer needs to pay for itself, beside what is expected of it."""
    money = money_style(grid.scenario.currency, [need.profit for need in needs])
    rows = []
    for need in needs:
        offer = grid.scenario.offers[need.offer]
        pays = need.lift >= need.break_even_lift
        rows.append(
            (
                named(offer.id, offer.name),
                share(need.lift, signed=True),
                Text(_needed_lift(need), style="green" if pays else "red"),
                given(need.funding),
                _needed_funding(need),
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
            "each line alone; what it takes from rivals and later periods counts at their margins, how tired it leaves "
            "customers is left out here, but counts in plans",
            *_less(grid, needs),
            "needs: the lift at the present funding, and the funding at this lift, rounded up",
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


def _needed_lift(need: BreakEven) -> str:
    if math.isnan(need.break_even_lift):
        return NOTHING
    return "none is enough" if math.isinf(need.break_even_lift) else enough(need.break_even_lift, signed=True)


def _needed_funding(need: BreakEven) -> str:
    if math.isnan(need.break_even_funding):
        return NOTHING
    if need.break_even_funding <= 0:
        return "none"
    return enough(need.break_even_funding, digits=0) if need.break_even_funding <= 1 else "over 100%"

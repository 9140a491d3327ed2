"""Rows of actuals in which next to nothing was paid, and no offer gives the goods away: revenue is in another unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Flag
from scenarios.currency import price_text
from scenarios.flight.reading.rows import Rows
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Offer
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.words import EVERYBODY, Mechanic
from scenarios.response.economics import price_of

LEAST = 0.01
"""Share of the regular price of the units below which no shop sells, but for what it gives away."""


class NextToNothing(NamedTuple):
    """What is said of such rows, and which they are."""

    sentences: tuple[str, ...]
    rows: Flag
    """[R]"""


def next_to_nothing(table: CsvTable, rows: Rows, grid: Grid, lines: Sequence[PlanLine]) -> NextToNothing:
    """Name the first of the rows, and what they may be.

    Parameters
    ----------
    lines
        Of the plan, which ran where the file does not say what did.
    """
    prices = np.array([float(price_of(product)) for product in grid.products] + [np.nan])
    units, revenue = rows.figures["units"], rows.figures["revenue"]
    with np.errstate(invalid="ignore"):
        cheap = (units > 0) & (revenue < LEAST * prices[rows.product] * units)
    for number in np.flatnonzero(cheap):
        price = float(prices[rows.product[number]])
        cheap[number] = not any(_gives_away(offer, price) for offer in _ran(int(number), rows, grid, lines))
    found = np.flatnonzero(cheap)
    if not found.size:
        return NextToNothing((), np.asarray(cheap))
    first = int(found[0])
    row, product = int(rows.row[first]), int(rows.product[first])
    others = found.size - 1
    more = f" (and on {others:,} more {'row' if others == 1 else 'rows'})" if others else ""
    currency = grid.scenario.currency
    return NextToNothing(
        (
            f"{table.name}:{table.lines[row]}: revenue is {table.texts('revenue')[row]} for {units[first]:,.0f} units "
            f"of {grid.products[product].id}, each {price_text(prices[product], currency, grouped=True)} {currency}, "
            f"less than {LEAST:.0%} of the regular price{more}: is revenue in another unit, or with points for "
            "thousands?",
        ),
        np.asarray(cheap),
    )


def _ran(number: int, rows: Rows, grid: Grid, lines: Sequence[PlanLine]) -> list[Offer]:
    """Return the offers that ran on a row: those that it names, else those of the plan."""
    offers = grid.scenario.offers
    if rows.offers is not None:
        return [offers[offer] for offer in rows.offers[number]]
    product, period, segment = grid.products[rows.product[number]].id, rows.period[number], rows.segment[number]
    whom = {EVERYBODY, grid.segments[segment].id} if segment < len(grid.segments) else None
    return [
        offers[grid.offer_index[line.offer]]
        for line in lines
        if line.product == product
        and line.offer in grid.offer_index
        and grid.scenario.horizon.period_of(line.date) == period
        and (whom is None or line.segment in whom)
    ]


def _gives_away(offer: Offer, price: float) -> bool:
    """Whether goods of a regular price may go for next to nothing under an offer."""
    if offer.mechanic is Mechanic.GIFT:
        return True
    off = max(offer.depth or 0.0, float(offer.value or 0) / price if price else 0.0)
    return off > 1.0 - LEAST or (offer.price is not None and float(offer.price) < LEAST * price)

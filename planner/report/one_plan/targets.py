"""Who gets what: the lines of a plan per segment, grouped so that a person can read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from planner.figures import count, given, money_style
from planner.report.offers.effects import named
from planner.report.table import Column, FittedTable
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.language.schema import Horizon, Offer, Product, Scenario, Segment
from scenarios.language.schemas.validity import sent_on
from scenarios.language.words import BASKET, EVERYBODY


def show_targets(plan: RankedPlan, scenario: Scenario, currency: str) -> list[FittedTable]:
    """One table per segment of its targeted lines, and one of the public lines that everybody sees."""
    names = {EVERYBODY: "everybody (shelf and shop)"}
    if isinstance(scenario.segments, tuple):
        segments: tuple[Segment, ...] = scenario.segments
        names |= {s.id: f"{named(s.id, s.name)}: {s.size}" for s in segments}
    tables = []
    for segment, name in names.items():
        lines = [line for line in plan.lines if line.segment == segment]
        if lines:
            tables.append(_segment_table(name, lines, scenario, currency))
    return tables


def _segment_table(title: str, lines: Sequence[LineResult], scenario: Scenario, currency: str) -> FittedTable:
    groups: dict[tuple[str, tuple[float, float], tuple[dt.date, ...]], list[LineResult]] = {}
    by_slot: dict[tuple[str, str, tuple[float, float]], list[LineResult]] = {}
    for line in lines:
        by_slot.setdefault((line.offer, line.product, (line.coverage, line.quantity)), []).append(line)
    for (offer, _, level), held in by_slot.items():
        days = tuple(sorted(line.period for line in held))
        groups.setdefault((offer, level, days), []).extend(held)
    counted = any(line.pieces is not None for line in lines)
    order = {offer.id: number for number, offer in enumerate(scenario.offers)}
    offers = {offer.id: named(offer.id, offer.name) for offer in scenario.offers}
    known = {offer.id: offer for offer in scenario.offers}
    money = money_style(currency, [_sum(line.spend for line in held) for held in groups.values()])
    rows = []
    for (offer, (coverage, _), days), held in sorted(groups.items(), key=lambda item: (order[item[0][0]], item[0][2])):
        products = tuple(dict.fromkeys(line.product for line in held))
        rows.append(
            (
                offers[offer],
                ", ".join(_product_name(product, scenario) for product in products),
                _when(days, known.get(offer), scenario.horizon),
                given(coverage),
                *((_pieces(held),) if counted else ()),
                count(_sum(line.uses for line in held)),
                money(_sum(line.spend for line in held)),
            )
        )
    return FittedTable(
        title=title,
        columns=(
            Column(title="offer", least=14),
            Column(title="products", least=14),
            Column(title="when", least=13),
            Column(title="reach", number=True),
            *((Column(title="pieces", number=True),) if counted else ()),
            Column(title="uses", number=True),
            Column(title="spend", number=True),
        ),
        rows=tuple(rows),
    )


def _when(days: Sequence[dt.date], offer: Offer | None, horizon: Horizon) -> str:
    """Return the days of lines as ranges; of an offer that is sent once a range for each sending, and when that is."""
    valid = None if offer is None else offer.valid
    if valid is None:
        return date_ranges(days, horizon)
    by_sending: dict[dt.date, list[dt.date]] = {}
    for day in days:
        by_sending.setdefault(sent_on(valid, horizon, day) or day, []).append(day)
    return ", ".join(
        f"{date_ranges(own, horizon)} (sent {date_ranges([sent], horizon)})" for sent, own in by_sending.items()
    )


def _pieces(lines: Iterable[LineResult]) -> str:
    """Return the pieces of some lines together; nothing where they are not counted."""
    known = [line.pieces for line in lines if line.pieces is not None]
    return f"{sum(known):,}" if known else ""


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _product_name(product: str, scenario: Scenario) -> str:
    if product == BASKET or not isinstance(scenario.products, tuple):
        return "whole basket"
    products: tuple[Product, ...] = scenario.products
    return next(named(entry.id, entry.name) for entry in products if entry.id == product)


def date_ranges(days: Sequence[dt.date], horizon: Horizon) -> str:
    """Return ``11-01..11-04, 11-07``: first days of periods, neighbours joined; the year where it changes."""
    periods = sorted(horizon.period_of(day) for day in days)
    runs: list[list[int]] = []
    for period in periods:
        if runs and period == runs[-1][1] + 1:
            runs[-1][1] = period
        else:
            runs.append([period, period])
    years = {horizon.date_of(period).year for period in (0, horizon.periods - 1)}
    style = "%m-%d" if len(years) == 1 else "%Y-%m-%d"
    texts = []
    for first, last in runs:
        start, end = (horizon.date_of(period).strftime(style) for period in (first, last))
        texts.append(start if first == last else f"{start}..{end}")
    return ", ".join(texts)

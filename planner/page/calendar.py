"""The calendar of a page: products down, the segments of targeted lines below them, periods across."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from planner.figures import count, given
from planner.report.one_plan.calendar import CLOSED, listed_products, symbol
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.language.horizon_words import closed_words
from scenarios.language.read_in import listed_segments
from scenarios.language.schema import Horizon, Scenario, Segment
from scenarios.language.words import EVERYBODY, Unit

SATURDAY = 5
"""Of a week that begins with 0, Monday."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """The head of one period."""

    month: str
    """Where it begins; empty in the periods after the first of a month."""
    day: str
    rest: bool
    """Whether it is a Saturday or a Sunday, where periods are days."""
    closed: bool
    """Whether nothing is sold then."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One cell: the symbol of its offer, nothing where none runs."""

    symbol: str
    mechanic: str
    about: str
    """Offer, reach, uses: what a pointer shows."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One product, or a segment's own offers on it."""

    name: str
    own: bool
    """Whether it is a segment's, below its product's."""
    entries: tuple[Entry | None, ...]


@dataclass(frozen=True, kw_only=True)
class Key:
    """What a symbol stands for."""

    symbol: str
    mechanic: str
    name: str


@dataclass(frozen=True, kw_only=True)
class PageCalendar:
    """All lines of a plan in time."""

    days: tuple[Day, ...]
    rows: tuple[Row, ...]
    keys: tuple[Key, ...]
    closed: Key | None
    """What stands on closed days; None where there are none."""
    idle: tuple[str, ...]
    """Names of the products without a line."""


def page_calendar(plan: RankedPlan, scenario: Scenario) -> PageCalendar:
    """Lay out every line of a plan; each offer has its symbol in the scenario's order."""
    used = {line.offer for line in plan.lines}
    offers = [offer for offer in scenario.offers if offer.id in used]
    keys = {
        offer.id: Key(symbol=symbol(number), mechanic=offer.mechanic.value, name=offer.name or offer.id)
        for number, offer in enumerate(offers)
    }
    by_row: dict[tuple[str, str], list[LineResult]] = {}
    for line in plan.lines:
        by_row.setdefault((line.product, line.segment), []).append(line)
    horizon, rows, idle = scenario.horizon, [], []
    segments = _segment_names(scenario)
    for product, name in listed_products(plan, scenario, brief=True):
        own = [segment for segment in segments if (product, segment) in by_row]
        public = by_row.get((product, EVERYBODY), [])
        if not (own or public):
            idle.append(name)
            continue
        rows.append(Row(name=name, own=False, entries=_entries(public, keys, horizon.dates, "everybody")))
        rows += [
            Row(
                name=segments[segment],
                own=True,
                entries=_entries(by_row[product, segment], keys, horizon.dates, segments[segment]),
            )
            for segment in own
        ]
    closed = Key(symbol=CLOSED, mechanic="closed", name=f"closed: {closed_words(horizon)}")
    return PageCalendar(
        days=_days(horizon),
        rows=tuple(rows),
        keys=tuple(keys.values()),
        closed=None if all(horizon.opened()) else closed,
        idle=tuple(idle),
    )


def _segment_names(scenario: Scenario) -> dict[str, str]:
    segments: Sequence[Segment] = listed_segments(scenario)
    return {segment.id: segment.name or segment.id for segment in segments}


def _entries(
    lines: Sequence[LineResult], keys: dict[str, Key], dates: Sequence[dt.date], whom: str
) -> tuple[Entry | None, ...]:
    found: dict[dt.date, Entry] = {}
    for line in lines:
        key = keys[line.offer]
        reach = "" if line.segment == EVERYBODY else f", reach {given(line.coverage)}"
        pieces = "" if line.pieces is None else f", {line.pieces:,} pieces"
        about = f"{line.period}, {key.name}, {whom}{reach}{pieces}, {count(line.uses)} uses"
        found[line.period] = Entry(symbol=key.symbol, mechanic=key.mechanic, about=about)
    return tuple(found.get(date) for date in dates)


def _days(horizon: Horizon) -> tuple[Day, ...]:
    days, before, weekly = [], None, horizon.unit is Unit.WEEK
    for date, opened in zip(horizon.dates, horizon.opened(), strict=True):
        month = "" if before == (date.year, date.month) else f"{date:%Y-%m}"
        rest = not weekly and date.weekday() >= SATURDAY
        days.append(Day(month=month, day=f"{date:%d}", rest=rest, closed=not opened))
        before = date.year, date.month
    return tuple(days)

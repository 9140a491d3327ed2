"""Tables of a rollout: the calendar, audiences, and periods in which a price is off by lot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.export.rollout_customers import Customers
from scenarios.answer.plan import LineResult
from scenarios.answer.sendings import in_sendings, sending_day, valid_until
from scenarios.arrays import Int
from scenarios.flight.messages.holdout import line_lots, lots
from scenarios.grid import Grid
from scenarios.language.offer_words import offer_words
from scenarios.language.words import Layer
from scenarios.response.messages import whole_customers

CALENDAR_COLUMNS = (
    "first_day",
    "last_day",
    "offer",
    "mechanic",
    "what",
    "layer",
    "product",
    "segment",
    "channel",
    "coverage",
    "pieces",
    "status",
    "audience",
)
AUDIENCE_COLUMNS = ("customer", "segment", "product")
SENT_ONCE_COLUMNS = (*AUDIENCE_COLUMNS, "sent", "valid_until")
HOLDOUT_COLUMNS = ("customer", "segment")
SWITCH_COLUMNS = ("first_day", "last_day", "product", "offer", "on", "block")
ON, OFF = "on", "off for measurement"

Key = tuple[dt.date, str, str]
"""Date, product and offer of a public line."""
LineKey = tuple[dt.date, str, str, str]
"""Date, product, segment and offer of a line."""
Members = Int
"""Numbers of the customers whom a line reaches."""


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Whom one offer reaches in one period."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def last_day(grid: Grid, first: dt.date) -> dt.date:
    """Last day of the period that begins on a day."""
    horizon = grid.scenario.horizon
    return horizon.last_day_of(horizon.period_of(first))


def calendar_rows(
    grid: Grid, lines: Sequence[LineResult], off: frozenset[Key], audiences: bool
) -> Iterator[tuple[str, ...]]:
    """Yield every line in plan order: what runs where, for whom, on which channel, and its audience file.

    All lines of a validity are one row: what is sent on its first day is valid until its last.
    """
    offers = {offer.id: offer for offer in grid.scenario.offers}
    for line, others in in_sendings(grid.scenario, lines):
        offer = offers[line.offer]
        targeted = offer.layer is Layer.TARGETED
        sent = sending_day(grid.scenario, line)
        told = sent is None or sent == line.period
        pieces = [each.pieces for each in (line, *others) if each.pieces is not None]
        until = last_day(grid, line.period) if sent is None else valid_until(grid.scenario, line)
        yield (
            str(line.period),
            str(until),
            line.offer,
            offer.mechanic.value,
            offer_words(offer, grid.scenario.currency, grid.scenario.gifts)
            + ("" if sent is None else f", sent on {sent}, valid until {until}"),
            offer.layer.value,
            line.product,
            line.segment,
            offer.channel or "",
            f"{100 * line.coverage:g}%",
            str(sum(pieces)) if pieces else "",
            OFF if (line.period, line.product, line.offer) in off else ON,
            audience_file(line) if targeted and audiences and told else "",
        )


def audience_file(line: LineResult) -> str:
    """File of the audience of an offer in a period."""
    return f"audiences/{line.period}_{line.offer}.csv"


def reached(
    grid: Grid, lines: Sequence[LineResult], customers: Customers, held: np.ndarray, seed: int
) -> dict[LineKey, Members]:
    """Draw whom every targeted line reaches: by lot, nobody who is kept out, as many as planned.

    A coverage is a share of the whole segment, and where the channel says how many it can reach, of those who have
    consented to it; it is reached as far as the customers left after the holdout, and those who have consented, allow.
    Where the file does not tell who they are, audiences hold customers whom the channel cannot reach, too: what sends
    leaves these out, and the share of the others that is left is the coverage.
    Every line draws by itself, so that lines together reach as many as the account says. Lines of a validity are for
    those whom it was sent to.
    """
    offers = {offer.id: offer for offer in grid.scenario.offers}
    drawn, left = lots(customers.pseudonyms, seed, "audience"), np.flatnonzero(~held)
    members = {segment.id: left[customers.segment[left] == s] for s, segment in enumerate(grid.segments)}
    reaching = {channel.id for channel in grid.scenario.channels if channel.reach is not None}
    found = {}
    for line in lines:
        if offers[line.offer].layer is not Layer.TARGETED:
            continue
        channel = offers[line.offer].channel or ""
        may = customers.consents.get(channel)
        counted = customers.of(grid.segment_index[line.segment])
        if may is not None and channel in reaching:
            counted = counted[may[counted]]
        wanted = whole_customers(len(counted), line.coverage)
        there = members[line.segment]
        there = there if may is None else there[may[there]]
        lot = line_lots(drawn[there], f"{sending_day(grid.scenario, line) or line.period} {line.offer} {line.product}")
        found[line_key(line)] = there[np.argsort(lot, kind="stable")[:wanted]]
    return found


def line_key(line: LineResult) -> LineKey:
    """What tells a line from all others of a plan."""
    return line.period, line.product, line.segment, line.offer


def audiences(
    grid: Grid, lines: Sequence[LineResult], customers: Customers, members: Mapping[LineKey, Members]
) -> Iterator[Audience]:
    """Yield the audience of every targeted offer and period, of those whom its lines reach.

    Where an offer is sent once, of the day of its sending only; its rows say until when customers may use it.
    """
    together: dict[str, list[LineResult]] = {}
    for line in lines:
        if line_key(line) in members and sending_day(grid.scenario, line) in (None, line.period):
            together.setdefault(audience_file(line), []).append(line)
    for file, parts in together.items():
        sent = sending_day(grid.scenario, parts[0])
        days = () if sent is None else (str(sent), str(valid_until(grid.scenario, parts[0])))
        rows = [
            (customers.names[number], line.segment, line.product, *days)
            for line in parts
            for number in members[line_key(line)]
        ]
        columns = AUDIENCE_COLUMNS if sent is None else SENT_ONCE_COLUMNS
        yield Audience(file=file, columns=columns, rows=tuple(rows))


def switch_rows(grid: Grid, tried: Mapping[Key, int], off: frozenset[Key]) -> Iterator[tuple[str, ...]]:
    """Yield every period that took part in a lot, whether its price is on, and its block, which counts from 1."""
    for key, block in tried.items():
        date, product, offer = key
        yield str(date), str(last_day(grid, date)), product, offer, "no" if key in off else "yes", str(block + 1)

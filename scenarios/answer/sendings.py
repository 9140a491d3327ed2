"""Lines of a plan that are one sending: what is sent once is valid on all of its days, and people read it once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from scenarios.answer.plan import LineResult
from scenarios.language.schema import Scenario
from scenarios.language.schemas.validity import Validity, sent_on


def validity_of(scenario: Scenario, line: LineResult) -> Validity | None:
    """Return for how long a line's offer is valid; None for others, and offers that the scenario does not have."""
    return next((offer.valid for offer in scenario.offers if offer.id == line.offer), None)


def sending_day(scenario: Scenario, line: LineResult) -> dt.date | None:
    """First day of the period in which the message of a line's validity goes out; None of a line without validity."""
    return sent_on(validity_of(scenario, line), scenario.horizon, line.period)


def valid_until(scenario: Scenario, line: LineResult) -> dt.date:
    """Last day of a line's validity, which may lie after the horizon; of others, of its period."""
    horizon, valid, sent = scenario.horizon, validity_of(scenario, line), sending_day(scenario, line)
    if valid is None or sent is None:
        return horizon.last_day_of(horizon.period_of(line.period))
    return valid.until(horizon, horizon.period_of(sent))


def in_sendings(scenario: Scenario, lines: Sequence[LineResult]) -> Iterator[tuple[LineResult, tuple[LineResult, ...]]]:
    """Yield lines in their order, each with those after it of the same sending; others stand alone."""
    groups: dict[tuple[object, ...], list[LineResult]] = {}
    for line in lines:
        sent = sending_day(scenario, line)
        key = (line.period if sent is None else sent, sent is None, line.product, line.segment, line.offer)
        groups.setdefault(key, []).append(line)
    for first, *others in groups.values():
        yield first, tuple(others)


def as_one(first: LineResult, others: Sequence[LineResult]) -> LineResult:
    """Return the lines of one sending as one line: its amounts are their sums, its words those of the first."""
    if not others:
        return first
    lines = (first, *others)

    def total(name: str) -> Decimal:
        return sum((getattr(line, name) for line in lines), start=Decimal(0))

    known = [line.contribution for line in lines if line.contribution is not None]
    pieces = [line.pieces for line in lines if line.pieces is not None]
    return replace(
        first,
        pieces=sum(pieces) if pieces else None,
        units=total("units"),
        incremental_units=total("incremental_units"),
        uses=total("uses"),
        gifts=total("gifts"),
        contacts=total("contacts"),
        discount=total("discount"),
        gross_spend=total("gross_spend"),
        vendor_funding=total("vendor_funding"),
        spend=total("spend"),
        issued=total("issued"),
        liability=total("liability"),
        contribution=sum(known, start=Decimal(0)) if known else None,
    )

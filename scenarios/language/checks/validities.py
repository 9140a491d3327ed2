"""Offers that are sent once and stay valid: sendings that the horizon, closed days and ``applies_to`` allow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from scenarios.first_few import first_few
from scenarios.language.checks.facts import Facts
from scenarios.language.schema import Horizon, Offer
from scenarios.language.schemas.validity import Validity
from scenarios.language.where import holds
from scenarios.language.words import Unit, Weekday
from scenarios.problems import Path, Problem


def validities(facts: Facts) -> Iterator[Problem]:
    """Check of each offer with ``valid`` that it is sent in the horizon, on open days, and whole validities fit."""
    if "horizon" in facts.broken:
        return
    horizon = facts.scenario.horizon
    for path, offer in facts.members("offers", facts.scenario.offers):
        if offer.valid is None:
            continue
        found = [*_in_weeks(facts, path, offer.valid, horizon), *_sendings(facts, path, offer, offer.valid, horizon)]
        yield from found
        if not found:
            yield from _cut(facts, path, offer, offer.valid, horizon)
            yield from _too_short_a_run(facts, path, offer, offer.valid, horizon)


def _in_weeks(facts: Facts, path: Path, valid: Validity, horizon: Horizon) -> Iterator[Problem]:
    """In plans of weeks offers are sent on the first day of a week, and valid for whole weeks."""
    if horizon.unit is not Unit.WEEK:
        return
    first = Weekday.of(horizon.start)
    if valid.days % 7:
        near = max(7, 7 * round(valid.days / 7))
        remedy = f"write days: {near}, or plan in days (unit: day)"
        yield facts.problem((*path, "valid", "days"), "whole weeks, in a plan of weeks", remedy=remedy)
    days = (valid.sent,) if isinstance(valid.sent, Weekday) else tuple(Weekday.of(day) for day in valid.sent)
    if any(day is not first for day in days):
        told = valid.sent.value if isinstance(valid.sent, Weekday) else _names(valid.sent)
        remedy = f"write a {first.value}, or plan in days (unit: day)"
        expected = f"the first day of a week, {first.value}, in a plan of weeks"
        yield facts.problem((*path, "valid", "sent"), expected, told, remedy)


def _sendings(facts: Facts, path: Path, offer: Offer, valid: Validity, horizon: Horizon) -> Iterator[Problem]:
    """Dates lie in the horizon, or so near before it that they are valid in it, and on open days; some lie in it."""
    at: Path = (*path, "valid", "sent")
    reach = horizon.start - dt.timedelta(days=valid.days - 1)
    if not isinstance(valid.sent, Weekday):
        outside = [day for day in valid.sent if not (reach <= day <= horizon.last_day)]
        closed = [day for day in valid.sent if day not in outside and horizon.closed_on(day)]
        if outside:
            expected = f"dates within the horizon, {horizon.start} to {horizon.last_day}"
            yield facts.problem(at, expected, _names(outside), "correct them, delete them, or change the horizon")
        if closed:
            remedy = "send it on an open day, or take the day out of horizon.closed"
            yield facts.problem(at, "open days", f"{_names(closed)}, closed by horizon.closed", remedy)
        if outside or closed:
            return
    spans = offer.applies_to.periods
    if not any(
        valid.sends_in(horizon, t) and holds(spans, horizon.date_of(t), horizon.period_days)
        for t in range(horizon.periods)
    ):
        where = "the horizon" if spans is None else "what applies_to admits of the horizon"
        closed_by = " (closed by horizon.closed)" if isinstance(valid.sent, Weekday) and horizon.closed else ""
        told = f"every {valid.sent.value}{closed_by}" if isinstance(valid.sent, Weekday) else _names(valid.sent)
        remedy = "name another day, or widen applies_to" if spans is not None else "name another day"
        yield facts.problem(at, f"at least one open day within {where} on which it is sent", told, remedy)


def _cut(facts: Facts, path: Path, offer: Offer, valid: Validity, horizon: Horizon) -> Iterator[Problem]:
    """``applies_to`` admits whole validities or leaves them out: what was sent cannot stop being valid."""
    spans = offer.applies_to.periods
    for period in range(horizon.periods):
        sending = valid.sending_of(horizon, period)
        if sending is None or horizon.is_closed(period):
            continue
        there = [holds(spans, horizon.date_of(t), horizon.period_days) for t in (sending, period)]
        if there == [True, False]:
            sent, last = horizon.date_of(sending), horizon.date_of(sending) + dt.timedelta(days=valid.days - 1)
            got = f"no {horizon.date_of(period)}, though it is sent on {sent} and valid until {last}"
            remedy = f"let periods reach {last}, end them before {sent}, or write fewer days"
            yield facts.problem((*path, "applies_to", "periods"), "whole validities", got, remedy)
            return


def _too_short_a_run(facts: Facts, path: Path, offer: Offer, valid: Validity, horizon: Horizon) -> Iterator[Problem]:
    """An offer's longest run holds one validity at least."""
    least = max(
        sum(valid.sending_of(horizon, t) == sending and not horizon.is_closed(t) for t in range(horizon.periods))
        for sending in range(horizon.periods)
    )
    if offer.max_run is not None and offer.max_run < least:
        expected = f"at least the {least} periods of one validity"
        yield facts.problem((*path, "max_run"), expected, remedy="write so many, or delete it: valid says how long")


def _names(days: tuple[dt.date, ...] | list[dt.date]) -> str:
    return first_few([str(day) for day in days])


CHECKS = (validities,)
"""Every check of validities."""

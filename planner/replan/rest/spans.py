"""Limits that hold in spans of time while a campaign runs: one span by itself, and what is left of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from constraints.limits.entries import LimitRow
from planner.problem import Problem
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import digits_of
from scenarios.currency import minor_digits
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Limit, Scenario
from scenarios.language.words import Measure
from scenarios.rounding import to_decimal


def straddles(row: LimitRow, free: dt.date) -> bool:
    """Whether a span has days on both sides of the first free day."""
    days = row.where.periods or ()
    return bool(days) and days[0].first < free <= days[-1].last


def is_over(row: LimitRow, free: dt.date) -> bool:
    """Whether all days of a span lie before the first free day."""
    days = row.where.periods or ()
    return bool(days) and days[-1].last < free


def alone(problem: Problem, limit: Limit, row: LimitRow) -> Limit:
    """One span of a limit as a limit of its own, less what lines before the horizon used of it.

    Its id names its first day; that of a window the last one, too: windows that the scope cuts short may begin alike.
    """
    days = row.where.periods or ()
    used = Decimal(0)
    measure = Measure.read(limit.measure)
    if row.past:
        digits = digits_of(measure, minor_digits(problem.grid.scenario.currency))
        used = to_decimal(PastUse(problem.model).used(measure, limit.where, row.past), digits)
    whole = None if limit.share_of is None else limit.share_of.model_copy(update={"where": row.whole})
    name = f"{limit.id}.{days[0].first}" if limit.window is None else f"{limit.id}.{days[0].first}.{days[-1].last}"
    changes = {"id": name, "window": None, "each": None, "where": row.where, "share_of": whole}
    if limit.min is not None:
        return limit.model_copy(update={"min": limit.min - used, **changes})
    return limit.model_copy(update={"max": max((limit.max or Decimal(0)) - used, Decimal(0)), **changes})


def last_day(limit: Limit) -> dt.date:
    """Last day of the last stretch of a limit's scope."""
    return (limit.where.periods or ())[-1].last


def from_day(limit: Limit, rest: DateRange) -> Limit | None:
    """Return a limit from a day on; None where none of its days are left."""
    spans = limit.where.periods or (rest,)
    days = [DateRange(first=max(span.first, rest.first), last=span.last) for span in spans if span.last >= rest.first]
    return _within(limit, days) if days else None


def in_spans(limit: Limit, rows: Sequence[LimitRow]) -> Limit | None:
    """Return a limit on weeks, months or single periods that holds in some of them only; None for none."""
    days = [stretch for row in rows for stretch in row.where.periods or ()]
    return _within(limit, days) if days else None


def _within(limit: Limit, days: Iterable[DateRange]) -> Limit:
    return limit.model_copy(update={"where": limit.where.model_copy(update={"periods": tuple(days)})})


def put(scenario: Scenario, name: str, limits: Iterable[Limit | None]) -> Scenario:
    """Put limits in the place of one of a scenario; those whose ids are there already are left as they are."""
    found: dict[str, Limit] = {}
    here = [each for each in limits if each is not None]
    known = {limit.id for limit in scenario.limits if limit.id != name}
    for limit in scenario.limits:
        for one in here if limit.id == name else (limit,):
            if one.id not in known or one is limit:
                found.setdefault(one.id, one)
    return scenario.model_copy(update={"limits": tuple(found.values())})

"""Spans of time in which a limit holds by itself: windows of consecutive days, periods, calendar weeks and months."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Horizon, Limit


@dataclass(frozen=True, kw_only=True)
class Span:
    """Consecutive periods; negative ones lie before the horizon."""

    name: str | None
    """In words, such as ``2026-11-03..2026-11-09``; None for the whole horizon of a limit without spans."""
    first: int
    last: int


def window_periods(limit: Limit, horizon: Horizon) -> int:
    """Periods that a window of days touches at least.

    Raises
    ------
    ValueError
        For a limit without a window.
    """
    if limit.window is None:
        raise ValueError(f"limit {limit.id} has no window")
    return -(-limit.window.days // horizon.period_days)


def spans_of(limit: Limit, horizon: Horizon, oldest: int = 0, *, falls: bool = False) -> tuple[Span, ...]:
    """Spans of a limit, in time.

    Parameters
    ----------
    oldest
        First past period whose lines count with the horizon's, negative; 0 where the past does not count.
    falls
        Whether a period may use less than nothing, so that a shorter stretch may hold more than one that it is part of.
    """
    if limit.window is not None:
        backwards = 0 if limit.min is not None else oldest
        return _windows(window_periods(limit, horizon), horizon, backwards, shorter=falls and limit.min is None)
    if limit.each is not None:
        return calendar_spans(limit.each, horizon, oldest)
    return (Span(name=None, first=0, last=horizon.periods - 1),)


def _windows(length: int, horizon: Horizon, oldest: int, *, shorter: bool) -> tuple[Span, ...]:
    """Every stretch of ``length`` periods from the oldest line on; the ``shorter`` ones before only where they matter.

    They hold no more than it, where no period uses less than nothing.
    """
    begin = 0 if shorter else max(min(oldest + length - 1, horizon.periods - 1), 0)
    spans = [(max(last - length + 1, oldest), last) for last in range(begin, horizon.periods)]
    return tuple(Span(name=_dates(horizon, first, last), first=first, last=last) for first, last in spans)


def calendar_spans(kind: str, horizon: Horizon, oldest: int) -> tuple[Span, ...]:
    """Periods, weeks or months by the day on which periods begin; the past part of the first one belongs to it.

    Parameters
    ----------
    oldest
        First past period that counts, negative; 0 where the past does not count.
    """
    groups: dict[Hashable, list[int]] = {}
    for period in range(horizon.periods):
        groups.setdefault(_key(kind, horizon, period), []).append(period)
    spans = []
    for key, periods in groups.items():
        first = periods[0]
        while first <= 0 and first - 1 >= oldest and _key(kind, horizon, first - 1) == key:
            first -= 1
        name = f"{key[0]}-{key[1]:02}" if kind == "month" and isinstance(key, tuple) else None
        dates = _dates(horizon, periods[0], periods[-1])
        spans.append(Span(name=name or dates, first=first, last=periods[-1]))
    return tuple(spans)


def _key(kind: str, horizon: Horizon, period: int) -> Hashable:
    day = horizon.date_of(period)
    if kind == "month":
        return day.year, day.month
    return horizon.week_of(day) if kind == "week" else day


def _dates(horizon: Horizon, first: int, last: int) -> str:
    return str(DateRange(first=horizon.date_of(first), last=horizon.last_day_of(last)))

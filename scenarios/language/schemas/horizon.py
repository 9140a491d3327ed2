"""The time that is planned: its first day, its periods, how weeks are counted, and when nothing is sold."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BeforeValidator, SerializerFunctionWrapHandler, WithJsonSchema, model_serializer, model_validator

from scenarios.language.date_ranges import DATES_PATTERN, DateRange, DateSpan
from scenarios.language.values import Day, Periods, Record, refused
from scenarios.language.words import Unit, Weekday

WEEKDAYS = tuple(day.value for day in Weekday)


def _closed(value: Any) -> Weekday | DateRange:
    """Read ``friday``, a date or a range of dates.

    Raises
    ------
    PydanticCustomError
        For anything else.
    """
    if isinstance(value, Weekday) or value in WEEKDAYS:
        return Weekday(value)
    if isinstance(value, str) and not value[:1].isdigit():
        near = [day for day in WEEKDAYS if len(value) > 1 and day.startswith(value.lower()[:3])]
        remedy = f"write {near[0]}" if len(near) == 1 else ""
        raise refused("a weekday such as friday, a date or a range of dates", remedy=remedy)
    return DateRange.parse(value)


ClosedDays = Annotated[
    Weekday | DateRange,
    BeforeValidator(_closed),
    WithJsonSchema({"anyOf": [{"enum": list(WEEKDAYS)}, {"type": "string", "pattern": DATES_PATTERN}]}),
]


class Horizon(Record):
    """The time that is planned: ``periods`` days or weeks from ``start`` on."""

    start: Day
    """First day."""
    periods: Periods
    """Number of days or weeks, at most 1000."""
    unit: Unit = Unit.DAY
    """Length of a period: day or week."""
    week_starts: Weekday = Weekday.MONDAY
    """First day of the weeks that limits with ``each: week`` count, where periods are days."""
    closed: tuple[ClosedDays, ...] = ()
    """Days on which nothing is sold, bought or sent: weekdays, dates and ranges of dates."""
    open: tuple[DateSpan, ...] = ()
    """Dates and ranges of dates on which weekdays of ``closed`` are open all the same."""

    @model_validator(mode="after")
    def _calendar(self) -> Horizon:
        if not (1970 <= self.start.year <= 2199):
            raise refused("a start between the years 1970 and 2199", got=str(self.start))
        first = Weekday.of(self.start)
        if self.unit is Unit.WEEK and "week_starts" in self.model_fields_set and self.week_starts is not first:
            expected = f"weeks from {first.value} on, as their start {self.start} says"
            raise refused(expected, got=f"week_starts: {self.week_starts.value}", remedy="delete it, or change start")
        return self

    @model_serializer(mode="wrap")
    def _without_monday(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out Mondays, and closed and open days where there are none: such plans keep their bytes and hashes."""
        data: dict[str, Any] = serialise(self)
        told = {
            "week_starts": self.week_starts is not Weekday.MONDAY,
            "closed": bool(self.closed),
            "open": bool(self.open),
        }
        return {key: data[key] for key in data if told.get(key, True)}

    def week_of(self, day: dt.date) -> dt.date:
        """Return the first day of the calendar week that a day lies in."""
        first = list(Weekday).index(self.week_starts)
        return day - dt.timedelta(days=(day.weekday() - first) % 7)

    @property
    def period_days(self) -> int:
        """Days in one period."""
        return 7 if self.unit is Unit.WEEK else 1

    def date_of(self, period: int) -> dt.date:
        """First day of a period (0-based; negative periods lie before the horizon)."""
        return self.start + dt.timedelta(days=period * self.period_days)

    def last_day_of(self, period: int) -> dt.date:
        """Last day of a period."""
        return self.date_of(period + 1) - dt.timedelta(days=1)

    @property
    def last_day(self) -> dt.date:
        """Last day of the last period."""
        return self.last_day_of(self.periods - 1)

    def period_of(self, day: dt.date) -> int:
        """Period that holds a day; negative before the horizon, >= periods after it."""
        return (day - self.start).days // self.period_days

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """First day of every period."""
        return tuple(self.date_of(period) for period in range(self.periods))

    def closed_on(self, day: dt.date) -> bool:
        """Whether nothing is sold on a day, within the horizon or beside it."""
        if Weekday.of(day) in self.closed and not any(day in span for span in self.open):
            return True
        return any(day in each for each in self.closed if isinstance(each, DateRange))

    def is_closed(self, period: int) -> bool:
        """Whether nothing is sold in a period, within the horizon or beside it: on none of its days."""
        if not self.closed:
            return False
        first = self.date_of(period)
        return all(self.closed_on(first + dt.timedelta(days=day)) for day in range(self.period_days))

    def opened(self, further: int = 0) -> tuple[bool, ...]:
        """Whether each period is open, ``further`` ones after the horizon too."""
        if not self.closed:
            return (True,) * (self.periods + further)
        return tuple(not self.is_closed(period) for period in range(self.periods + further))

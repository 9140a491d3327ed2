"""Dates and ranges of dates as people write them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from scenarios.language.slips.meant import range_remedy
from scenarios.language.values import Record, refused
from scenarios.plain_dates import day_of
from scenarios.plain_digits import digits_remedy


class DateRange(Record):
    """Both ends included; written ``2026-11-01..2026-11-02`` or as one date."""

    first: dt.date
    last: dt.date

    @classmethod
    def parse(cls, value: Any) -> DateRange:
        """Read a date, or two joined by ``..``.

        Raises
        ------
        PydanticCustomError
            For other texts, and a range that ends before it starts.
        """
        if isinstance(value, DateRange):
            return value
        if isinstance(value, dict):
            return cls.model_validate(value)
        if isinstance(value, dt.date):
            return cls(first=value, last=value)
        parts = str(value).split("..")
        try:
            dates = [day_of(part.strip()) for part in parts]
        except ValueError:
            dates = []
        if len(dates) == 2 and dates[0] > dates[1]:
            raise refused("a range from the earlier to the later date", remedy=f"write {dates[1]}..{dates[0]}")
        if len(dates) not in (1, 2):
            expected = "a date such as 2026-11-01 or a range such as 2026-11-01..2026-11-11"
            raise refused(expected, remedy=digits_remedy(value, range_remedy(value)))
        return cls(first=dates[0], last=dates[-1])

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


DATES_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.\.[0-9]{4}-[0-9]{2}-[0-9]{2})?$"
DateSpan = Annotated[
    DateRange,
    BeforeValidator(DateRange.parse),
    WithJsonSchema({"type": "string", "pattern": DATES_PATTERN}),
]

"""Validity: an offer that is sent once and may be used for some days, ``valid: {days: 7, sent: monday}``.

Whoever gets its message on a sending day may use it from that day on, for so many calendar days. Days on which the shop
is closed count, too: nobody can use it then. The end of the horizon ends no validity: of what is used later, and of
what it brings, the plan says nothing.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from scenarios.language.schemas.horizon import WEEKDAYS, Horizon
from scenarios.language.slips.meant import date_remedy
from scenarios.language.values import Days, Record, refused
from scenarios.language.words import Weekday
from scenarios.plain_dates import day_of

_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _sent(value: Any) -> Weekday | tuple[dt.date, ...]:
    """Read ``monday``, a date or a list of dates.

    Raises
    ------
    PydanticCustomError
        For anything else.
    """
    if isinstance(value, Weekday) or value in WEEKDAYS:
        return Weekday(value)
    expected = "a weekday such as monday, a date or a list of dates"
    days = value if isinstance(value, list | tuple) else (value,)
    found = []
    for each in days:
        if isinstance(each, str) and not each[:1].isdigit():
            near = [day for day in WEEKDAYS if len(each) > 1 and day.startswith(each.lower()[:3])]
            several = "write one weekday, or the dates" if len(days) > 1 else ""
            raise refused(expected, got=each, remedy=several or (f"write {near[0]}" if len(near) == 1 else ""))
        try:
            found.append(day_of(str(each)))
        except ValueError:
            raise refused(expected, got=str(each), remedy=date_remedy(each)) from None
    if not found:
        raise refused(expected, got="an empty list", remedy="write one such as sent: monday")
    return tuple(sorted(found))


Sent = Annotated[
    Weekday | tuple[dt.date, ...],
    BeforeValidator(_sent),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(WEEKDAYS)},
                {"type": "string", "pattern": _ISO},
                {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": _ISO}},
            ]
        }
    ),
]


class Validity(Record):
    """Days from each sending on which customers may use what they were sent."""

    days: Days
    """Calendar days for which a customer may use it, the sending day included."""
    sent: Sent
    """When the message goes out: a weekday, a date or a list of dates."""

    @model_validator(mode="after")
    def _apart(self) -> Validity:
        """No customer holds two of them at a time: days reach the next sending at most."""
        if isinstance(self.sent, Weekday):
            if self.days > 7:
                expected = f"at most 7 days of an offer that is sent every {self.sent.value}"
                remedy = "lower days, or list the dates on which it is sent, farther apart"
                raise refused(expected, got=f"days: {self.days}", remedy=remedy)
            return self
        for one, other in pairwise(self.sent):
            if one == other:
                raise refused("each date once", got=f"{one} twice", remedy="delete one")
            if (other - one).days < self.days:
                expected = f"dates at least {self.days} days apart, so that nobody holds two at a time"
                remedy = f"write days: {(other - one).days} at most, or move a date"
                raise refused(expected, got=f"sent on {one} and on {other}", remedy=remedy)
        return self

    def sends_in(self, horizon: Horizon, period: int) -> bool:
        """Whether the message goes out in a period, within the horizon or before it; never in a closed one."""
        if horizon.is_closed(period):
            return False
        days = (horizon.date_of(period) + dt.timedelta(days=day) for day in range(horizon.period_days))
        if isinstance(self.sent, Weekday):
            return any(Weekday.of(day) is self.sent for day in days)
        return any(day in self.sent for day in days)

    def sending_of(self, horizon: Horizon, period: int) -> int | None:
        """Return the period of the sending whose validity a period lies in; None in no validity."""
        for back in range(self.periods_of(horizon)):
            if self.sends_in(horizon, period - back):
                return period - back
        return None

    def periods_of(self, horizon: Horizon) -> int:
        """Return the periods of one validity, closed ones and those after the horizon included."""
        return -(-self.days // horizon.period_days)

    def until(self, horizon: Horizon, sending: int) -> dt.date:
        """Return the last day on which customers may use what was sent in a period."""
        return horizon.date_of(sending) + dt.timedelta(days=self.days - 1)

    @property
    def words(self) -> str:
        """What it means, in words: ``sent on mondays, valid for 7 days``."""
        when = f"{self.sent.value}s" if isinstance(self.sent, Weekday) else ", ".join(str(day) for day in self.sent)
        return f"sent on {when}, valid for {self.days} day{'' if self.days == 1 else 's'}"


def sent_on(valid: Validity | None, horizon: Horizon, day: dt.date) -> dt.date | None:
    """Return the first day of the period in which what may be used on a day was sent; None without a validity."""
    sending = None if valid is None else valid.sending_of(horizon, horizon.period_of(day))
    return None if sending is None else horizon.date_of(sending)

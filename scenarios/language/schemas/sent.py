"""Messages of a campaign's past, as a lock of what has run tells them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scenarios.language.values import Day, Id, Record


class SentMessage(Record):
    """A message that has run: to how many customers of a segment it went."""

    date: Day
    """Any day of its period."""
    segment: Id
    """Segment id."""
    channel: Id
    """Channel id."""
    contacts: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """Customers who got it, for whichever of its lines."""

"""What was sent stays valid: an offer that a file names on the day of its sending runs on all days of its validity.

Tills and mailing tools tell of a coupon when it goes out. Whoever got it may use it until it ends, whether later rows
name it or not.
"""

from __future__ import annotations

from collections.abc import Iterable

from scenarios.flight.actuals import Ran
from scenarios.grid import Grid


def with_validities(told: Iterable[Ran], grid: Grid, last: int) -> frozenset[Ran]:
    """Return what ran, with the later days up to period ``last`` of everything that was sent for several."""
    horizon, found = grid.scenario.horizon, set(told)
    for each in tuple(found):
        valid = grid.scenario.offers[each.offer].valid
        for period in range(each.period + 1, last + 1) if valid is not None else ():
            if valid is not None and valid.sending_of(horizon, period) == each.period and not horizon.is_closed(period):
                found.add(each._replace(period=period))
    return frozenset(found)

"""When an offer that is assigned holds: on the dates that are asked about, or for the days of one sending.

Whoever gets an offer with ``valid`` gets one sending of it: told once, on its first day, and usable until its last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constraints.assign.goods import periods_of
from scenarios.first_few import first_few
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Offer, Scenario


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What customers get of an offer that is sent once."""

    offer: str
    sent: dt.date
    """Day on which its message goes out."""
    valid_until: dt.date
    """Last day on which customers may use it, which may lie after the horizon."""

    @property
    def words(self) -> str:
        """Its days in words."""
        return f"sent on {self.sent}, valid until {self.valid_until}"


def sendings_within(scenario: Scenario, offer: Offer, span: DateRange | None) -> tuple[int, ...]:
    """Periods in which an offer may go out, of a span where one is given; all that it applies to without ``valid``."""
    periods = periods_of(offer.applies_to.periods, scenario, span)
    return tuple(period for period in periods if offer.told_in(scenario.horizon, period))


def sending_of(scenario: Scenario, offer: Offer, period: int) -> Sending | None:
    """Return the sending of a period; None without ``valid``."""
    if offer.valid is None:
        return None
    horizon = scenario.horizon
    return Sending(offer=offer.id, sent=horizon.date_of(period), valid_until=offer.valid.until(horizon, period))


def held_in(scenario: Scenario, offer: Offer, span: DateRange | None, sending: Sending | None) -> tuple[int, ...]:
    """Periods of the horizon in which customers have an offer.

    Parameters
    ----------
    span
        Dates on which offers go out; any date of the horizon where none is given.
    sending
        The one that is assigned of an offer with ``valid``: its open periods count, whatever the span.
    """
    if offer.valid is None or sending is None:
        return periods_of(offer.applies_to.periods, scenario, span)
    horizon, first = scenario.horizon, scenario.horizon.period_of(sending.sent)
    last = min(first + offer.valid.periods_of(horizon), horizon.periods)
    return tuple(period for period in range(first, last) if not horizon.is_closed(period))


def assigned_sendings(
    scenario: Scenario, offers: Sequence[Offer], span: DateRange | None, planned: Mapping[str, int]
) -> tuple[Sending | None, ...]:
    """Return the sending of each offer [C] that customers get: the first of the dates; None without ``valid``.

    Parameters
    ----------
    planned
        Periods of the sendings that a plan's quotas are of, by offer; empty without a plan.
    """
    firsts = (planned.get(offer.id, sendings_within(scenario, offer, span)[0]) for offer in offers)
    return tuple(sending_of(scenario, offer, first) for offer, first in zip(offers, firsts, strict=True))


def said_of_sendings(
    scenario: Scenario, offers: Sequence[Offer], sendings: Sequence[Sending | None], span: DateRange | None
) -> tuple[str, ...]:
    """Say of offers with several sendings which one is assigned."""
    out = []
    for offer, sending in zip(offers, sendings, strict=True):
        days = (scenario.horizon.date_of(period) for period in sendings_within(scenario, offer, span))
        others = [str(day) for day in days if sending is not None and day != sending.sent]
        if sending is not None and others:
            too = f"it is sent on {first_few(others)}, too (--date DATE chooses)"
            out.append(f"{offer.id}: assigned as {sending.words}; {too}")
    return tuple(out)

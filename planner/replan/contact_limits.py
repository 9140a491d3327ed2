"""Limits on contacts that an account keeps and the messages really sent, and still to be sent, do not.

Of what is to come the account and the search count whom coverages name, those among them who are kept out or have not
consented. What a message really reaches is counted here, beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.limits.entries import LimitEntry, LimitRow, limit_entries
from planner.figures import count
from planner.replan.standing import Standing
from scenarios.answer.cells import Account
from scenarios.answer.sums import measured
from scenarios.flight.actuals import Actuals
from scenarios.flight.messages.audiences import Audiences
from scenarios.flight.messages.contacts import Written
from scenarios.grid import Grid
from scenarios.language.words import Measure
from scenarios.rounding import UNIT_DIGITS

_SLACK = 0.5
"""Contacts that a bound may be missed by: audiences hold whole customers."""


@dataclass(frozen=True, kw_only=True)
class MissedContacts:
    """A limit on contacts that a plan's messages break."""

    id: str
    sense: str
    at: str | None
    """Which window, week or month; None for the whole horizon."""
    bound: float
    so_far: float
    """Contacts so far."""
    end: float
    """Contacts at the end, as far as is known how many messages still go out."""
    booked: float
    """Contacts at the end by the account."""
    asks: float | None
    """Of a floor: the bound under which an account keeps it; None where no message of the rest counts for it."""


def missed_contacts(
    grid: Grid, account: Account, plan: NDArray[np.int8], actuals: Actuals, audiences: Audiences
) -> tuple[MissedContacts, ...]:
    """Return the limits on contacts that a plan breaks by the messages that were sent and are to be sent.

    Parameters
    ----------
    grid
        Of the question whose limits are judged.
    account
        Of the plan.
    plan
        The flat plan [N]: what ran, and what is to run.
    """
    written = Written(actuals, plan, audiences)
    found = []
    for entry in limit_entries(grid):
        if entry.part is Measure.CONTACTS and entry.whole is None:
            rows = [missed for row in entry.rows if (missed := _missed(entry, row, account, written, actuals))]
            found += rows[:1]
    return tuple(found)


def _missed(
    entry: LimitEntry, row: LimitRow, account: Account, written: Written, actuals: Actuals
) -> MissedContacts | None:
    told = written.of(row.where)
    if told is None or row.past:  # what lines before the horizon sent is told by nobody
        return None
    known, bound = actuals.last + 1, float(entry.bound)
    so_far, end = float(told.amounts[:known].sum()), float(told.amounts.sum())
    if end >= bound - _SLACK if entry.sense == "min" else end <= bound + _SLACK:
        return None
    scale = 10.0**UNIT_DIGITS
    booked = measured(account, Measure.CONTACTS, row.where) / scale
    past = measured(account.up_to(known), Measure.CONTACTS, row.where) / scale
    share = (end - so_far) / (booked - past) if booked > past else 0.0
    asks = past + (bound - so_far) / share if entry.sense == "min" and share > 0 else None
    return MissedContacts(
        id=entry.id, sense=entry.sense, at=row.at, bound=bound, so_far=so_far, end=end, booked=booked, asks=asks
    )


def with_missed(standing: Standing, missed: Sequence[MissedContacts]) -> Standing:
    """Return where a plan stands, with the limits on contacts that its account keeps and its messages break."""
    new = [each for each in missed if each.id not in standing.broken]
    return replace(
        standing,
        broken=(*standing.broken, *(each.id for each in new)),
        beyond=(*standing.beyond, *(_beyond(each) for each in new)),
    )


def _beyond(missed: MissedContacts) -> str:
    least = "least" if missed.sense == "min" else "most"
    place = "" if missed.at is None else f" in {missed.at}"
    return f"{missed.id} comes to {count(missed.end)}{place}, at {least} {count(missed.bound)} is allowed"


def said_of_missed(missed: Sequence[MissedContacts]) -> Iterator[str]:
    """Say of each such limit what is sent and what the account has, and what a search would have to be asked for."""
    for each in missed:
        place = "" if each.at is None else f" in {each.at}"
        asked = f"at {'least' if each.sense == 'min' else 'most'} {count(each.bound)} is asked for"
        now = f"{count(each.so_far)} contacts so far and {count(each.end)} at the end{place}"
        text = (
            f"limit {each.id} is broken by the messages that are sent: {now}, {asked}; of what is to come the account "
            "counts everybody whom coverages name, also who is kept out or has not consented, and has "
            f"{count(each.booked)}"
        )
        if each.asks is None:
            yield text
            continue
        higher = math.ceil(each.asks / 10) * 10
        yield f"{text}; a search that is to bring as many needs a bound of about {count(higher)}"

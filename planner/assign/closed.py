"""Why an offer is closed to one customer: the first of the reasons that `planner.assign.intake` closes it for."""

from __future__ import annotations

import numpy as np

from planner.assign.customers.contacts import Contacts
from planner.assign.customers.held_out import WHY
from planner.assign.intake import Intake, Taken
from scenarios.language.words import Measure

_ONE_EACH = {
    Measure.CONTACTS: "no more messages",
    Measure.CUSTOMERS_REACHED: "no more customers",
}


def why_closed(intake: Intake, taken: Taken, row: int, offer: int) -> str:
    """Say why one customer may not get an offer; empty where it is open."""
    terms = intake.terms
    if taken.held is not None and taken.held[row]:
        return WHY
    if not np.isfinite(taken.scored[offer, row]):
        return "no value in the file"
    place = int(taken.rows.segment[row])
    if terms.closed[place, offer]:
        return _segment(intake, place, offer)
    for one, had in zip(intake.contacts, taken.had, strict=True):
        if offer in one.offers and one.full(had[row : row + 1])[0]:
            return _messages(one, float(had[row]))
    for consent, may in zip(intake.consents, taken.may, strict=True):
        if offer in consent.offers and not may[row]:
            return f"has not consented to {consent.channel} ({consent.column})"
    for limit, read in zip(terms.question.limits, terms.limits, strict=True):
        use = taken.rows.use[limit.measure]
        mine = 1.0 if use is None else float(use[offer, row])
        if limit.cells[place, offer] and mine > limit.bound:
            if use is None:
                return f"{read.id} has room for {_ONE_EACH[read.measure]}"
            asked, left = (amount / terms.fine(read.measure) for amount in (mine, limit.bound))
            return f"{read.measure.value} of {asked:,.12g} alone breaks {read.id}: {left:,.12g} is left"
    return ""


def _segment(intake: Intake, place: int, offer: int) -> str:
    terms = intake.terms
    segment, only = terms.segments[place], terms.offers[offer].applies_to.segments
    if only is not None and segment not in only:
        return f"is not for segment {segment}"
    if terms.unplanned[place, offer]:
        return f"the plan sends none to segment {segment}"
    return f"rules leave it no product and no date in segment {segment}"


def _messages(one: Contacts, had: float) -> str:
    if had > one.most:
        return f"has had {had:g} messages by {one.channel}, more than the {one.most} allowed"
    return f"has had {had:g} of {one.most} {'message' if one.most == 1 else 'messages'} by {one.channel}"

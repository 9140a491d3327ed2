"""What offers count for one customer where futures have weights: the tilt that was found, and how a record holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from constraints.assign.careful.parts import Parts
from constraints.assign.careful.tilted import Tilt
from planner.assign.careful.scored_parts import FUNDING, SPEND, PartNames
from planner.assign.intake import Intake, Taken
from scenarios.answer.json_records import LEFT_OUT
from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True)
class TiltRow:
    """What amounts of customers of one segment count under one offer: all times their factor, and ``each`` on top."""

    segment: str
    """``*`` for customers of no known segment."""
    offer: str
    member: int
    """Of the ensemble whose scores these are; 0 where none scored."""
    value: float
    each: float
    spend: float | None = field(default=None, metadata=LEFT_OUT)
    vendor_funding: float | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, kw_only=True, eq=False)
class Counting:
    """Counts offers at a tilt."""

    tilt: Tilt
    parts: PartNames

    @property
    def by_member(self) -> bool:
        """Whether customers must be scored by every member of the ensemble."""
        return self.parts.by_member

    def scores(self, taken: Taken) -> Float:
        """Return what each offer counts for customers who were read [C, n], whether it is open or not."""
        if not self.by_member:
            place = taken.rows.segment if taken.told is None else taken.told % self.tilt.plus.shape[0]
            rows = replace(taken.rows, value=taken.scored)
            return self.tilt.scores(self.parts.of_file(rows, place.astype(np.int16)))
        if taken.members is None or taken.placed is None:
            raise ValueError("customers must be scored by every member of the ensemble")
        return self.tilt.scores(Parts(place=taken.placed, amount=self.parts.of_members(taken.members)))


def tilt_rows(tilt: Tilt, parts: PartNames, places: Sequence[str]) -> tuple[TiltRow, ...]:
    """Return a tilt as a record holds it."""
    names = parts.names
    members, here = len(tilt.times[0]), range(len(parts.terms.offers))

    def of(name: str, member: int, place: int, offer: int) -> float | None:
        return float(tilt.times[names.index(name)][member, place, offer]) if name in names else None

    return tuple(
        TiltRow(
            segment=segment,
            offer=parts.terms.offers[offer].id,
            member=member,
            value=float(tilt.times[0][member, place, offer]),
            each=float(tilt.plus[place, offer]) if member == 0 else 0.0,
            spend=of(SPEND, member, place, offer),
            vendor_funding=of(FUNDING, member, place, offer),
        )
        for place, segment in enumerate(places)
        for offer in here
        for member in range(members)
    )


def tilt_from(rows: Sequence[TiltRow], parts: PartNames, places: Sequence[str]) -> Tilt | None:
    """Return the tilt that a record holds; None where the rows are not those of these places and offers."""
    offers = [offer.id for offer in parts.terms.offers]
    members = 1 + max((row.member for row in rows), default=0)
    shape = members, len(places), len(offers)
    times = [np.zeros(shape) for _ in parts.names]
    plus, seen = np.zeros(shape[1:]), np.zeros(shape, dtype=bool)
    for row in rows:
        amounts = {"value": row.value, SPEND: row.spend, FUNDING: row.vendor_funding}
        if row.segment not in places or row.offer not in offers or row.member < 0:
            return None
        if {name for name, amount in amounts.items() if amount is not None} != set(parts.names):
            return None
        place = row.member, places.index(row.segment), offers.index(row.offer)
        seen[place] = True
        plus[place[1:]] += row.each
        for table, name in zip(times, parts.names, strict=True):
            table[place] = amounts[name]
    if not seen.all() or seen.size != len(rows):
        return None
    return Tilt(times=tuple(times), plus=plus, constant=0.0)


def place_names(intake: Intake, segments: Sequence[str]) -> tuple[str, ...]:
    """Return the segments whose futures are told apart.

    Parameters
    ----------
    segments
        Of the scenario whose model scored; empty where the scores are the file's.
    """
    if segments:
        return tuple(segments)
    return (*intake.checked_segments, "*") if intake.checked_segments else intake.terms.segments

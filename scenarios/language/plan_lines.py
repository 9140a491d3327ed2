"""Lines of a plan as people write them: in a scenario, in a rule, in a CSV file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Tag

from scenarios.language.values import Day, Id, Record, Share, by_shape
from scenarios.language.words import EVERYBODY


class PlanLine(Record):
    """One line of a plan as people write it: the CSV columns date, product, segment, offer, coverage, quantity."""

    date: Day
    """Any day of the period."""
    product: str
    """Product id, or ``basket``."""
    segment: str = EVERYBODY
    """Segment id, or ``*`` for everybody (public offers)."""
    offer: Id
    """Offer id."""
    coverage: Share = 1.0
    """Share of the segment that is contacted, a level of the offer."""
    quantity: Share = 1.0
    """Share of the expected uses that there are pieces for, a level of the offer."""


def whom(segment: str) -> str:
    """Say whom a line is for, behind what it lies on: `` for SEGMENT``, and nothing for everybody."""
    return "" if segment == EVERYBODY else f" for {segment}"


class LinesTable(Record):
    """Lines from a CSV file: columns date, product, segment, offer, coverage, quantity."""

    table: str
    """CSV file, relative to the scenario."""


Lines = Annotated[
    Annotated[tuple[PlanLine, ...], Tag("<list>")] | Annotated[LinesTable, Tag("<table>")],
    by_shape("a list of lines {date, product, segment, offer, coverage, quantity}, or {table: FILE}"),
]
"""Lines written out, or a CSV file of them."""

"""Conversion and satisfaction of a campaign, offer by offer."""

from __future__ import annotations

from collections.abc import Sequence

from planner.figures import NOTHING, count
from planner.report.table import Column, FittedTable
from scenarios.flight.experience import Experience
from surrogate.flight.measure.rates import rate_interval


def show_experiences(experiences: Sequence[Experience]) -> FittedTable:
    """Lay out rates with their intervals, one row an offer."""
    rows = [
        (
            each.about,
            _rate(each, "conversion"),
            each.conversion_of if each.conversion is not None else "",
            _rate(each, "returns"),
            _rate(each, "complaints"),
            _rate(each, "unsubscribes"),
            NOTHING if each.survey is None else f"{each.survey:.2f} ({count(each.survey_count)})",
        )
        for each in experiences
    ]
    return FittedTable(
        title="Conversion and satisfaction",
        columns=(
            Column(title="about", least=10),
            Column(title="buyers", number=True),
            Column(title="out of", least=8, gives_way=4),
            Column(title="returns", number=True, gives_way=2),
            Column(title="complaints", number=True, gives_way=1),
            Column(title="unsubscribed", number=True, gives_way=3),
            Column(title="survey", number=True),
        ),
        rows=tuple(rows),
        notes=("95% intervals; returns and complaints of units, unsubscribed of contacts, survey: mean (answers)",),
    )


def _rate(each: Experience, name: str) -> str:
    part = getattr(each, name)
    if part is None:
        return NOTHING
    rate = f"{100 * part.count / part.of:,.1f}%"
    if part.count > part.of:  # returns of earlier sales, several complaints about one unit: no share has an interval
        return rate
    low, high = rate_interval(part.count, part.of)
    return f"{rate} ({100 * low:.1f}-{100 * high:.1f})"

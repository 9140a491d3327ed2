"""How often offers that are asked for were used, against what was planned."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from planner.figures import NOTHING, count, share
from planner.flight.watch.readings import SeriesReading
from planner.report.table import Column, FittedTable

MUCH = 9.99
"""Evidence, as a share of what an alarm needs, beyond which its size says nothing more."""


def show_uses(readings: Sequence[SeriesReading]) -> FittedTable:
    """Lay out how often offers were used: planned in all, expected so far, and told."""
    rows = [
        (
            each.series.id,
            count(each.whole),
            f"{count(each.forecast.p05)} to {count(each.forecast.p95)}",
            count(each.expected),
            count(each.actual),
            NOTHING if each.ratio is None else share(each.ratio - 1, digits=0, signed=True),
            evidence_words(each),
            _mark(each),
        )
        for each in readings
    ]
    return FittedTable(
        title="Uses so far: forecast and actual",
        columns=(
            Column(title="offer", least=12),
            Column(title="planned", number=True, gives_way=2),
            Column(title="5% to 95%", number=True, gives_way=1),
            Column(title="expected", number=True),
            Column(title="actual", number=True),
            Column(title="differs", number=True),
            Column(title="evidence", number=True),
            Column(title="", least=7),
        ),
        rows=tuple(rows),
        notes=(
            "planned: by the plan's account in the whole campaign, expected: of it so far; over the cells whose uses "
            "the file tells and that can be compared; evidence as above, 100% alarms: how many use an offer is often "
            "uncertain, so that uses far from expected may lie inside",
        ),
    )


def evidence_words(reading: SeriesReading) -> str:
    """Say how much of what an alarm needs the evidence has come to."""
    return f"over {share(MUCH, digits=0)}" if reading.evidence > MUCH else share(reading.evidence, digits=0)


def _mark(reading: SeriesReading) -> Text | str:
    """Mark an alarm, whose day the findings tell, or uses outside of their interval."""
    if reading.alarm is not None:
        return Text("alarm", style="bold red")
    return "" if reading.inside else "outside"

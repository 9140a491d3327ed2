"""Alarms of a monitored campaign in sentences: what is off everywhere is told once, and of demand, not of offers."""

from __future__ import annotations

from planner.figures import share
from planner.flight.watch.readings import MonitorReport, SeriesReading
from scenarios.first_few import first_few
from scenarios.flight.series import Kind

AS_FAR = 0.5
"""Part of what all sales are off that untouched sales must be off, too, for demand to be off everywhere."""


def everywhere(report: MonitorReport) -> tuple[str, tuple[SeriesReading, ...]]:
    """Return what untouched sales say of an alarm on all sales, empty for nothing, and which alarms it covers.

    Segments that are off as everything is say nothing else. Offers and products are judged by themselves.
    """
    total = next((each for each in report.alarms if each.series.kind is Kind.TOTAL), None)
    if total is None or total.ratio is None or report.untouched is None:
        return "", ()
    off, beside = total.ratio - 1.0, report.untouched - 1.0
    by = share(beside, digits=0, signed=True)
    if off * beside <= 0 or abs(beside) < AS_FAR * abs(off):
        return f"sales that no line touches are off by {by} alone: look at what runs", ()
    alike = tuple(
        each
        for each in report.alarms
        if each.series.kind is Kind.SEGMENT and each.ratio is not None and (each.ratio - 1.0) * off > 0
    )
    names = ", ".join(each.series.id for each in alike)
    steady = [
        each.series.id
        for each in report.series
        if each.series.kind is Kind.SEGMENT
        and (each.ratio is None or abs(each.ratio - 1.0) < AS_FAR * abs(off) or (each.ratio - 1.0) * off < 0)
    ]
    where = f"everywhere{f', in {names} alike' if names else ''}"
    if alike and steady:  # what is off in a few segments pulls all sums along
        where = f"in {names} alone, not in {first_few(steady)}"
    return (f"so are sales that no line touches ({by}): demand is off {where}, which is no offer's doing", alike)

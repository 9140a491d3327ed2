"""Many forecasts off at once, in a sentence: in which direction, and what explains it best."""

from __future__ import annotations

from planner.flight.watch.readings import MonitorReport
from scenarios.flight.series import Kind

NEARLY = 0.8
"""Share of the products that lie to one side of what was expected, for sales to be off nearly everywhere."""


def many_outside(report: MonitorReport) -> str:
    """Say that far more forecasts are off than usual; empty where they are not."""
    if not report.many_outside:
        return ""
    off = sum(not each.inside for each in report.series)
    said = f"{off} of {len(report.series)} forecasts are off"
    ratios = [each.ratio for each in report.series if each.series.kind is Kind.PRODUCT and each.ratio is not None]
    above, below = (sum(sign * (ratio - 1.0) > 0 for ratio in ratios) for sign in (1, -1))
    most = max(above, below)
    if not ratios or most < NEARLY * len(ratios):
        return f"{said}: some products sell more than was expected, others less"
    side, where = "above" if above > below else "below", "everywhere" if most == len(ratios) else "nearly everywhere"
    said = f"{said}: sales lie {side} what was expected {where}"
    sign = 1.0 if above > below else -1.0
    if report.untouched is not None and sign * (report.untouched - 1.0) <= 0:
        return f"{said}, but not where no line runs: look at what runs"
    return f"{said}; a season or a level that was not learned explains this best"

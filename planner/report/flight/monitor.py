"""A running campaign against its forecast: alarms, series, budgets and stock, conversion, satisfaction."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from planner.figures import NOTHING, count, plural, share
from planner.flight.pieces_read import pieces_sentences
from planner.flight.watch.readings import Interval, MonitorReport, SeriesReading
from planner.report.flight.experience import show_experiences
from planner.report.flight.many_outside import many_outside
from planner.report.flight.monitor_findings import as_planned, findings_of, out_before, to_watch
from planner.report.flight.monitor_limits import show_limits, shown_day
from planner.report.flight.monitor_uses import evidence_words, show_uses
from planner.report.flight.untold_uses import show_untold
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from scenarios.answer.json_records import to_data
from scenarios.flight.series import Kind
from scenarios.plain_digits import share_text

MANY = 20
"""Rows from which on products and segments inside their forecast are only counted on the screen."""
NEAR = 0.5
"""Evidence, as a share of what an alarm needs, from which on they are shown all the same."""
BLIND, NO_SHORTFALL = 0.6, 0.95
"""Smallest shortfall that any series finds from which on a quiet monitor says little, and from which on nothing."""
WIDE = 0.2
"""End of the interval of all sales, as a share of what is expected, from which on the reader is told it."""


def show_monitor(report: MonitorReport) -> list[RenderableType]:
    """Lay out what needs attention first, then every comparison."""
    parts: list[RenderableType] = [_heading(report)]
    findings = findings_of(report)
    if findings:
        parts.append(show_sentences("Needs attention", findings, style="red"))
    if planned := as_planned(report):
        parts.append(show_sentences("As planned", planned))
    if before := out_before(report):
        parts.append(show_sentences("Known since the rest was planned again", before))
    parts.append(_series(report))
    if uses := [each for each in report.series if each.series.kind is Kind.USES]:
        parts.append(show_uses(uses))
    if report.untold:
        parts.append(show_untold(report.untold))
    if report.limits:
        parts.append(show_limits(report))
    if report.experiences:
        parts.append(show_experiences(report.experiences))
    parts.append(
        show_sentences(
            "Notes", [text for text in (*_tests(report), *pieces_sentences(report.pieces), *report.notes) if text]
        )
    )
    parts.append(verdict_line(report))
    return parts


def _heading(report: MonitorReport) -> Text:
    return Text(f"{report.folder}: plan {report.plan} as of {report.as_of} ({report.so_far})", style="bold")


def _series(report: MonitorReport) -> FittedTable:
    rows, hidden = [], 0
    for each in report.series:
        if each.series.kind is Kind.USES:
            continue
        plain = each.series.kind in (Kind.PRODUCT, Kind.SEGMENT) and each.inside and each.evidence < NEAR
        if plain and len(report.series) > MANY:
            hidden += 1
            continue
        ratio = each.ratio
        rows.append(
            (
                "all sales" if each.series.kind is Kind.TOTAL else f"{each.series.kind.value} {each.series.id}",
                f"{count(each.forecast.p05)} to {count(each.forecast.p95)}",
                count(each.expected),
                count(each.actual),
                NOTHING if ratio is None else share(ratio - 1, digits=0, signed=True),
                evidence_words(each),
                NOTHING if each.detectable > NO_SHORTFALL else share(-each.detectable, digits=0),
                _mark(each),
            )
        )
    return FittedTable(
        title="Units so far: forecast and actual",
        columns=(
            Column(title="series", least=16),
            Column(title="5% to 95%", number=True, gives_way=2),
            Column(title="expected", number=True),
            Column(title="actual", number=True),
            Column(title="differs", number=True),
            Column(title="evidence", number=True),
            Column(title="finds", number=True, gives_way=3),
            Column(title="", least=7),
        ),
        rows=tuple(rows),
        notes=(
            "expected: by the plan's account, as in campaign report, and where that is cut at stock as if there were "
            "enough; 5% and 95% of the plan's futures sell fewer (outside: fewer or more than both); "
            "evidence: the highest so far against the forecast, 100% alarms; cells that "
            "were sold out or ran otherwise than planned are left out on both sides",
            *(
                (f"{hidden} products and segments inside their forecast are not shown: --json has all",)
                if hidden
                else ()
            ),
        ),
        empty="no series can be compared",
    )


def _mark(reading: SeriesReading) -> Text | str:
    if reading.alarm is not None:
        return Text(f"alarm {shown_day(reading.alarm)}", style="bold red")
    return "" if reading.inside else "outside"


def _tests(report: MonitorReport) -> list[str]:
    many, share = len(report.series), share_text(report.false_alarms)
    return [
        f"alarms: at most {share} of undisturbed campaigns raise any alarm on any of the {many} "
        f"series at any time, however often one looks ({report.alarmed} of {report.simulated:,} campaigns simulated "
        "from the plan's own futures do); uncertain effects are part of these futures, so that they alone raise none",
        f"single periods are {report.noise:.1f} times as noisy as assumed" if report.noise > 1.05 else "",
    ]


def verdict_line(report: MonitorReport) -> Text:
    """Say in one line whether the campaign is on course, or how much calls for a look."""
    watched = to_watch(report)
    if report.on_course:
        stock = "; stock sells out as planned" if report.sold_as_planned else ""
        if watched:
            many = many_outside(report)
            said = f"No alarm, but {many}." if many else "No alarm."
            return Text(f"{said} {watched} No limit is likely to break{stock}.", style="bold yellow")
        seen = min((each.detectable for each in report.series), default=0.0)
        if seen > BLIND:
            shown = "no lasting shortfall" if seen > NO_SHORTFALL else f"none below {share(seen, digits=0)}"
            text = f"Nothing departs, and little could be seen: these forecasts can show {shown}. "
            text += f"No limit is likely to break{stock}."
            return Text(text, style="bold yellow")
        text = (
            f"On course: nothing departs from the forecast, no limit is likely to break{stock}.{_hardly_known(report)}"
        )
        return Text(text, style="bold green")
    parts = [
        "the actuals cannot be right" if report.attention else "",
        plural(len(report.alarms), "alarm") if report.alarms else "",
        plural(len(report.surprises), "stock-out") if report.surprises else "",
        _broken(len({each.id for each in (*report.warnings, *report.out_again)}))
        if report.warnings or report.out_again
        else "",
        f"{plural(len(report.short), 'stock')} short" if report.short else "",
        f"{plural(len(report.looks), 'finding')} on customers" if report.looks else "",
        f"{plural(len(report.otherwise), 'offer')} ran otherwise than planned" if report.otherwise else "",
    ]
    text = f"Not on course: {', '.join(part for part in parts if part)}. {watched}"
    return Text(text.rstrip(), style="bold red")


def _hardly_known(report: MonitorReport) -> str:
    """Say how wide the forecast of all sales is, where calm means little for it."""
    for each in report.series:
        if each.series.kind is Kind.TOTAL and each.expected > 0:
            low, high = each.forecast.p05 / each.expected - 1, each.forecast.p95 / each.expected - 1
            if max(-low, high) > WIDE:
                ends = f"{share(low, digits=0, signed=True)} to {share(high, digits=0, signed=True)}"
                return f" All sales so far were known to {ends} only."
    return ""


def _broken(number: int) -> str:
    return f"{'1 limit or stock' if number == 1 else f'{number} limits or stocks'} broken or likely to break"


def monitor_json(report: MonitorReport) -> dict[str, Any]:
    """Return the report as plain data."""
    data: dict[str, Any] = dict(to_data(report))
    readings = [
        {**to_data(each), "ratio": _digits(each.ratio), "inside": each.inside, "forecast": _rounded(each.forecast)}
        for each in report.series
    ]
    limits = [
        {**to_data(each), "forecast": _rounded(each.forecast), "end": _rounded(each.end)} for each in report.limits
    ]
    return {
        "format": "campaign-monitor/1",
        **data,
        "on_course": report.on_course,
        "findings": findings_of(report),
        "many_outside": many_outside(report),
        "to_watch": to_watch(report),
        "as_planned": as_planned(report),
        "out_before": out_before(report),
        "series": readings,
        "limits": limits,
    }


def _rounded(interval: Interval) -> dict[str, float]:
    return {name: round(getattr(interval, name), 3) for name in ("p05", "p50", "p95")}


def _digits(value: float | None) -> float | None:
    return None if value is None else round(value, 6)

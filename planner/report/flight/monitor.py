"""A running campaign against its forecast: alarms, series, budgets and stock, conversion, satisfaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from planner.figures import NOTHING, count, plural, share
from planner.flight.pieces_read import pieces_sentences
from planner.flight.watch.readings import Interval, LimitReading, MonitorReport, SeriesReading
from planner.report.flight.experience import show_experiences
from planner.report.flight.monitor_findings import as_planned, findings_of, out_before, to_watch, writer
from planner.report.flight.monitor_uses import evidence_words, show_uses
from planner.report.flight.untold_uses import show_untold
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from scenarios.answer.json_records import to_data
from scenarios.first_few import first_few
from scenarios.flight.series import Kind
from scenarios.language.implied_ids import STOCK
from scenarios.plain_digits import share_text

SAID = 0.005
"""Probabilities below this are shown without a date."""
MANY = 20
"""Rows from which on products and segments inside their forecast are only counted on the screen."""
NEAR = 0.5
"""Evidence, as a share of what an alarm needs, from which on they are shown all the same."""
NAMED = 6
"""Windows and products whose stock is not as planned that a note names."""
BLIND, NO_SHORTFALL = 0.6, 0.95
"""Smallest shortfall that any series finds from which on a quiet monitor says little, and from which on nothing."""
HALF_A_UNIT = 0.5
"""Stocks that differ by less are the same: units are whole."""


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
        parts.append(_limits(report))
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
    days = f"{report.periods} of {report.horizon} periods"
    return Text(f"{report.folder}: plan {report.plan} as of {report.as_of} ({days})", style="bold")


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
        return Text(f"alarm {_day(reading.alarm)}", style="bold red")
    return "" if reading.inside else "outside"


def _day(day: dt.date | None) -> str:
    return "" if day is None else f"{day:%m-%d}"


def _limits(report: MonitorReport) -> FittedTable:
    rows = []
    for each in report.limits:
        write = writer(each, report.currency)
        bad = each.risk >= report.warned_at
        broken = "maybe" if each.maybe_broken else "broken"
        chance = Text(broken if each.broken else share(each.probability, digits=0), style="bold red" if bad else "")
        if each.broken and each.id.startswith(STOCK):
            chance = Text("empty", style="bold red" if bad else "")
        rows.append(
            (
                each.id,
                each.words,
                write(each.bound),
                write(each.used) + ("" if each.told else "*"),
                write(each.planned),
                write(each.end.p05),
                write(each.end.p50),
                write(each.end.p95),
                chance,
                _day(each.on) if each.probability >= SAID and not each.broken else "",
            )
        )
    return FittedTable(
        title="Limits and stock: used so far, and at the end",
        columns=(
            Column(title="limit", least=12),
            Column(title="bounds", least=12, gives_way=5),
            Column(title="bound", number=True),
            Column(title="used", number=True),
            Column(title="planned", number=True, gives_way=3),
            Column(title="end 5%", number=True, gives_way=4),
            Column(title="end 50%", number=True),
            Column(title="end 95%", number=True, gives_way=4),
            Column(title="breaks", number=True),
            Column(title="on", number=True, gives_way=2),
        ),
        rows=tuple(rows),
        notes=(
            "planned: what the plan's account uses by now; end: 5%, 50% and 95% of the futures after what was seen use "
            f"less; breaks: probability of a break before the end; money in {report.currency}, net of tax",
            *_risk_notes(report),
            *_span_notes(report.limits),
            *_stock_notes(report.limits),
            *(
                ("* not told by the file: by the account of what was sold; contacts by whom messages reach",)
                if any(not each.told for each in report.limits)
                else ()
            ),
        ),
    )


def _risk_notes(report: MonitorReport) -> tuple[str, ...]:
    """Say what limits come to that are to hold in a share of the futures: the figure that a plan is judged by."""
    said = [
        f"{each.id} comes to {writer(each, report.currency)(each.end_at_risk)} in {share(each.at_risk, digits=0)} "
        "of them"
        for each in report.limits
        if each.at_risk is not None and each.end_at_risk is not None
    ]
    more = " (--json has all)" if len(said) > NAMED else ""
    return (f"asked for in a share of the futures: {first_few(said, NAMED)}{more}",) if said else ()


def _span_notes(limits: Sequence[LimitReading]) -> tuple[str, ...]:
    """Say which window, week or month is read of each limit that has several."""
    names = [f"{each.id} {each.span}" for each in limits if each.span is not None]
    if not names:
        return ()
    which = "limits in windows, weeks or months: shown is the likeliest to break or, where none is, the fullest to come"
    return (f"{which}: {first_few(names, NAMED)}",)


def _stock_notes(limits: Sequence[LimitReading]) -> tuple[str, ...]:
    """Say what the bound of a stock is beside the plan's own, and where both differ."""
    stocks = [each for each in limits if each.id.startswith(STOCK)]
    if not stocks:
        return ()
    text = (
        "stock: all there is up to the end, arrivals included, while a plan shows the moment at which it is tightest; "
        "where the file tells stock_end, what was sold, is left and will arrive"
    )
    other = [each for each in stocks if abs(each.bound - each.planned_bound) >= HALF_A_UNIT]
    if not other:
        return (text,)
    names = [
        f"{each.id.removeprefix('stock:')} {count(each.bound)} (the plan has {count(each.planned_bound)})"
        for each in other
    ]
    return (f"{text}: {first_few(names, NAMED)}",)


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
            return Text(f"No alarm. {watched} No limit is likely to break{stock}.", style="bold yellow")
        seen = min((each.detectable for each in report.series), default=0.0)
        if seen > BLIND:
            shown = "no lasting shortfall" if seen > NO_SHORTFALL else f"none below {share(seen, digits=0)}"
            text = f"Nothing departs, and little could be seen: these forecasts can show {shown}. "
            text += f"No limit is likely to break{stock}."
            return Text(text, style="bold yellow")
        text = f"On course: nothing departs from the forecast, no limit is likely to break{stock}."
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

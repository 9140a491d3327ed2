"""Limits and stock of a monitored campaign as a table, and what its figures mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rich.text import Text

from planner.figures import count, share
from planner.flight.watch.readings import LimitReading, MonitorReport
from planner.report.flight.monitor_findings import writer
from planner.report.table import Column, FittedTable
from scenarios.first_few import first_few
from scenarios.language.implied_ids import STOCK
from scenarios.language.words import Measure

SAID = 0.005
"""Probabilities below this are shown without a date."""
NAMED = 6
"""Windows and products whose stock is not as planned that a note names."""
HALF_A_UNIT = 0.5
"""Stocks that differ by less are the same: units are whole."""


def show_limits(report: MonitorReport) -> FittedTable:
    """One row a limit or stock: its bound, its use, what it comes to, and whether it breaks."""
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
                shown_day(each.on) if each.probability >= SAID and not each.broken else "",
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
            *_ratio_notes(report.limits),
            *_risk_notes(report),
            *_span_notes(report.limits),
            *_stock_notes(report.limits),
            *(
                (
                    "* not told by the file: by the account of what was sold; contacts and customers reached "
                    "by whom messages reach",
                )
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


def _ratio_notes(limits: Sequence[LimitReading]) -> tuple[str, ...]:
    """Say how shares of other sums are foreseen, and what of them nobody sees."""
    ratios = [each for each in limits if each.ratio]
    if not ratios:
        return ()
    text = "shares and rates can mend until their last day, so that no day is told for them"
    gained = [each.id for each in ratios if each.measure == Measure.ROI]
    seen = "nobody sees what no promotion would have made: it is drawn, and moved by what was sold"
    return (text, *((f"{first_few(gained, NAMED)}: {seen}",) if gained else ()))


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


def shown_day(day: dt.date | None) -> str:
    """Month and day, or nothing."""
    return "" if day is None else f"{day:%m-%d}"

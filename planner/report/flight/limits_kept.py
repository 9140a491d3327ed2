"""Which limits were kept, as a table of the report."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from planner.flight.limits_kept import LimitKept
from planner.report.flight.monitor_findings import writer
from planner.report.table import Column, FittedTable
from scenarios.first_few import first_few
from scenarios.language.words import Measure

UNTOLD = "* not told by the file alone: the plan's account, with real sales and messages in it"


def show_limits_kept(limits: Sequence[LimitKept], currency: str) -> FittedTable:
    """One row a limit: its bound, what the plan's account and what the campaign really used, and the verdict."""
    rows = []
    for each in limits:
        write = writer(each, currency)
        used = write(each.used) + ("" if each.told else "*")
        rows.append((each.id, each.words, write(each.bound), write(each.planned), used, _verdict(each)))
    untold = any(not each.told for each in limits)
    return FittedTable(
        title="Limits, and whether they are kept",
        columns=(
            Column(title="limit", least=12),
            Column(title="bounds", least=12, gives_way=2),
            Column(title="bound", number=True),
            Column(title="planned", number=True, gives_way=1),
            Column(title="used", number=True),
            Column(title="", least=6),
        ),
        rows=tuple(rows),
        notes=(
            "planned: what the plan's account uses by now; undecided: days to come decide; "
            f"money in {currency}, net of tax",
            *((UNTOLD,) if untold else ()),
            *_gains(limits),
            *_close(limits, currency),
            *_spans(limits),
        ),
    )


def _close(limits: Sequence[LimitKept], currency: str) -> tuple[str, ...]:
    """Say of estimates near their bounds between what the real uses lie."""
    found = [each for each in limits if each.close and each.kept is not None and not each.told]
    if not found:
        return ()
    spans = []
    for each in found:
        write = writer(each, currency)
        spans.append(f"{each.id} {write(each.used - each.error)} to {write(each.used + each.error)}")
    return (
        f"may be broken, or kept by estimate: the use is estimated, and really is (90% interval) {', '.join(spans)}",
    )


def _gains(limits: Sequence[LimitKept]) -> tuple[str, ...]:
    """Say what a limit on what promotions gained rests on: the gain at the head of the report is told otherwise."""
    found = [each.id for each in limits if each.measure == Measure.ROI]
    if not found:
        return ()
    return (
        f"{first_few(found)}: what no promotion would have made is drawn, and moved by what was sold, as in campaign "
        "monitor; the gain by what the sales say rests on the offers' factors, and may be another",
    )


def _spans(limits: Sequence[LimitKept]) -> tuple[str, ...]:
    """Say which window, week or month a row is of."""
    found = [f"{each.id} {each.span}" for each in limits if each.span is not None]
    shown = "limits in windows, weeks or months: shown is the one that is broken or, where none is, the tightest so far"
    return (f"{shown}: {', '.join(found)}",) if found else ()


def _verdict(limit: LimitKept) -> Text:
    if limit.kept is None:
        return Text("undecided")
    if limit.close:
        return Text("kept, by estimate") if limit.kept else Text("may be broken", style="bold yellow")
    return Text("kept") if limit.kept else Text("broken", style="bold red")

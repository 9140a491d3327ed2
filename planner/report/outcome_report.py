"""What a campaign brought: forecast and actual, the bridge between the profits, measured effects, lessons."""

from __future__ import annotations

import math
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from planner.figures import by_chance, count, money_style, share
from planner.flight.evaluate import OutcomeReport
from planner.flight.lessons import LESSON_COLUMNS, SHOWN_COLUMNS
from planner.flight.measured import Effect
from planner.report.experience import show_experiences
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from scenarios.answer.json_records import to_data
from scenarios.answer.sums import MONEY
from scenarios.language.words import BASKET
from surrogate.flight.effects_measured import LEAST_LIFT

OUTSIDE = 0.05
"""Share of 95 % intervals that leave out the truth by chance."""
LEAST_BY_CHANCE = 0.5
"""Effects by chance from which on they are worth a word: of fewer comparisons most have none."""
MOST = 9.99
"""Highest lift that still bounds anything: 999 %."""


def show_outcome(report: OutcomeReport) -> list[RenderableType]:
    """Lay out everything that a report says."""
    parts: list[RenderableType] = [_heading(report)]
    if report.attention:
        parts.append(show_sentences("Needs attention", report.attention, style="red"))
    parts += [_totals(report), _accuracy(report), _bridge(report), _effects(report)]
    if report.experiences:
        parts.append(show_experiences(report.experiences))
    if report.lessons:
        parts.append(_lessons(report))
    if report.notes:
        parts.append(show_sentences("Not measured, and assumed", report.notes))
    return parts


def _heading(report: OutcomeReport) -> Text:
    whole = (
        "the whole campaign" if report.periods == report.horizon else f"{report.periods} of {report.horizon} periods"
    )
    return Text(f"{report.folder}: plan {report.plan}, {whole} up to {report.as_of}", style="bold")


def _totals(report: OutcomeReport) -> FittedTable:
    rows = []
    money = money_style(report.currency, [each.expected for each in report.totals if each.measure in MONEY])
    for each in report.totals:
        write = money if each.measure in MONEY else count
        inside = each.futures.p05 <= each.actual <= each.futures.p95
        change = each.actual / each.expected - 1 if each.expected else None
        rows.append(
            (
                each.measure,
                write(each.expected),
                write(each.futures.p05),
                write(each.futures.p95),
                write(each.actual) + ("" if each.told else "*"),
                share(change, signed=True),
                "" if inside else Text("outside", style="yellow"),
            )
        )
    return FittedTable(
        title="Forecast and actual",
        columns=(
            Column(title="measure", least=8),
            Column(title="expected", number=True),
            Column(title="5%", number=True, gives_way=1),
            Column(title="95%", number=True, gives_way=1),
            Column(title="actual", number=True),
            Column(title="differs", number=True),
            Column(title="", least=7),
        ),
        rows=tuple(rows),
        notes=(
            "expected: by the plan's account; 5% and 95%: of the plan's futures, of all that was observed, sold out "
            "where stock ends; the monitor draws others, as if there were enough, over what it compares, so that its "
            f"ends differ a little; {money.caption}",
            *((report.kept_out,) if report.kept_out else ()),
            *(
                ("* not told by the file alone: the plan's account, with real sales and prices in it",)
                if any(not each.told for each in report.totals)
                else ()
            ),
        ),
    )


def _accuracy(report: OutcomeReport) -> Text:
    found, known = report.accuracy, report.known_until
    holds = "" if known is None else f"{known}, up to which the plan's account holds what was really sold"
    if found is None:
        if not holds:
            return Text("Accuracy: nothing is told of products and periods that ran as planned.")
        return Text(f"Accuracy: nothing is told after {holds}.")
    cut = ""
    if found.cut:
        cut = f" Stock or pieces ran out on {found.cut:,} of them: there sales are compared, not demand."
    return Text(
        f"Accuracy over {found.cells:,} products and periods{f' after {holds}' if holds else ''}: absolute errors are "
        f"{found.error:.1%} of what was sold, the forecast is {abs(found.bias):.1%} too "
        f"{'high' if found.bias > 0 else 'low'} in all, and {found.inside:.0%} of the actuals lie in its 90% intervals."
        f"{cut}"
    )


def _bridge(report: OutcomeReport) -> FittedTable:
    money = money_style(report.currency, [amount for step in report.bridge for amount in (step.forecast, step.actual)])
    rows = []
    for number, step in enumerate(report.bridge):
        style = "bold" if number == len(report.bridge) - 1 else ""
        cells = (step.name, money(step.forecast), money(step.actual), money(step.change, signed=True))
        rows.append(tuple(Text(cell, style=style) for cell in cells))
    return FittedTable(
        title="From the forecast profit to the real one",
        columns=(
            Column(title="part", least=20),
            Column(title="expected", number=True),
            Column(title="actual", number=True),
            Column(title="change", number=True),
        ),
        rows=tuple(rows),
        notes=(
            "on offer: all units of a product in segments and periods in which an offer runs on it, also those of "
            "customers whom it did not reach or who were kept out; " + money.caption,
        ),
    )


def _effects(report: OutcomeReport) -> FittedTable:
    rows = []
    for each in report.effects:
        found = each.measured
        rows.append(
            (
                each.name,
                found.method,
                share(max(found.lift, LEAST_LIFT), signed=True),
                _interval(found.low, found.high),
                share(each.planned, signed=True),
                f"{count(found.treated)} / {count(found.held)}",
                _verdict(each),
            )
        )
    baskets = " (on basket: extra orders)" if any(each.product == BASKET for each in report.effects) else ""
    return FittedTable(
        title="What the offers caused",
        columns=(
            Column(title="offer", least=18),
            Column(title="by", least=10),
            Column(title="lift", number=True),
            Column(title="95% interval", number=True),
            Column(title="planned", number=True, gives_way=1),
            Column(title="with / without", number=True, gives_way=3),
            Column(title="", least=10, gives_way=2),
        ),
        rows=tuple(rows),
        notes=(
            f"lift: extra units{baskets} per contacted customer; with / without: customers, or periods of a switchback",
            *_many(report),
            *(("open: too few were kept out to bound it",) if any(_open(each) for each in report.effects) else ()),
            *(
                ("-100%: the groups differ by more than those contacted can have bought, which chance does",)
                if any(each.measured.lift < LEAST_LIFT for each in report.effects)
                else ()
            ),
        ),
        empty="no causal effect could be measured; see below why",
    )


def _open(effect: Effect) -> bool:
    return "open" in _interval(effect.measured.low, effect.measured.high)


def _many(report: OutcomeReport) -> tuple[str, ...]:
    """Say of many comparisons how many would show an effect by chance; one told twice is one."""
    number = len({(each.offer, each.product, each.segment) for each in report.effects})
    if number * OUTSIDE < LEAST_BY_CHANCE:
        return ()
    return (f"an interval without 0 is an effect; {by_chance(number, 'comparisons', OUTSIDE)}, were there none",)


def _interval(low: float, high: float) -> str:
    """Say an interval; where the comparison bounds it on neither side, that it is open."""
    ends = ("open" if math.isinf(low) else share(low, signed=True), "open" if high > MOST else share(high, signed=True))
    return "open" if ends == ("open", "open") else " to ".join(ends)


def _verdict(effect: Effect) -> str:
    found = effect.measured
    if not found.found:
        return "could be nothing"
    if effect.planned is None:
        return "an effect"
    if found.low <= effect.planned <= found.high:
        return "as planned"
    return "less than planned" if found.high < effect.planned else "more than planned"


def _lessons(report: OutcomeReport) -> FittedTable:
    return FittedTable(
        title="Lessons for the next training",
        columns=tuple(
            Column(title=name.replace("_", " "), number=name in ("lift", "standard_error"), least=8)
            for name in SHOWN_COLUMNS
        ),
        rows=tuple(row[1 : 1 + len(SHOWN_COLUMNS)] for row in report.lessons),
        notes=("--lessons FILE.csv writes them; a data file reads them with experiments: {table: FILE.csv}",),
    )


def outcome_json(report: OutcomeReport) -> dict[str, Any]:
    """Return the report as plain data; an open end of an interval is null."""

    def ends(value: float) -> float | None:
        return None if math.isinf(value) else round(value, 6)

    data: dict[str, Any] = {
        name: to_data(getattr(report, name))
        for name in (
            *("folder", "plan", "actuals", "as_of", "periods", "horizon", "currency"),
            *("totals", "kept_out", "known_until", "accuracy"),
        )
    }
    bridge = [{**to_data(step), "change": step.change} for step in report.bridge]
    effects = [
        {
            "offer": each.offer,
            "product": each.product,
            "segment": each.segment,
            "method": each.measured.method,
            "lift": round(each.measured.lift, 6),
            "low": ends(each.measured.low),
            "high": ends(each.measured.high),
            "standard_error": ends(each.measured.standard_error),
            "with": each.measured.treated,
            "without": each.measured.held,
            "explained": round(each.measured.explained, 6),
            "planned": None if each.planned is None else round(each.planned, 6),
            "source": each.source,
        }
        for each in report.effects
    ]
    return {
        "format": "campaign-report/1",
        **data,
        "bridge": bridge,
        "effects": effects,
        "experiences": to_data(report.experiences),
        "lessons": [dict(zip(LESSON_COLUMNS, row, strict=True)) for row in report.lessons],
        "attention": list(report.attention),
        "notes": list(report.notes),
    }

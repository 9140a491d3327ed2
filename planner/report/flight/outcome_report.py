"""What a campaign brought: forecast and actual, the bridge between the profits, measured effects, lessons."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from planner.figures import count, money_style, share
from planner.flight.evaluate import OutcomeReport
from planner.flight.measure.lessons import LESSON_COLUMNS, SHOWN_COLUMNS
from planner.report.flight.caused import effects_json, show_effects
from planner.report.flight.claims_so_far import show_claims
from planner.report.flight.experience import show_experiences
from planner.report.flight.limits_kept import show_limits_kept
from planner.report.flight.promises import promises_json, show_promises
from planner.report.flight.untold_uses import show_untold
from planner.report.gained import show_gained
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from scenarios.answer.json_records import to_data
from scenarios.answer.sums import MONEY


def show_outcome(report: OutcomeReport) -> list[RenderableType]:
    """Lay out everything that a report says."""
    attention = show_sentences("Needs attention", report.attention, style="red")
    return [
        _heading(report),
        *((attention,) if report.attention else ()),
        *above_totals(report),
        show_totals(report),
        *outcome_parts(report),
    ]


def above_totals(report: OutcomeReport) -> list[RenderableType]:
    """Lay out what was promised, first and last, and what was gained against no promotion."""
    return [*show_promises(report), *show_gained(report.gained, report.currency)]


def outcome_parts(report: OutcomeReport) -> list[RenderableType]:
    """Lay out what a report says below its totals: tables, sentences and texts."""
    parts: list[RenderableType] = [_accuracy(report), _bridge(report)]
    if report.limits:
        parts.append(show_limits_kept(report.limits, report.currency))
    if report.claims:
        parts.append(show_claims(report.claims, report.currency, report.untold))
    if report.untold:
        parts.append(show_untold(report.untold))
    parts += show_effects(report.together, report.effects)
    if report.experiences:
        parts.append(show_experiences(report.experiences))
    if report.lessons:
        parts.append(_lessons(report))
    if report.notes:
        parts.append(show_sentences("Not measured, and assumed", report.notes))
    return parts


def _heading(report: OutcomeReport) -> Text:
    return Text(f"{report.folder}: plan {report.plan}, {report.so_far} up to {report.as_of}", style="bold")


def show_totals(report: OutcomeReport) -> FittedTable:
    """One row a measure: what was expected, between what ends, and what it came to."""
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
                ("* not told by the file alone: by the account of what was sold, with real prices in it",)
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


def _lessons(report: OutcomeReport) -> FittedTable:
    return FittedTable(
        title="Lessons for the next training",
        columns=tuple(
            Column(title=name.replace("_", " "), number=name in ("lift", "standard_error"), least=8)
            for name in SHOWN_COLUMNS
        ),
        rows=tuple(_shown(dict(zip(LESSON_COLUMNS, row, strict=True))) for row in report.lessons),
        notes=(
            "lift: what both groups say around the planned lift, as evidence for the training, which no chance of a "
            "small group bends; the measured ratio above differs from it where few were kept out",
            "--lessons FILE.csv writes them; a data file reads them with experiments: {table: FILE.csv}",
        ),
    )


def _shown(lesson: dict[str, str]) -> tuple[str, ...]:
    """What a lesson is about, one or several, and what it says."""
    return tuple(lesson[name] or lesson.get(f"{name}s", "") for name in SHOWN_COLUMNS)


def outcome_json(report: OutcomeReport) -> dict[str, Any]:
    """Return the report as plain data; an open end of an interval is null."""
    data: dict[str, Any] = {
        name: to_data(getattr(report, name))
        for name in (
            *("folder", "plan", "actuals", "as_of", "periods", "horizon", "currency"),
            *("totals", "kept_out", "known_until", "accuracy"),
        )
    }
    bridge = [{**to_data(step), "change": step.change} for step in report.bridge]
    return {
        "format": "campaign-report/1",
        **data,
        "promised": promises_json(report.promised),
        "gained": to_data(report.gained),
        "bridge": bridge,
        "limits": to_data(report.limits),
        "claims": to_data(report.claims),
        "untold_uses": to_data(report.untold),
        "together": effects_json(report.together),
        "effects": effects_json(report.effects),
        "experiences": to_data(report.experiences),
        "lessons": [dict(zip(LESSON_COLUMNS, row, strict=True)) for row in report.lessons],
        "attention": list(report.attention),
        "notes": list(report.notes),
    }

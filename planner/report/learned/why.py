"""``campaign effects --why``: an effect in sentences with numbers that a planner repeats to a buyer."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from planner.figures import count, plural, share
from planner.reasons.why import Why
from planner.report.notes import show_sentences
from planner.report.offers.effects import named
from planner.report.table import Cell, Column, FittedTable
from scenarios.grid import Grid

if TYPE_CHECKING:
    from surrogate.why.explanation import Explanation

_DIGITS = 6
_MOST_ROWS = 12
"""Rows of a table that are shown; the others are counted."""


def show_why(grid: Grid, found: Why) -> list[RenderableType]:
    """Say what an effect is, what it comes from, how far to trust it, and which past promotions it leans on."""
    parts: list[RenderableType] = [_headline(grid, found)]
    if found.explanation is not None:
        parts += [
            _drivers(found.explanation),
            show_sentences("How far to trust it", _trust(found)),
            *_past(found.explanation),
        ]
    else:
        parts += [_table_rows(found), show_sentences("How far to trust it", _table_trust(found))]
    return parts


def _headline(grid: Grid, found: Why) -> Group:
    score = found.score
    offer, segment = grid.scenario.offers[score.offer], grid.segments[score.segment]
    where = _where(found)
    title = Text(f"{named(offer.id, offer.name)} for {named(segment.id, segment.name)}{where}", style="bold")
    figures = (
        f"sells {share(abs(score.lift), digits=0)} {'more' if score.lift >= 0 else 'fewer'} units to the customers "
        f"whom it reaches; 90% of the futures lie between {share(score.lift_low, digits=0, signed=True)} and "
        f"{share(score.lift_high, digits=0, signed=True)}. Take-up {share(score.take_up)}; attractiveness "
        f"{score.attractiveness:.2f}."
    )
    return Group(title, Text(figures))


def _where(found: Why) -> str:
    explanation = found.explanation
    if explanation is None or not explanation.products:
        return ""
    names = explanation.products
    if len(names) == 1:
        return f", {names[0]}"
    return f", mean of {', '.join(names)}" if len(names) <= 6 else f", mean of {len(names)} products"


def _drivers(found: Explanation) -> FittedTable:
    """Parts of the lift, in points."""
    tested = abs(found.now - found.learned) > 5e-5
    rows: list[tuple[Cell, Cell]] = [(driver.words, _points(driver.points)) for driver in found.drivers]
    rows.append((Text("learned from behaviour", style="bold"), Text(_points(found.learned), style="bold")))
    if tested:
        rows.append(("moved by lift tests", _points(found.now - found.learned)))
        rows.append((Text("with lift tests", style="bold"), Text(_points(found.now), style="bold")))
    return FittedTable(
        title="Where the lift comes from",
        columns=(Column(title="part", least=30), Column(title="points of lift", number=True)),
        rows=tuple(rows),
        notes=(
            "against the average customer without promotion (integrated gradients); the parts add up to the learned "
            "lift, the middle of the members (the figure above is their mean)",
        ),
    )


def _points(lift: float) -> str:
    return count(lift * 100, digits=1, signed=True)


def _trust(found: Why) -> tuple[str, ...]:
    explanation, score = found.explanation, found.score
    if explanation is None:
        return _table_trust(found)
    wide = score.lift_high - score.lift_low
    size = max(abs(score.lift), 1e-9)
    word = "narrow" if wide < 0.5 * size else "wide" if wide < 1.5 * size else "very wide"
    interval = (
        f"The interval is {word}: its ends lie {count(wide * 100)} points apart, for a lift of "
        f"{share(score.lift, digits=0)}."
    )
    nothing = ("It may be nothing: the interval reaches 0.",) if score.may_be_nothing else ()
    return (explanation.trust[0], interval, *nothing, *explanation.trust[1:])


def _past(found: Explanation) -> list[RenderableType]:
    if not found.past:
        return [show_sentences("Past promotions like it", ("The model keeps none that is large enough to be shown.",))]
    rows = [
        (
            one.first_day.isoformat(),
            one.product,
            one.words,
            count(one.units),
            share(one.change, digits=0, signed=True) if one.change is not None else f"{share(one.used)} with it",
        )
        for one in found.past
    ]
    changes = [one.change for one in found.past if one.change is not None]
    notes = ["weeks in which too few customers took part to be shown are not kept by themselves; all are learned from"]
    if changes:
        middle = share(statistics.median(changes), digits=0, signed=True)
        notes.append(
            f"these items moved by {middle} (median); part of it came from other items of the same product, which the "
            "estimate takes off"
        )
    if any(one.used is not None for one in found.past):
        notes.append("with it: share of what contacted customers bought of the goods that was bought with the offer")
    return [
        FittedTable(
            title="The past promotions like it that are kept, the likest first",
            columns=(
                Column(title="week of", number=True),
                Column(title="product", least=10),
                Column(title="what ran", least=20),
                Column(title="units", number=True),
                Column(title="against usual", number=True),
            ),
            rows=tuple(rows),
            notes=tuple(notes),
        )
    ]


def _table_rows(found: Why) -> FittedTable:
    rows = [
        (str(one.line), ", ".join(f"{name} {text}" for name, text in one.written.items()), count(one.cells))
        for one in found.rows[:_MOST_ROWS]
    ]
    hidden = len(found.rows) - len(rows)
    return FittedTable(
        title=f"Where it comes from: {found.table}",
        columns=(
            Column(title="line", number=True),
            Column(title="says", least=30),
            Column(title="cells", number=True),
        ),
        rows=tuple(rows),
        notes=(f"{plural(hidden, 'more row')} of the file speak for other cells",) if hidden > 0 else (),
    )


def _table_trust(found: Why) -> tuple[str, ...]:
    lines = ", ".join(str(one.line) for one in found.rows[:_MOST_ROWS])
    given = any("lift_low" in one.written for one in found.rows)
    interval = (
        "The spread is the file's own: lift_low and lift_high say how far apart the ends are, as a factor; the lift "
        "stays the mean between them."
        if given
        else "The file gives no interval there: the spread is risk.lift_cv of the scenario."
    )
    return (f"Assumed: somebody wrote it into {found.table}, line {lines}; nothing here was learned.", interval)


def why_json(grid: Grid, found: Why) -> dict[str, Any]:
    """Return the same as plain data."""
    score, explanation = found.score, found.explanation

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(float(value), _DIGITS)

    document: dict[str, Any] = {
        "format": "campaign-why/1",
        "scenario": grid.scenario.scenario,
        "segment": grid.segments[score.segment].id,
        "offer": grid.scenario.offers[score.offer].id,
        "lift": rounded(score.lift),
        "lift_interval": [rounded(score.lift_low), rounded(score.lift_high)],
        "may_be_nothing": score.may_be_nothing,
        "take_up": rounded(score.take_up),
        "attractiveness": rounded(score.attractiveness),
    }
    if explanation is None:
        rows = [{"line": one.line, "says": one.written, "cells": one.cells} for one in found.rows]
        return document | {"table": found.table, "rows": rows, "trust": list(_table_trust(found))}
    return document | {
        "products": list(explanation.products),
        "evidence": explanation.grade,
        "learned_lift": rounded(explanation.learned),
        "with_lift_tests": rounded(explanation.now),
        "parts": [{"part": driver.words, "lift": rounded(driver.points)} for driver in explanation.drivers],
        "trust": list(_trust(found)),
        "past_promotions": [
            {
                "week_of": one.first_day.isoformat(),
                "product": one.product,
                "what": one.words,
                "units": rounded(one.units),
                "against_usual": rounded(one.change),
                "with_it": rounded(one.used),
            }
            for one in explanation.past
        ],
    }

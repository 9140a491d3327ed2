"""Effect scores as tables: attractiveness, lift and take-up with intervals, evidence, held-out accuracy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from planner.figures import NOTHING, count, share
from planner.reasons.by_itself.break_even import BreakEven
from planner.reasons.doubts import doubts
from planner.reasons.effect_scores import Score, mean_attractiveness
from planner.report.offers.fewer_lift_tests import fewer_lift_tests
from planner.report.offers.may_be_nothing import may_bring_nothing
from planner.report.table import Column, FittedTable
from scenarios.grid import Grid
from scenarios.language.schema import Scenario
from scenarios.language.words import Mechanic
from scenarios.response.effects import Effects

_DIGITS = 6
"""Decimals of figures in JSON."""


def named(id_: str, name: str | None) -> str:
    """Return ``id name``, or the id alone where the name says no more than it."""
    if name is None or name.casefold().replace(" ", "-") == id_.casefold().replace("_", "-"):
        return id_
    return f"{id_} {name}"


_Row = tuple[str | Text, ...]


def show_scores(
    grid: Grid, scores: tuple[Score, ...], evidence: tuple[str, ...] = (), suspicions: Mapping[str, str] | None = None
) -> list[FittedTable]:
    """Tables of offers with attractiveness, lift, take-up, their 90 % intervals, and the evidence.

    One table a segment. Where most offers read alike in all segments that they reach, these stand in one table for all,
    and below it come the segments in which others differ. ``evidence`` is the grade by offer; ``suspicions`` say by
    offer id why what was only observed may not be causal. They hold in every segment, so each is said once, below the
    last table that the offer stands in.
    """
    rows = {(score.segment, score.offer): _row(grid, score, evidence) for score in scores}
    where: dict[int, list[int]] = {}
    for place, offer in rows:
        where.setdefault(offer, []).append(place)
    alike = [
        offer for offer, there in where.items() if len(there) > 1 and len({rows[s, offer][2:] for s in there}) == 1
    ]
    if 2 * len(alike) <= len(where):
        alike = []
    told = suspicions or {}

    def idle(offers: list[int], segment: int | None = None) -> list[str]:
        here = {one.offer for one in scores if one.may_be_nothing and segment in (None, one.segment)}
        return [names[offer] for offer in offers if offer in here]

    names = [offer.id for offer in grid.scenario.offers]
    tables = []
    if alike:
        there = [rows[where[offer][0], offer] for offer in sorted(alike)]
        tables.append(
            _scores(
                "All segments alike, where an offer reaches them", there, [names[n] for n in alike], told, idle(alike)
            )
        )
    for number, segment in enumerate(grid.segments):
        own = [offer for offer in range(len(names)) if (number, offer) in rows and offer not in alike]
        if not own and any((number, offer) in rows for offer in alike):
            continue
        title = f"{named(segment.id, segment.name)}: {segment.size}"
        last = [names[offer] for offer in own if where[offer][-1] == number]
        tables.append(_scores(title, [rows[number, offer] for offer in own], last, told, idle(own, number)))
    return tables


def _row(grid: Grid, score: Score, evidence: tuple[str, ...]) -> _Row:
    offer = grid.scenario.offers[score.offer]
    return (
        named(offer.id, offer.name),
        _bar(score.attractiveness),
        f"{score.attractiveness:.2f}",
        f"{score.attractiveness_low:.2f} to {score.attractiveness_high:.2f}",
        share(score.lift, digits=0, signed=True),
        f"{share(score.lift_low, digits=0)} to {share(score.lift_high, digits=0)}",
        share(score.take_up),
        evidence[score.offer] if evidence else NOTHING,
        f"{score.cells:,}",
    )


def _scores(
    title: str, rows: Sequence[_Row], offers: Sequence[str], suspicions: Mapping[str, str], idle: Sequence[str]
) -> FittedTable:
    return FittedTable(
        title=title,
        columns=(
            Column(title="offer", least=14),
            Column(title="", number=True, gives_way=3),
            Column(title="attractive", number=True),
            Column(title="90% interval", number=True, gives_way=2),
            Column(title="lift", number=True),
            Column(title="90% interval", number=True),
            Column(title="take-up", number=True),
            Column(title="evidence", least=8),
            Column(title="cells", number=True, gives_way=4),
        ),
        rows=tuple(rows),
        notes=(*may_bring_nothing(idle), *doubts(list(offers), suspicions)),
        empty="no offer applies here",
    )


def show_overview(grid: Grid, scores: tuple[Score, ...]) -> FittedTable:
    """Attractiveness of every offer, segments side by side where they fit, their range otherwise."""
    by_place = {(score.segment, score.offer): score for score in scores}
    rows = []
    for number, offer in enumerate(grid.scenario.offers):
        here = [by_place.get((segment, number)) for segment in range(len(grid.segments))]
        known = [score for score in here if score is not None]
        if not known:
            continue
        rows.append(
            (
                named(offer.id, offer.name),
                offer.mechanic.value,
                f"{mean_attractiveness(known):.2f}",
                *(NOTHING if score is None else f"{score.attractiveness:.2f}" for score in here),
            )
        )
    return FittedTable(
        title="Attractiveness (0 to 1) of every offer",
        columns=(
            Column(title="offer", least=14),
            Column(title="mechanic", least=8, gives_way=len(grid.segments) + 1),
            Column(title="mean", number=True),
            *(
                Column(title=segment.id, number=True, gives_way=place)
                for place, segment in enumerate(grid.segments, start=1)
            ),
        ),
        rows=tuple(rows),
        notes=("attractiveness = 1 - exp(-lift / 0.5), averaged by baseline units; it is for reading only",),
    )


def _bar(value: float) -> Text:
    """Draw a bar of ten marks."""
    filled = round(10 * value)
    return Text("■" * filled, style="green") + Text("·" * (10 - filled), style="dim")


def show_evidence(scenario: Scenario, effects: Effects) -> FittedTable:
    """Where every offer's effect comes from, and what a reader must know."""
    groups: dict[str, list[str]] = {}
    for offer, grade in zip(scenario.offers, effects.evidence, strict=True):
        groups.setdefault(grade, []).append(offer.id)
    return FittedTable(
        title=f"Evidence: {effects.source}",
        columns=(Column(title="grade", least=10), Column(title="offers", least=30)),
        rows=tuple((grade, ", ".join(offers)) for grade, offers in groups.items()),
        notes=fewer_lift_tests(effects.notes),
    )


_METRICS = {
    "held_out_weeks": "weeks that training did not see",
    "promoted_cells": "promoted cells in them",
    "wape_promoted": "error on promoted cells (WAPE): the network",
    "wape_promoted_no_promotion": "  a predictor that knows no promotion",
    "wape_promoted_segment_mean": "  the mean of the segment",
    "wape_promoted_usual_deals": "  the item's usual deals, whatever this week promotes",
    "gain_over_no_promotion_95": "gain over no promotion, 95% paired interval",
    "gain_over_segment_mean_95": "gain over the segment mean, 95% paired interval",
    "gain_over_usual_deals_95": "gain over the usual deals, 95% paired interval",
    "change_correlation": "correlation of the change under a deal, foreseen and real",
    "change_correlation_95": "  its 95% interval",
    "change_items": "  items with both kinds of weeks",
    "wape_category": "error by category (WAPE): the network",
    "wape_category_no_promotion": "  a predictor that knows no promotion",
    "wape_category_segment_mean": "  the mean of the segment",
    "wape_category_usual_deals": "  the item's usual deals",
    "bias_promoted": "forecast over sales on promoted cells, less 1",
    "coverage_units": "units of a segment in a product and week inside their 90% intervals",
    "coverage_promoted": "  where something was promoted",
    "coverage_lift": "lifts of products inside their 90% intervals",
    "misses": "misses",
    **{
        f"wape_{word}": f"units missed of what sold under {word.value.replace('_', ' ')} offers: the network"
        for word in Mechanic
    },
    **{f"wape_{word}_no_promotion": "  taken to do nothing" for word in Mechanic},
}
_WHOLE = ("held_out_weeks", "promoted_cells", "change_items")


def show_accuracy(accuracy: Mapping[str, float | str]) -> list[FittedTable]:
    """Held-out metrics of learned effects, in the order the surrogate gives them; misses read as misses."""
    if not accuracy:
        return []
    rows = tuple((_METRICS.get(name, name.replace("_", " ")), _metric(name, value)) for name, value in accuracy.items())
    columns = (Column(title="measure", least=30), Column(title="value", least=20))
    return [FittedTable(title="Accuracy of the learned effects", columns=columns, rows=rows)]


def _metric(name: str, value: float | str) -> str | Text:
    if name == "misses":
        return Text(str(value), style="green" if value == "none" else "bold red")
    if isinstance(value, str):
        return value
    return count(value, digits=0 if name in _WHOLE else 3)


def accuracy_json(accuracy: Mapping[str, float | str]) -> dict[str, float | str | None]:
    """Return the metrics as plain data; what is no number is null."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in accuracy.items()
    }


def effects_json(
    grid: Grid,
    effects: Effects,
    scores: tuple[Score, ...],
    needs: tuple[BreakEven, ...],
    accuracy: Mapping[str, float | str],
    suspicions: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return everything that the tables show as plain data."""

    def finite(value: float) -> float | None:
        return round(float(value), _DIGITS) if math.isfinite(value) else None

    def rounded(*values: float) -> list[float]:
        return [round(value, _DIGITS) for value in values]

    offers = grid.scenario.offers
    return {
        "format": "campaign-effects/1",
        "scenario": grid.scenario.scenario,
        "currency": grid.scenario.currency,
        "source": effects.source,
        "evidence": {offer.id: grade for offer, grade in zip(offers, effects.evidence, strict=True)},
        "scores": [
            {
                "segment": grid.segments[score.segment].id,
                "offer": offers[score.offer].id,
                "attractiveness": round(score.attractiveness, _DIGITS),
                "attractiveness_interval": rounded(score.attractiveness_low, score.attractiveness_high),
                "lift": round(score.lift, _DIGITS),
                "lift_interval": rounded(score.lift_low, score.lift_high),
                "may_be_nothing": score.may_be_nothing,
                "take_up": round(score.take_up, _DIGITS),
            }
            for score in scores
        ],
        "break_even": [
            {
                "offer": offers[need.offer].id,
                "lift": finite(need.lift),
                "break_even_lift": finite(need.break_even_lift),
                "funding": need.funding,
                "break_even_funding": finite(need.break_even_funding),
                "unit_funding": need.unit_funding,
                "break_even_unit_funding": finite(need.break_even_unit_funding),
                "line_funding": need.line_funding,
                "profit_per_line": round(need.profit, _DIGITS),
                "slots": need.slots,
                "paying_slots": need.paying_slots,
            }
            for need in needs
        ],
        "accuracy": accuracy_json(accuracy),
        "suspicions": dict(suspicions or {}),
        "notes": list(effects.notes),
    }

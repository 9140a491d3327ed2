"""Lines as rules read them, and what it means that a line lies in a scope.

A public line reaches every segment. It *touches* a scope that names one of the segments, and lies *inside* a scope only
if that names all of them. A week touches a span of dates that it meets, and lies inside spans that cover all its days.
Past lines (periods below 0) count like planned ones; a past offer that is no longer on sale matches only scopes that
name no kind of offer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Offer, Scenario
from scenarios.language.schemas.axes import Axis
from scenarios.language.scope import Scope
from scenarios.language.where import covered, holds, names_product
from scenarios.language.words import BASKET, EVERYBODY
from scenarios.scope_mask import in_scope, with_basket

AXES: tuple[Axis, ...] = ("segment", "product", "category", "offer")
"""The axes of ``per`` in the order in which group keys hold them; a period is always counted by itself."""

Key = tuple[int, ...]
"""Which group of ``per`` a line belongs to: one index an axis; the basket is one more product and category."""


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """A line in indices. ``product`` None is the basket, ``segment`` None everybody, ``offer`` None a past one."""

    period: int
    product: int | None
    segment: int | None
    offer: Offer | None
    coverage: float
    line: PlanLine


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One place where a plan breaks a rule."""

    rule_id: str
    kind: str
    message: str
    """One sentence: where, what was found, what the rule asks, what would mend it."""
    lines: tuple[PlanLine, ...]
    """The lines that break it together; empty where a line is missing."""


def read_line(grid: Grid, line: PlanLine) -> RuleLine | None:
    """Read a line in indices; None where its product or segment is unknown, which no rule can speak of."""
    if line.product != BASKET and line.product not in grid.product_index:
        return None
    if line.segment != EVERYBODY and line.segment not in grid.segment_index:
        return None
    number = grid.offer_index.get(line.offer)
    return RuleLine(
        period=grid.scenario.horizon.period_of(line.date),
        product=None if line.product == BASKET else grid.product_index[line.product],
        segment=None if line.segment == EVERYBODY else grid.segment_index[line.segment],
        offer=None if number is None else grid.scenario.offers[number],
        coverage=line.coverage,
        line=line,
    )


def read_lines(grid: Grid, lines: Iterable[PlanLine]) -> tuple[RuleLine, ...]:
    """Read lines, leaving out those that no rule can speak of."""
    return tuple(line for line in (read_line(grid, each) for each in lines) if line is not None)


def past_lines(grid: Grid) -> tuple[RuleLine, ...]:
    """Read the scenario's history: lines before the horizon.

    Raises
    ------
    TypeError
        For a scenario whose history is not read in.
    """
    history = grid.scenario.history
    if not isinstance(history, tuple):
        raise TypeError("rules need a resolved scenario: history read in")
    return tuple(line for line in read_lines(grid, history) if line.period < 0)


def told_lines(lines: Iterable[RuleLine], grid: Grid) -> tuple[RuleLine, ...]:
    """Lines that customers are told of: all but those whose offer was sent before and is still valid."""
    horizon = grid.scenario.horizon
    return tuple(each for each in lines if each.offer is None or each.offer.told_in(horizon, each.period))


def touches(scope: Scope, line: RuleLine, grid: Grid) -> bool:
    """Whether a line has anything to do with a scope."""
    segments = scope.segments
    reached = segments is None or line.segment is None or grid.segments[line.segment].id in segments
    return reached and _same_offer_and_product(scope, line, grid) and holds(scope.periods, *_days(line, grid.scenario))


def inside(scope: Scope, line: RuleLine, grid: Grid) -> bool:
    """Whether all of a line lies in a scope."""
    if scope.segments is not None:
        reached = grid.segments if line.segment is None else (grid.segments[line.segment],)
        if not all(segment.id in scope.segments for segment in reached):
            return False
    return _same_offer_and_product(scope, line, grid) and covered(scope.periods, *_days(line, grid.scenario))


def _days(line: RuleLine, scenario: Scenario) -> tuple[dt.date, int]:
    horizon = scenario.horizon
    return horizon.date_of(line.period), horizon.period_days


def _same_offer_and_product(scope: Scope, line: RuleLine, grid: Grid) -> bool:
    if line.offer is None:
        if any(key is not None for key in (scope.offers, scope.mechanics, scope.channels, scope.layer, scope.vendor)):
            return False
    elif not in_scope(scope, line.offer, None if line.product is None else grid.products[line.product].vendor):
        return False
    if line.product is None:
        return with_basket(scope)
    return names_product(scope, grid.products[line.product])


def categories(grid: Grid) -> tuple[str, ...]:
    """Product categories in the order of first appearance."""
    return tuple(dict.fromkeys(product.category for product in grid.products))


def keys_of(line: RuleLine, scope: Scope, per: tuple[Axis, ...], grid: Grid) -> list[Key]:
    """Name the groups of ``per`` that a matching line counts in; a public line counts for every segment."""
    values: list[list[int]] = []
    names = categories(grid)
    for axis in (axis for axis in AXES if axis in per):
        if axis == "segment":
            everyone = [
                index
                for index, segment in enumerate(grid.segments)
                if scope.segments is None or segment.id in scope.segments
            ]
            values.append(everyone if line.segment is None else [line.segment])
        elif axis == "product":
            values.append([len(grid.products) if line.product is None else line.product])
        elif axis == "category":
            own = len(names) if line.product is None else names.index(grid.products[line.product].category)
            values.append([own])
        else:
            values.append([-1 if line.offer is None else grid.offer_index[line.offer.id]])
    keys: list[Key] = [()]
    for choices in values:
        keys = [(*key, value) for key in keys for value in choices]
    return keys


def key_text(key: Key, per: tuple[Axis, ...], grid: Grid) -> str:
    """Say a group in words: ``product nova-12, segment students``; ``all lines together`` without axes."""
    words: list[str] = []
    names = categories(grid)
    for axis, value in zip((axis for axis in AXES if axis in per), key, strict=True):
        if axis == "segment":
            words.append(f"segment {grid.segments[value].id}")
        elif axis == "product":
            words.append("the basket" if value == len(grid.products) else f"product {grid.products[value].id}")
        elif axis == "category":
            words.append("the basket" if value == len(names) else f"category {names[value]}")
        else:
            words.append("a past offer" if value < 0 else f"offer {grid.scenario.offers[value].id}")
    return ", ".join(words) or "all lines together"


Active = dict[Key, dict[int, list[RuleLine]]]
"""Matching lines by group and period."""


def active_lines(lines: Iterable[RuleLine], scope: Scope, per: tuple[Axis, ...], grid: Grid) -> Active:
    """Sort matching lines by group and period."""
    found: Active = {}
    for line in lines:
        if touches(scope, line, grid):
            for key in keys_of(line, scope, per, grid):
                found.setdefault(key, {}).setdefault(line.period, []).append(line)
    return found


def line_text(line: PlanLine) -> str:
    """Say a line: ``flash-12 for nova-12 on 2026-11-03`` (and for which segment)."""
    who = "" if line.segment == EVERYBODY else f" and segment {line.segment}"
    level = "" if line.coverage == 1.0 else f" at {100 * line.coverage:g}%"
    level += "" if line.quantity == 1.0 else f" for {100 * line.quantity:g}% of the demand"
    return f"{line.offer}{level} for {line.product}{who} on {line.date}"

"""fairness: at least ``min`` matching lines reach each segment of the scope, over the whole horizon.

Example: ``{rule: fairness, min: 2, where: {layer: targeted}}``: every segment gets two targeted lines at least,
whoever buys most. A public line reaches every segment and counts for each; two lines of one day are two lines;
coverage does not matter. ``where: {segments: [...]}`` names the segments that have the floor. Where only targeted
offers match, sales without a customer have none: nobody can be sent anything there. History plays no part.
The empty plan breaks this rule: every plan holds the lines that it asks for.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.forms import CompiledRule, Entries, FloorRows
from constraints.rules.groups import RuleContext, literal_groups
from constraints.rules.lines import RuleLine, Violation, keys_of, touches
from scenarios.grid import Grid
from scenarios.language.schema import Segment
from scenarios.language.schemas.axes import Axis
from scenarios.language.schemas.rule import Fairness
from scenarios.language.words import Layer
from scenarios.scope_mask import in_scope_on_some

_PER: tuple[Axis, ...] = ("segment",)


def floored(rule: Fairness, grid: Grid) -> list[int]:
    """Segments that have the floor."""
    wanted, public = rule.where.segments, Layer.PUBLIC in _layers(rule, grid)
    return [
        number
        for number, each in enumerate(grid.segments)
        if (wanted is None or each.id in wanted) and (each.known or public)
    ]


def violations(rule: Fairness, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Segments with too few lines; one violation for all of them where only public lines count."""
    count: dict[int, list[RuleLine]] = {}
    for line in lines:
        if line.period >= 0 and touches(rule.where, line, grid):
            for (segment,) in keys_of(line, rule.where, _PER, grid):
                count.setdefault(segment, []).append(line)
    segments = floored(rule, grid)
    if len(segments) > 1 and _all_public(rule, grid):
        # The same lines reach every segment: what one of them lacks, all of them lack.
        named = "every segment" if rule.where.segments is None else f"segments {', '.join(rule.where.segments)}"
        return _short(rule, named, count.get(segments[0], []), public=True)
    return [
        violation
        for segment in segments
        for violation in _missing(rule, grid.segments[segment], count.get(segment, []))
    ]


def _all_public(rule: Fairness, grid: Grid) -> bool:
    """Whether only public offers match, which reach all segments at once."""
    return _layers(rule, grid) == {Layer.PUBLIC}


def _layers(rule: Fairness, grid: Grid) -> set[Layer]:
    """Layers of the offers that match."""
    return {offer.layer for offer in grid.scenario.offers if in_scope_on_some(rule.where, offer, grid.products)}


def _missing(rule: Fairness, segment: Segment, here: list[RuleLine]) -> list[Violation]:
    """Say how many lines a segment is missing."""
    return _short(
        rule, f"segment {segment.id}", here, kind="" if segment.known else " public, the only kind that reaches it,"
    )


def _short(rule: Fairness, who: str, here: list[RuleLine], *, public: bool = False, kind: str = "") -> list[Violation]:
    """Say how many lines are missing; nothing where none is."""
    lacking = rule.min - len(here)
    if lacking <= 0:
        return []
    one = " public line, which counts for all of them,"
    if public:
        kind = one if lacking == 1 else " public lines, each of which counts for all of them,"
    message = (
        f"{who}: {len(here) or 'no'} matching line{'' if len(here) == 1 else 's'}"
        f", at least {rule.min} needed; add {lacking}{kind} or lower min of {rule.id}"
    )
    broken = tuple(each.line for each in here)
    return [Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken)]


def compile_rule(rule: Fairness, context: RuleContext) -> CompiledRule:
    """One row per segment."""
    grid = context.grid
    groups = literal_groups(grid, rule.where, _PER)
    segments = floored(rule, grid)
    row = np.array([segments.index(segment) for (segment,) in groups.keys], dtype=np.int64)
    old = groups.entries
    entries = Entries(cell=row[old.cell // grid.shape[2]], slot=old.slot, choice_set=old.choice_set, sets=old.sets)
    floor = np.full(len(segments), rule.min, dtype=np.int64)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(FloorRows(entries=entries, floor=floor),))

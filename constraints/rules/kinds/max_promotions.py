"""max_promotions: at most ``max`` different promotions in each span of time, however many lines each has there.

Example: ``{rule: max_promotions, max: 2, each: week, where: {layer: public}}``: no more than two public promotions in a
calendar week. An offer on a product is one promotion, on however many days and for however many segments it runs;
``of: [product]`` counts products on offer, ``of: [offer]`` offers. ``per: [category]`` counts for each category.
History counts in the first week or month: what ran before may go on, and takes its place; without ``each`` it plays no
part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from constraints.limits.spans import Span, calendar_spans
from constraints.rules.forms import CompiledRule, CountRows, Entries, GroupRows
from constraints.rules.groups import RuleContext, literal_groups
from constraints.rules.lines import AXES, Key, RuleLine, Violation, active_lines, key_text, line_text
from scenarios.arrays import Int
from scenarios.grid import Grid
from scenarios.language.schemas.axes import Axis
from scenarios.language.schemas.max_promotions import MaxPromotions

_NAMED = 4
"""Promotions that a sentence names."""


@dataclass(frozen=True, kw_only=True)
class _Axes:
    """What promotions are told apart by, and what they are counted for, together in the order of `AXES`."""

    both: tuple[Axis, ...]
    per: tuple[Axis, ...]

    @classmethod
    def of(cls, rule: MaxPromotions) -> _Axes:
        both = tuple(axis for axis in AXES if axis in (*rule.of, *rule.per))
        return cls(both=both, per=tuple(axis for axis in both if axis in rule.per))

    def counted_for(self, key: Key) -> Key:
        """The part of a promotion's key that it is counted for."""
        return tuple(value for axis, value in zip(self.both, key, strict=True) if axis in self.per)

    def apart(self, key: Key) -> tuple[tuple[Axis, ...], Key]:
        """The part that tells it from others, with its axes."""
        pairs = [(axis, value) for axis, value in zip(self.both, key, strict=True) if axis not in self.per]
        return tuple(axis for axis, _ in pairs), tuple(value for _, value in pairs)


def _spans(rule: MaxPromotions, grid: Grid, oldest: int) -> tuple[Span, ...]:
    horizon = grid.scenario.horizon
    if rule.each is None:
        return (Span(name=None, first=0, last=horizon.periods - 1),)
    return calendar_spans(rule.each, horizon, oldest)


def violations(rule: MaxPromotions, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Spans with too many promotions, some of them planned."""
    axes = _Axes.of(rule)
    active = active_lines(lines, rule.where, axes.both, grid)
    oldest = min((period for periods in active.values() for period in periods), default=0)
    return [
        found
        for span in _spans(rule, grid, min(oldest, 0))
        for found in _crowded(rule, grid, axes, span, _within(active, span))
    ]


def _within(active: dict[Key, dict[int, list[RuleLine]]], span: Span) -> dict[Key, list[RuleLine]]:
    """Lines of each promotion in a span; promotions without any left out."""
    inside = {
        key: [line for period in sorted(periods) if span.first <= period <= span.last for line in periods[period]]
        for key, periods in active.items()
    }
    return {key: lines for key, lines in inside.items() if lines}


def _crowded(
    rule: MaxPromotions, grid: Grid, axes: _Axes, span: Span, inside: dict[Key, list[RuleLine]]
) -> Iterator[Violation]:
    by_per: dict[Key, list[Key]] = {}
    for key in sorted(inside):
        by_per.setdefault(axes.counted_for(key), []).append(key)
    for counted, keys in by_per.items():
        past = [key for key in keys if any(line.period < 0 for line in inside[key])]
        fresh = [key for key in keys if key not in past]
        surplus = len(fresh) - max(rule.max - len(past), 0)
        if surplus <= 0:
            continue
        words = [key_text(own, own_axes, grid) for own_axes, own in map(axes.apart, keys)]
        named = "; ".join(words[:_NAMED]) + (f"; and {len(words) - _NAMED} more" if len(words) > _NAMED else "")
        where = f"{key_text(counted, axes.per, grid)}: " if axes.per else ""
        when = "in the horizon" if span.name is None else f"in {span.name}"
        before = f", {len(past)} of them since before the horizon" if past else ""
        last = inside[fresh[-1]][0].line
        found = f"{len(keys)} promotion{'s' * (len(keys) != 1)} {when} ({named}){before}"
        message = f"{where}{found}, at most {rule.max} allowed; drop {surplus}, for example {line_text(last)}"
        broken = tuple(line.line for key in keys for line in inside[key])
        yield Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken)


def compile_rule(rule: MaxPromotions, context: RuleContext) -> CompiledRule:
    """One group a promotion and span, one row a span and what is counted apart; and what follows for single periods."""
    grid, axes = context.grid, _Axes.of(rule)
    groups = literal_groups(grid, rule.where, axes.both)
    past = active_lines(context.past, rule.where, axes.both, grid)
    oldest = min((period for periods in past.values() for period in periods), default=0)
    spans = _spans(rule, grid, oldest)
    span_of = np.zeros(grid.shape[2], dtype=np.int64)
    for number, span in enumerate(spans):
        span_of[max(span.first, 0) : span.last + 1] = number
    running = {
        (key, number)
        for number, span in enumerate(spans)
        for key, periods in past.items()
        if any(span.first <= period < 0 for period in periods)
    }
    group, period = np.divmod(groups.entries.cell, grid.shape[2])
    fresh = np.array([(groups.keys[g], int(span_of[t])) not in running for g, t in zip(group, period, strict=True)])
    entries, own, span_numbers = _renumbered(groups.entries, group, span_of[period], len(spans), fresh)
    counted = [(axes.counted_for(groups.keys[g]), int(n)) for g, n in zip(own, span_numbers, strict=True)]
    rows = {each: number for number, each in enumerate(dict.fromkeys(counted))}
    used = Counter((axes.counted_for(key), number) for key, number in running)
    form = GroupRows(
        entries=entries,
        row=np.array([rows[each] for each in counted], dtype=np.int64),
        cap=np.array([max(rule.max - used[each], 0) for each in rows], dtype=np.int64),
    )
    most = np.full(len(spans), rule.max)
    for (_, number), those in used.items():
        most[number] = max(most[number], those)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(form, _in_periods(rule, grid, axes, most[span_of])))


def _renumbered(entries: Entries, group: Int, span: Int, spans: int, kept: Int) -> tuple[Entries, Int, Int]:
    """Entries whose cells are promotions in spans; and the group and the span of each of these cells."""
    here = np.flatnonzero(kept)
    codes, cell = np.unique(group[here] * spans + span[here], return_inverse=True)
    of, number = np.divmod(codes, spans)
    found = Entries(cell=cell, slot=entries.slot[here], choice_set=entries.choice_set[here], sets=entries.sets)
    return found, of, number


def _in_periods(rule: MaxPromotions, grid: Grid, axes: _Axes, most: Int) -> CountRows:
    """What single periods may hold at most, which proofs and prices read: lines of one segment, product and offer each.

    There a promotion has one line at most, so that no more lines run than promotions may.

    Parameters
    ----------
    most : [T]
        Promotions that may run in a period, those that have run before among them.
    """
    apart: tuple[Axis, ...] = ("segment", "product", "offer")
    finest = literal_groups(grid, rule.where, (*axes.per, *(axis for axis in apart if axis not in rule.of)))
    return CountRows(entries=finest.entries, cap=np.tile(most, len(finest.keys)).astype(np.int64))

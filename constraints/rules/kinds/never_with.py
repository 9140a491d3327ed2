"""never_with: no matching line in the same period as a line of ``with``, nor within so many periods of one.

Example: ``{rule: never_with, where: {mechanics: [flash_sale]}, with: {mechanics: [coupon]}, per: [segment,
product]}``: a flash sale and a coupon never meet for the same customers and product on one day. Two different lines
are meant: a line that lies in both scopes is not against itself, but no other line of either scope may join it.
``per: []`` keeps them apart in the whole plan. With ``within: 6`` two lines meet that lie six periods apart or fewer:
no seven periods in a row hold both. History counts then, as what ran last week is still near; past lines themselves
are not judged.
"""

from __future__ import annotations

import numpy as np

from constraints.rules.column_patterns import NEVER_BOTH, aligned, only, patterns, spread
from constraints.rules.forms import CompiledRule, CountRows, Form, Masks
from constraints.rules.groups import Groups, RuleContext, past_periods, scope_choices, table_groups
from constraints.rules.lines import RuleLine, Violation, active_lines, key_text, line_text
from constraints.rules.series import count_periods
from scenarios.arrays import Flag
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.rule import NeverWith
from scenarios.language.scope import Scope
from scenarios.scope_mask import scope_mask


def violations(rule: NeverWith, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Periods in which a matching line meets lines of the other scope."""
    found: list[Violation] = []
    told: set[frozenset[PlanLine]] = set()
    others = active_lines(lines, rule.with_, rule.per, grid)
    for key, periods in active_lines(lines, rule.where, rule.per, grid).items():
        for period, here in sorted(periods.items()):
            near = [
                other
                for moment, there in sorted(others.get(key, {}).items())
                if abs(moment - period) <= (rule.within or 0) and max(moment, period) >= 0
                for other in there
            ]
            pair = next(((one, other) for one in here for other in near if one is not other), None)
            both = tuple(dict.fromkeys(each.line for each in (*here, *near)))
            if pair is None or frozenset(both) in told:
                continue
            told.add(frozenset(both))  # of lines in both scopes, each pair would be told twice
            place = f"{key_text(key, rule.per, grid)}: {_meeting(rule, grid, *pair)}"
            message = f"{place}; drop or move one of the two"
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=both))
    return found


def _meeting(rule: NeverWith, grid: Grid, one: RuleLine, other: RuleLine) -> str:
    lag = abs(one.period - other.period)
    if not lag:
        return f"{line_text(one.line)} meets {line_text(other.line)}, which {rule.id} keeps apart"
    apart = f"{count_periods(grid, lag)} from {line_text(other.line)}"
    return f"{line_text(one.line)} lies {apart}, and {rule.id} asks for more than {rule.within}"


def compile_rule(rule: NeverWith, context: RuleContext) -> CompiledRule:
    """Pairs of columns that are never both active; where both scopes hold the same lines, one of these at most."""
    grid = context.grid
    periods = grid.shape[2]
    reach = min(rule.within or 0, periods - 1)
    one, other = (scope_choices(grid, scope, whole=False) for scope in (rule.where, rule.with_))
    here, there = scope_mask(grid, rule.where).segments, scope_mask(grid, rule.with_).segments
    first = table_groups(grid, one, here, rule.per)
    second = table_groups(grid, other & ~one, there, rule.per)
    forms: list[Form] = [_apart(first, second, reach, periods)]
    both = one & other
    if both.any():
        alone = table_groups(grid, one & ~both, here, rule.per)
        shared = table_groups(grid, both, there, rule.per)
        forms.append(_apart(alone, shared, reach, periods))
        alike = table_groups(grid, both, here & there, rule.per)
        cap = np.ones(len(alike.keys) * periods, dtype=np.int64)
        window = spread(alike.entries, range(reach + 1), periods)  # cells are windows, by their last period
        forms.append(CountRows(entries=window, cap=cap))
    if rule.within is not None and context.past:
        every = table_groups(grid, other, there, rule.per)
        forbidden = _near_the_past(rule, context, first, rule.with_) | _near_the_past(rule, context, every, rule.where)
        forms.append(Masks(forbidden=forbidden))
    return CompiledRule(id=rule.id, kind=rule.rule, forms=tuple(forms))


def _apart(first: Groups, second: Groups, reach: int, periods: int) -> Form:
    """Each period of the first, and all of the second that is near it: never both."""
    mine, others = aligned(first, second, periods)
    near = spread(others, range(-reach, reach + 1), periods)
    return patterns(NEVER_BOTH, (mine, near if not reach else only(near, np.isin(near.cell, mine.cell))))


def _near_the_past(rule: NeverWith, context: RuleContext, groups: Groups, ran: Scope) -> Flag:
    """[N, width] choices of groups that lie near what ran of a scope before the horizon."""
    forbidden = np.zeros((context.grid.slots, context.grid.width), dtype=bool)
    last = [moments[-1] if moments else None for moments in past_periods(groups, context, ran, rule.per)]
    until = np.array([-1 if moment is None else moment + (rule.within or 0) for moment in last], dtype=np.int64)
    periods, entries = context.grid.shape[2], groups.entries
    near = np.flatnonzero(entries.cell % periods <= until[entries.cell // periods])
    np.logical_or.at(forbidden, entries.slot[near], entries.sets[entries.choice_set[near]])
    return forbidden

"""Rules that what has run breaks: nobody can mend that any more, so that they count from the first free day on.

A ``locked`` rule names them under ``excuses``, beside the day ``until`` which its lines are the whole plan. Only what a
rule says of later days is left of it: a run or a gap begins anew there, and listed lines of earlier days are dropped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from constraints.limits.book import ContactRule
from constraints.rules.locked import listed_lines
from constraints.rules.max_run import OfferRun
from scenarios.language.rule_schema import Forbidden, Locked, Rule
from scenarios.language.schema import Scenario
from scenarios.language.scope import Scope
from scenarios.language.values import DateRange

AnyRule = Rule | OfferRun | ContactRule


def excused(rules: Iterable[AnyRule], scenario: Scenario) -> Iterator[AnyRule]:
    """Yield rules as they count: whole, or from the first free day on; none of those that have no day left."""
    first = first_days(scenario)
    last = scenario.horizon.last_day
    for rule in rules:
        if rule.id not in first:
            yield rule
            continue
        later = _later(rule, DateRange(first=first[rule.id], last=last)) if first[rule.id] <= last else None
        if later is not None:
            yield later


def first_days(scenario: Scenario) -> dict[str, dt.date]:
    """First day that counts, by id of each rule that is excused."""
    found: dict[str, dt.date] = {}
    for rule in scenario.rules:
        if isinstance(rule, Locked) and rule.until is not None:
            horizon = scenario.horizon
            free = horizon.date_of(horizon.period_of(rule.until) + 1)
            for name in rule.excuses:
                found[name] = max(free, found.get(name, free))
    return found


def _later(rule: AnyRule, rest: DateRange) -> AnyRule | None:
    """Return what a rule says of the rest; None for nothing."""
    if isinstance(rule, Locked | Forbidden):
        lines = tuple(line for line in listed_lines(rule) if line.date >= rest.first)
        changes: dict[str, object] = {"lines": lines}
        if isinstance(rule, Locked) and rule.until is not None and rule.until < rest.first:
            changes["until"] = None
        return rule.model_copy(update=changes)
    own = rule.periods if isinstance(rule, ContactRule) else rule.where.periods
    days = tuple(
        DateRange(first=max(span.first, rest.first), last=span.last)
        for span in own or (rest,)
        if span.last >= rest.first
    )
    if not days:
        return None
    if isinstance(rule, ContactRule):
        return replace(rule, periods=days)
    where: Scope = rule.where.model_copy(update={"periods": days})
    return replace(rule, where=where) if isinstance(rule, OfferRun) else rule.model_copy(update={"where": where})

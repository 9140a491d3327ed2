"""Rules that what has run breaks: nobody can mend that any more, so that they count from a later day on.

A ``locked`` rule names them under ``excuses``, each with its day. Only what a rule says of lines from that day on is
left of it: a run, a gap or a window begins anew there, and listed lines of earlier days are dropped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from constraints.limits.book import ContactRule
from constraints.rules.kinds.locked import listed_lines
from constraints.rules.kinds.max_run import OfferRun
from constraints.rules.kinds.valid import OfferValidity
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Forbidden, Locked, Rule
from scenarios.language.scope import Scope

AnyRule = Rule | OfferRun | OfferValidity | ContactRule


def excused(rules: Iterable[AnyRule], scenario: Scenario) -> Iterator[AnyRule]:
    """Yield rules as they count: whole, or from a day on; none of those that have no day left."""
    first: dict[str, dt.date] = {}
    for lock in scenario.rules:
        if isinstance(lock, Locked):
            for name, day in lock.excuses.items():
                first[name] = max(day, first.get(name, day))
    for rule in rules:
        later = rule if rule.id not in first else counted_from(rule, first[rule.id], scenario.horizon.last_day)
        if later is not None:
            yield later


def counted_from(rule: AnyRule, first: dt.date, last: dt.date) -> AnyRule | None:
    """Return what a rule says of the days from ``first`` to the ``last`` of the horizon; None for nothing."""
    if first > last:
        return None
    if isinstance(rule, Locked | Forbidden):
        lines = tuple(line for line in listed_lines(rule) if line.date >= first)
        changes: dict[str, object] = {"lines": lines}
        if isinstance(rule, Locked) and rule.until is not None:
            changes["until"] = None
        return rule.model_copy(update=changes)
    rest = DateRange(first=first, last=last)
    own = rule.periods if isinstance(rule, ContactRule) else rule.where.periods
    spans = (rest,) if own is None else own
    days = tuple(DateRange(first=max(span.first, first), last=span.last) for span in spans if span.last >= first)
    if not days:
        return None
    if isinstance(rule, ContactRule):
        return replace(rule, periods=days)
    where: Scope = rule.where.model_copy(update={"periods": days})
    return (
        replace(rule, where=where)
        if isinstance(rule, OfferRun | OfferValidity)
        else rule.model_copy(update={"where": where})
    )

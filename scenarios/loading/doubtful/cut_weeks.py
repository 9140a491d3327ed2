"""Dates that cut a week of a scenario in weeks: the week counts whole, or under ``only`` not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scenarios.first_few import first_few
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Horizon, Scenario
from scenarios.language.schemas.rule import Blackout, Eligible, NeverWith, OnlyAfter, Rule
from scenarios.language.scope import Scope
from scenarios.language.where import covered, holds
from scenarios.language.words import Unit

WIDER = "write whole weeks, or plan in days where that is too much"


class _Dated(NamedTuple):
    """Dates that something of the scenario is given."""

    kind: str
    spans: tuple[DateRange, ...]
    then: str
    """What becomes of a week that they cut."""
    strict: bool = False
    """Whether the first day of a week is not enough to name it."""


def doubtful_weeks(scenario: Scenario) -> tuple[str, ...]:
    """Return a sentence for all offers, limits or rules alike whose dates cut weeks; none where weeks are whole."""
    if scenario.horizon.unit is not Unit.WEEK:
        return ()
    alike: dict[_Dated, list[str]] = {}
    for name, dated in _all_dated(scenario):
        alike.setdefault(dated, []).append(name)
    return tuple(
        f"{dated.kind}{'s' if len(names) > 1 else ''} {first_few(names)}: {first_few([*map(str, dated.spans)])} cuts "
        f"{_weeks(cut)}, and a week is one period: {dated.then}"
        for dated, names in alike.items()
        if (cut := _cut(dated, scenario.horizon))
    )


def _all_dated(scenario: Scenario) -> Iterator[tuple[str, _Dated]]:
    for offer in scenario.offers:
        if (spans := offer.applies_to.periods) is not None:
            yield offer.id, _Dated("offer", spans, f"a line in such a week runs for all of it; {WIDER}")
    for limit in scenario.limits:
        for spans in _spans((limit.where, *(() if limit.share_of is None else (limit.share_of.where,)))):
            yield limit.id, _Dated("limit", spans, f"such weeks count whole; {WIDER}")
    for rule in scenario.rules:
        holding = "nothing of its where runs in such weeks" if isinstance(rule, Blackout) else "such weeks count whole"
        for spans in _spans(_scopes(rule)):
            yield rule.id, _Dated("rule", spans, f"{holding}; {WIDER}")
        if isinstance(rule, Eligible) and rule.only.periods is not None:
            then = "only lets no week in of which it does not name every day; write whole weeks"
            yield rule.id, _Dated("rule", rule.only.periods, then, strict=True)
    if scenario.baseline is not None and scenario.baseline.by_date:
        spans = tuple(dates for dates, _ in scenario.baseline.by_date.values())
        yield "times", _Dated("baseline", spans, f"such weeks are multiplied whole; {WIDER}")


def _scopes(rule: Rule) -> tuple[Scope, ...]:
    """Scopes of a rule that a week lies in as soon as one of its days does."""
    if isinstance(rule, NeverWith):
        return rule.where, rule.with_
    return (rule.where, rule.after) if isinstance(rule, OnlyAfter) else (rule.where,)


def _spans(scopes: Iterable[Scope]) -> tuple[tuple[DateRange, ...], ...]:
    return tuple(dict.fromkeys(scope.periods for scope in scopes if scope.periods is not None))


def _cut(dated: _Dated, horizon: Horizon) -> list[dt.date]:
    """First days of the weeks of which some days are named; weeks that are named by their first days are whole."""
    days, firsts = horizon.period_days, frozenset(horizon.dates)
    meant = dated.spans if dated.strict else tuple(_in_weeks(span, firsts, days) for span in dated.spans)
    return [day for day in horizon.dates if holds(meant, day, days) and not covered(meant, day, days)]


def _in_weeks(span: DateRange, firsts: frozenset[dt.date], days: int) -> DateRange:
    """A range from one week's first day to another's names weeks: its last day stands for all of its week."""
    if span.first in firsts and span.last in firsts:
        return DateRange(first=span.first, last=span.last + dt.timedelta(days=days - 1))
    return span


def _weeks(firsts: list[dt.date]) -> str:
    """Name weeks by their first days."""
    return f"the week{'s' if len(firsts) > 1 else ''} from {first_few([str(day) for day in firsts])}"

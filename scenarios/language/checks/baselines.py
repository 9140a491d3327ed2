"""Whether a baseline fits the source of effects, and factors by date the horizon."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.language.checks.facts import Facts
from scenarios.problems import Problem


def sources(facts: Facts) -> Iterator[Problem]:
    """A table of units stands beside a table of effects, and nowhere else: data and models bring their own baseline."""
    if facts.broken & {"effects", "baseline"}:
        return
    baseline = facts.scenario.baseline
    if facts.scenario.effects.table is None:
        if baseline is not None and baseline.table is not None:
            expected = "no table of units where effects come from data or a model, which bring their own"
            remedy = "write baseline: {times: FILE} to multiply what is learned; or write effects: {table: FILE}"
            yield facts.problem(("baseline", "table"), expected, baseline.table, remedy)
    elif baseline is None:
        expected = "a baseline where effects come from a table"
        yield facts.problem(("effects",), expected, "none", "add baseline: {table: FILE}")
    elif baseline.table is None:
        expected = "a table of units where effects come from a table"
        yield facts.problem(("baseline",), expected, "times alone", "add table: FILE, which times then corrects")


def dates(facts: Facts) -> Iterator[Problem]:
    """Factors by date lie inside the horizon, and a period has one of them."""
    baseline = facts.scenario.baseline
    if baseline is None or "horizon" in facts.broken:
        return
    horizon = facts.scenario.horizon
    if baseline.times == {}:
        yield facts.problem(("baseline", "times"), "factors by date", "none", "add one, or delete times")
    taken: dict[int, str] = {}
    for written, (dates, _) in baseline.by_date.items():
        path = ("baseline", "times", written)
        first, last = horizon.period_of(dates.first), horizon.period_of(dates.last)
        periods = range(max(first, 0), min(last, horizon.periods - 1) + 1)
        if not periods:
            expected = f"dates within the horizon, {horizon.start} to {horizon.last_day}"
            yield facts.problem(path, expected, written, "correct them or change the horizon")
        twice = next((period for period in periods if period in taken), None)
        if twice is not None:
            expected = f"one factor for each {horizon.unit.value}"
            got = f"{taken[twice]} and {written}, both of {horizon.date_of(twice)}"
            yield facts.problem(path, expected, got, "let one range end before the next begins")
        taken |= {period: written for period in periods if period not in taken}


CHECKS = (sources, dates)
"""Every check of the baseline."""

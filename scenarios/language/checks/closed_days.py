"""Closed days that contradict each other, the horizon, or what shall run on them."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.first_few import first_few
from scenarios.language.checks.facts import Facts
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Horizon
from scenarios.language.schemas.rule import Locked
from scenarios.language.where import holds
from scenarios.language.words import Unit, Weekday
from scenarios.problems import Path, Problem

HERE: Path = ("horizon", "closed")
OPEN: Path = ("horizon", "open")


def closed_days(facts: Facts) -> Iterator[Problem]:
    """Check that closed days are told once, lie in the horizon, close whole periods and leave some open."""
    horizon = facts.scenario.horizon
    if "horizon" in facts.broken or not (horizon.closed or horizon.open):
        return
    found = [*_entries(facts, horizon), *_opened(facts, horizon)]
    yield from found
    if not found and not any(horizon.opened()):
        remedy = "take out what is open, or plan other days"
        yield facts.problem(HERE, "at least one open day in the horizon", "all of it closed", remedy)


def _entries(facts: Facts, horizon: Horizon) -> Iterator[Problem]:
    weekly = [each for each in horizon.closed if isinstance(each, Weekday)]
    spans: list[DateRange] = []
    for index, each in enumerate(horizon.closed):
        path: Path = (*HERE, index)
        if isinstance(each, Weekday):
            if horizon.unit is Unit.WEEK:
                remedy = "delete it: units of a week are those of its open days; or plan in days (unit: day)"
                yield facts.problem(path, "weeks that are closed as a whole, in plans of weeks", each.value, remedy)
            elif horizon.closed.index(each) < index:
                yield facts.problem(path, "every closed day once", f"{each.value} again", "delete one of the two")
            elif not any(Weekday.of(day) is each for day in horizon.dates):
                remedy = "delete it"
                yield facts.problem(path, "a weekday that the horizon holds", each.value, remedy)
            continue
        if each.last < horizon.start or each.first > horizon.last_day:
            expected = f"a date within the horizon, {horizon.start} to {horizon.last_day}"
            yield facts.problem(path, expected, str(each), "correct it, delete it, or change the horizon")
        elif other := next((span for span in spans if span.first <= each.last and each.first <= span.last), None):
            got = f"{each}, of which {other} holds days already" if each != other else f"{each} again"
            yield facts.problem(path, "every closed day once", got, "delete one of the two, or let them not overlap")
        elif each.first == each.last and Weekday.of(each.first) in weekly:
            got = f"{each}, a {Weekday.of(each.first).value}, which is closed already"
            yield facts.problem(path, "every closed day once", got, "delete it")
        elif horizon.unit is Unit.WEEK and (cut := _cut_weeks(each, horizon)):
            remedy = "close whole weeks, from their first day to their last; a week that is open in part has units"
            yield facts.problem(path, "weeks that are closed as a whole", f"{each}, a part of {cut}", remedy)
        spans.append(each)


def _opened(facts: Facts, horizon: Horizon) -> Iterator[Problem]:
    """Check that days which are open all the same are told once, and open a closed weekday of the horizon."""
    weekly = [each for each in horizon.closed if isinstance(each, Weekday)]
    shut = [each for each in horizon.closed if isinstance(each, DateRange)]
    spans: list[DateRange] = []
    for index, each in enumerate(horizon.open):
        path: Path = (*OPEN, index)
        inside = [day for day in horizon.dates if day in each]
        if not inside:
            expected = f"a date within the horizon, {horizon.start} to {horizon.last_day}"
            yield facts.problem(path, expected, str(each), "correct it, delete it, or change the horizon")
        elif other := next((span for span in spans if span.first <= each.last and each.first <= span.last), None):
            got = f"{each}, of which {other} holds days already" if each != other else f"{each} again"
            yield facts.problem(path, "every open day once", got, "delete one of the two, or let them not overlap")
        elif other := next((span for span in shut if span.first <= each.last and each.first <= span.last), None):
            got = f"{each}, and {other} under horizon.closed"
            yield facts.problem(path, "days that are not closed by their date, too", got, "delete one of the two")
        elif not any(Weekday.of(day) in weekly for day in inside):
            yield facts.problem(path, "a day of a weekday that is closed", _open_already(each, weekly), "delete it")
        spans.append(each)
    for weekday in dict.fromkeys(weekly):
        days = [day for day in horizon.dates if Weekday.of(day) is weekday]
        if days and all(any(day in span for span in horizon.open) for day in days):
            got = f"all of them open by horizon.open: {first_few([str(day) for day in days])}"
            remedy = f"delete {weekday.value} from closed, and what opens it"
            yield facts.problem(OPEN, f"at least one {weekday.value} of the horizon that stays closed", got, remedy)


def _open_already(span: DateRange, weekly: list[Weekday]) -> str:
    """Say what lies in a span that opens nothing."""
    closed = f"closed names {', '.join(day.value for day in weekly)}" if weekly else "closed names no weekday"
    day = f", a {Weekday.of(span.first).value}" if span.first == span.last else ", which holds no such day"
    return f"{span}{day}; {closed}"


def _cut_weeks(span: DateRange, horizon: Horizon) -> str:
    """Name the first week of which a range closes some days only; nothing where there is none."""
    met = [t for t in range(horizon.periods) if holds((span,), horizon.date_of(t), horizon.period_days)]
    cut = [t for t in met if not (horizon.date_of(t) in span and horizon.last_day_of(t) in span)]
    return f"the week {horizon.date_of(cut[0])}..{horizon.last_day_of(cut[0])}" if cut else ""


def nothing_runs_there(facts: Facts) -> Iterator[Problem]:
    """Refuse offers that may run on closed days only, and lines that are locked on one."""
    horizon = facts.scenario.horizon
    if "horizon" in facts.broken or not any(horizon.opened()) or all(horizon.opened()):
        return
    for path, offer in facts.members("offers", facts.scenario.offers):
        spans = offer.applies_to.periods
        met = [t for t in range(horizon.periods) if spans and holds(spans, horizon.date_of(t), horizon.period_days)]
        if met and all(horizon.is_closed(t) for t in met):
            at = (*path, "applies_to", "periods")
            got = f"{first_few([str(span) for span in spans or ()])}, closed by horizon.closed"
            yield facts.problem(at, "at least one open day", got, "name open days, or delete the offer")
    for path, rule in facts.members("rules", facts.scenario.rules):
        if not isinstance(rule, Locked) or not isinstance(rule.lines, tuple):
            continue
        inside = [line for line in rule.lines if horizon.start <= line.date <= horizon.last_day]
        closed = [line for line in inside if horizon.is_closed(horizon.period_of(line.date))]
        if closed:
            names = first_few([f"{line.offer} on {line.product} on {line.date}" for line in closed])
            remedy = "move them to open days or delete them; or take the days out of horizon.closed"
            yield facts.problem((*path, "lines"), "lines on open days", f"{names}, closed by horizon.closed", remedy)


CHECKS = (closed_days, nothing_runs_there)

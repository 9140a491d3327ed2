"""A monitored campaign in sentences: departures from the forecast, stock-outs, limits, and what is as planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from planner.figures import by_chance, count, plural, share
from planner.flight.limits_kept import LimitKept
from planner.flight.watch.not_come import not_come_words
from planner.flight.watch.readings import LimitReading, MonitorReport, SeriesReading, StockOut
from planner.report.flight.by_estimate import amounts, by_estimate, limit_name
from planner.report.flight.off_everywhere import everywhere
from scenarios.first_few import first_few
from scenarios.flight.series import Kind
from scenarios.language.implied_ids import STOCK
from scenarios.language.words import Measure

NAMED = 6
"""Series that a sentence names."""
OUTSIDE = 0.1
"""Share of series that lie outside of their interval by chance."""
CERTAIN = 0.995
"""Probabilities from here on are said to be nearly certain."""
FEW_USES = 0.1
"""Share of the expected uses below which a code is asked for that does not work."""


def findings_of(report: MonitorReport) -> list[str]:
    """Sentences: departures from the forecast, stock-outs, limits that will break, customers, what ran otherwise."""
    sentences = [*report.attention, *_alarms(report)]
    sentences += [_sold_out(each) for each in report.surprises]
    sentences += [warning_sentence(each, report.currency) for each in report.warnings]
    sentences += [again_sentence(each) for each in report.out_again]
    sentences += [short_sentence(each) for each in report.short]
    return [*sentences, *report.looks, *report.otherwise]


def _alarms(report: MonitorReport) -> list[str]:
    beside, covered = everywhere(report)
    return [
        alarm_sentence(each) + (f"; {beside}" if beside and each.series.kind is Kind.TOTAL else "")
        for each in report.alarms
        if each not in covered
    ]


def to_watch(report: MonitorReport) -> str:
    """Say which series lie outside of their interval without an alarm, and how many do so by chance; empty for none."""
    outside = report.outside
    if not outside:
        return ""
    names = []
    for each in sorted(outside, key=lambda one: -one.evidence):
        ratio = "" if each.ratio is None else f" ({share(each.ratio - 1, digits=0, signed=True)})"
        names.append(f"{_name(each)}{ratio}")
    chance = by_chance(len(report.series), "series", OUTSIDE)
    if report.many_outside:
        chance = f"in 95 of 100 campaigns that go as foreseen, at most {report.usually_outside} are"
    return f"Outside their 90% interval so far, to be watched: {first_few(names, NAMED)}; {chance}."


def _name(reading: SeriesReading) -> str:
    if reading.series.kind is Kind.USES:
        return f"uses of {reading.series.id}"
    return "all sales" if reading.series.kind is Kind.TOTAL else f"{reading.series.kind.value} {reading.series.id}"


def _days(out: StockOut) -> str:
    return f"on {out.first}" if out.first == out.last else f"between {out.first} and {out.last}"


def _sold_out(out: StockOut) -> str:
    how = "" if out.told else ", told by its sales at zero only: look at the shelf"
    return (
        f"{out.product} was sold out {_days(out)} ({plural(out.periods, 'period')}{how}); about {count(out.lost)} more "
        "units were expected then"
    )


def as_planned(report: MonitorReport) -> list[str]:
    """Sentences: stock that the plan's own account sells out."""
    again = "" if report.planned_again is None else f" again as of {report.planned_again}"
    sentences = [f"as planned{again}: {_sold_out(each)}" for each in report.stock_outs if each.planned]
    for each in report.sold_as_planned:
        write, product = writer(each, report.currency), each.id.removeprefix(STOCK)
        used = _used_of(each, each.planned_out_of, write)
        sold_out = f"{product} is sold out by {each.planned_out}, in the plan's own account ({used})"
        sentences.append(f"as planned{again}: {sold_out}")
    return sentences


def out_before(report: MonitorReport) -> list[str]:
    """Sentences: what had run out when the rest was planned again, which says nothing of the plan before."""
    known, sentences = f"which was known when the rest was planned again as of {report.planned_again}", []
    for each in (one for one in report.stock_outs if one.known):
        if not each.still:
            sentences.append(f"{each.product} was sold out {_days(each)}, {known}; it has been on sale again since")
            continue
        more = f"until more arrives on {each.arrives}" if each.arrives else "any more, and no more arrives"
        since = f"{each.product} has been sold out since {each.first}, {known}"
        sentences.append(f"{since}: the plan that runs now sells none of it {more}")
    return sentences


def alarm_sentence(reading: SeriesReading) -> str:
    """Say how a series departs from its forecast."""
    forecast = reading.forecast
    ratio = reading.ratio
    if reading.series.kind is Kind.USES:
        return _uses_sentence(reading)
    more = "more" if reading.actual >= reading.expected else "fewer"
    by = "" if ratio is None else f"{abs(ratio - 1):.0%} {more} units than expected"
    between, actual = f"{count(forecast.p05)} to {count(forecast.p95)}", count(reading.actual)
    sold = f"{actual} instead of {between}"
    if reading.inside:
        sold = f"{actual} instead of {count(reading.expected)}; in all within {between}, day by day beside the rest not"
    return f"{_name(reading)}: {by}, {sold}; found on {reading.alarm}"


def _uses_sentence(reading: SeriesReading) -> str:
    """Say how an offer's uses depart from their forecast, and what to look at."""
    offer, forecast, found = reading.series.id, reading.forecast, f"found on {reading.alarm}"
    expected, actual = count(reading.expected), count(reading.actual)
    if reading.actual < FEW_USES * reading.expected:
        none = "none" if reading.actual < 1 else f"only {actual}"
        look = "does its code work at the till, and does the file count its uses?"
        return f"{offer}: {none} of {expected} expected uses: {look} ({found})"
    between = f"{actual} uses instead of {count(forecast.p05)} to {count(forecast.p95)} ({expected} expected)"
    more = ": has its code been passed on?" if reading.actual > reading.expected else ""
    return f"{offer}: {between}{more}; {found}"


def warning_sentence(reading: LimitReading, currency: str) -> str:
    """Say of a limit that it is broken or will be."""
    write = writer(reading, currency)
    used = f"{write(reading.used)} of {write(reading.bound)} used"
    if reading.id.startswith(STOCK):
        product = reading.id.removeprefix(STOCK)
        late = "" if reading.not_come is None else f"; {not_come_words(reading.not_come)}"
        if reading.broken:
            more = "" if reading.arrives is None else f" until more arrives on {reading.arrives}"
            return f"{product} has no stock left{more} ({used}){late}"
        planned = (
            "" if reading.planned_out is None else f"; the plan's own account sells it out by {reading.planned_out}"
        )
        when, used = _when(reading.on, reading.earliest), _used_of(reading, reading.out_of, write)
        return f"{product} will {_likely(reading.probability)} run out of stock{when} ({used}){planned}{late}"
    name = limit_name(reading.id, reading.span)
    if reading.broken:
        if reading.maybe_broken:
            rises = reading.end.p50 > reading.used + reading.error
            ends = f"; it comes to about {write(reading.end.p50)} at the end" if rises else ""
            used = by_estimate(
                reading.used,
                reading.error,
                reading.bound,
                sense=reading.sense,
                measure=reading.measure,
                write=write,
                ends=ends,
            )
            return f"{name} may be broken: {used}"
        estimate = "" if reading.told else " by estimate"
        bound = f"{reading.sense} {write(reading.bound)}"
        return f"{name} is broken: {write(reading.used)}{estimate}, {bound}"
    if reading.ratio or reading.sense == "min":
        fails, most = ("missed", "at least") if reading.sense == "min" else ("broken", "at most")
        return (
            f"{name} will {_likely(reading.probability)} be {fails}: about {write(reading.end.p50)} at the end, "
            f"{most} {write(reading.bound)} is asked for"
        )
    return f"{name} will {_likely(reading.probability)} be broken{_when(reading.on, reading.earliest)} ({used})"


def _used_of(stock: LimitReading, there: float | None, write: Callable[[float], str]) -> str:
    """Say how much of a stock is used: of what has come by a day, where more comes after it."""
    used, in_all = write(stock.used), write(stock.bound)
    by_then = in_all if there is None else write(there)
    if by_then == in_all:
        return f"{used} of {in_all} used"
    return f"{used} used of the {by_then} that have come by then, {in_all} in all"


def again_sentence(reading: LimitReading) -> str:
    """Say of a stock that what arrives next will run out, too."""
    product, chance = reading.id.removeprefix(STOCK), _likely(reading.again or 0.0)
    when = _when(reading.again_on, reading.again_earliest)
    return (
        f"{product}: what arrives on {reading.arrives} will {chance} run out again{when}; more must be ordered by then"
    )


def short_sentence(reading: LimitReading) -> str:
    """Say of how much of a stock neither sales nor arrivals say where it is."""
    product = reading.id.removeprefix(STOCK)
    there = f"{count(reading.planned_bound)} by the plan, {count(reading.used)} sold"
    return (
        f"{product}: {plural(round(reading.missing), 'unit')} fewer than the plan's stock ({there}): count it, or "
        "shrinkage?"
    )


def writer(reading: LimitReading | LimitKept, currency: str) -> Callable[[float], str]:
    """How amounts of a limit are written: money as the currency is, ratios as shares, others as whole numbers."""
    if reading.ratio:
        return partial(count if reading.measure == Measure.ROI else share, digits=2)
    return amounts(reading.measure, reading.bound, currency)


def _likely(chance: float) -> str:
    return "almost certainly" if chance >= CERTAIN else f"with {chance:.0%} probability"


def _when(on: dt.date | None, earliest: dt.date | None) -> str:
    if on is None:
        return ""
    early = "" if earliest is None or earliest == on else f", perhaps from {earliest}"
    return f" about {on}{early}"

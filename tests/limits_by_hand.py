"""Uses of limits of every kind, summed by hand from the account's lines and cells."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import digits_of, measured
from scenarios.language.scope import Scope
from scenarios.language.words import Measure

FUTURES = 60


def by_hand(ledger, book, limit):
    """(part, whole) of every span of a limit, each period counted by itself, as finance would with a spreadsheet."""
    horizon = ledger.grid.scenario.horizon
    past = PastUse(ledger.model)

    def amount(account, measure, where, period):
        word = Measure.read(measure)
        if period < 0:
            return Fraction(past.used(word, where, [period]), 10 ** digits_of(word, book.digits))
        first = horizon.date_of(period)
        span = f"{first}..{first + dt.timedelta(days=horizon.period_days - 1)}"
        if where.periods is not None and not any(
            each.first <= first + dt.timedelta(days=horizon.period_days - 1) and first <= each.last
            for each in where.periods
        ):
            return Fraction(0)
        scope = Scope.model_validate(where.model_dump() | {"periods": [span]})
        return Fraction(measured(account, word, scope), 10 ** digits_of(word, book.digits))

    def total(measure, where, periods, account=book):
        return sum((amount(account, measure, where, period) for period in periods), Fraction(0))

    found = []
    for periods in _spans(limit, horizon):
        if limit.measure == "roi":
            gained = total("profit", limit.where, periods) - total("profit", limit.where, periods, ledger.empty)
            found.append((gained, total("gross_spend", limit.where, periods)))
        elif limit.share_of is not None:
            inside = [period for period in periods if period >= 0]
            whole = total(limit.share_of.measure, limit.share_of.where, inside)
            found.append((total(limit.measure, limit.where, inside), whole))
        else:
            found.append((total(limit.measure, limit.where, periods), None))
    return found


def _spans(limit, horizon):
    """Every set of periods in which a limit must hold, past ones included where they count."""
    inside = range(horizon.periods)
    counts = limit.share_of is None and limit.measure in (
        "spend",
        "gross_spend",
        "uses",
        "vendor_funding",
        "discount",
        "lines",
    )
    before = range(-60, horizon.periods) if counts else inside
    if limit.window is not None:
        length = limit.window.days // horizon.period_days
        begin = before if limit.max is not None else inside
        spans = [[p for p in range(last - length + 1, last + 1) if p in begin] for last in inside]
        return spans if limit.max is not None else [span for span in spans if len(span) == length] or [list(inside)]
    if limit.each is None:
        return [list(inside)]

    def week(day):
        while f"{day:%A}".lower() != horizon.week_starts.value:
            day -= dt.timedelta(days=1)
        return day

    keys = {
        "period": lambda day: day,
        "week": week,
        "month": lambda day: (day.year, day.month),
    }
    key = keys[limit.each]
    wanted = {key(horizon.date_of(p)): None for p in inside}
    return [[p for p in before if key(horizon.date_of(p)) == each] for each in wanted]

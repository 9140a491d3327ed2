"""Which limits a campaign has kept: what it really used of each, and where nothing is to come any more, the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from constraints.limits.booked import rounding_of
from constraints.limits.entries import LimitEntry, limit_entries
from planner.flight.estimate_error import EstimateError
from planner.flight.watch.gains import GainRow, Gains
from planner.flight.watch.readings import SAME
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import digits_of
from scenarios.currency import minor_digits
from scenarios.flight.realised import Realised
from scenarios.futures.funds import Funds, wholly_paid
from scenarios.language.scope import Scope
from scenarios.language.where import admitted
from scenarios.language.words import Measure

_PEOPLE = (Measure.CONTACTS, Measure.CUSTOMERS_REACHED)
_HALF = 0.5
"""Of these, what a bound is not missed by: audiences hold whole customers."""


@dataclass(frozen=True, kw_only=True)
class LimitKept:
    """One limit; of one in several windows or months, the span that is broken or, else, the tightest so far."""

    id: str
    measure: str
    words: str
    span: str | None
    """The window, week or month, where the limit holds in several; None for everything."""
    sense: str
    bound: float
    planned: float
    """Used so far by the plan's account."""
    used: float
    told: bool
    """Whether the file tells the use; else it is the plan's account, with real sales and messages in it."""
    ratio: bool
    """Whether bound and use are shares."""
    error: float = 0.0
    """Half a 90% interval of a use that is estimated; 0 where the file tells it, and of shares that it adds up to."""
    kept: bool | None
    """Of all spans; None while days to come decide one of them, and none is broken."""

    @property
    def close(self) -> bool:
        """Whether the use is an estimate that may as well lie on the other side of the bound."""
        return self.error > 0 and abs(self.used - self.bound) <= self.error


def limits_kept(realised: Realised, errors: EstimateError, gains: Gains) -> tuple[LimitKept, ...]:
    """Read every limit.

    Parameters
    ----------
    errors
        How far uses that the file does not tell may be off.
    gains
        Limits on what promotions gained, which no actuals tell, as the monitor reads them.
    """
    past, found = PastUse(realised.model), []
    for entry in limit_entries(realised.model.grid):
        rows = list(_gained(realised, gains[entry.id]) if entry.counts_change else _rows(realised, entry, past, errors))
        if rows:
            found.append(of_spans(rows, more=len(entry.rows) > len(rows)))
    return tuple(found)


def of_spans(spans: Sequence[LimitKept], *, more: bool) -> LimitKept:
    """The span that is shown of a limit, with the verdict of all of them.

    What is still to come of a span may fill a floor: before one that is over, it is not the tightest.

    Parameters
    ----------
    spans
        At least one, of the days so far.
    more
        Whether the limit has spans to come of which no day has been.
    """

    def tightness(one: LimitKept) -> tuple[bool, bool, float]:
        ceiling = one.sense == "max"
        return one.kept is False, ceiling or one.kept is not None, one.used if ceiling else -one.used

    shown = max(spans, key=tightness)
    open_ = more or any(one.kept is None for one in spans)
    return replace(shown, kept=None) if open_ and shown.kept else shown


def _gained(realised: Realised, rows: Sequence[GainRow]) -> Iterator[LimitKept]:
    """Take rows of a limit on what promotions gained over from the monitor, those of which a day has been."""
    known = realised.actuals.last + 1
    for inside, row in rows:
        if not inside[:known].any():
            continue
        over = not inside[known:].any()
        error = (row.end.p95 - row.end.p05) / 2.0
        beyond = row.used - row.bound if row.sense == "max" else row.bound - row.used
        yield LimitKept(
            id=row.id,
            measure=row.measure,
            words=row.words,
            span=row.span,
            sense=row.sense,
            bound=row.bound,
            planned=row.planned,
            used=row.used,
            told=False,
            ratio=True,
            error=error if over else 0.0,
            kept=beyond <= SAME * abs(row.bound) if over else None,
        )


def _rows(realised: Realised, entry: LimitEntry, past: PastUse, errors: EstimateError) -> Iterator[LimitKept]:
    grid, known, bound = realised.model.grid, realised.actuals.last + 1, float(entry.bound)
    own = "" if entry.limit.share_of is None else f" / {entry.limit.share_of.measure}"
    for row in entry.rows:
        inside = admitted(row.where, grid.segments, grid.products, grid.scenario.horizon).periods
        if not inside[:known].any():
            continue
        used, planned, told = _used(realised, entry, entry.part, row.where)
        if row.past:
            before = past.used(entry.part, entry.limit.where, row.past) / _scale(realised, entry.part)
            used, planned = used + before, planned + before
        if entry.whole is not None and row.whole is not None:
            whole, of, whole_told = _used(realised, entry, entry.whole, row.whole)
            if not (whole > 0 and of > 0):
                continue
            used, planned, told = used / whole, planned / of, told and whole_told
        slack = SAME * abs(bound) + (0.0 if told or entry.whole is not None else _hidden(realised, entry))
        slack = max(slack, _HALF) if entry.part in _PEOPLE and entry.whole is None else slack
        beyond = used > bound + slack if entry.sense == "max" else used < bound - slack
        over = not inside[known:].any()
        sure = over or (beyond and entry.sense == "max" and entry.whole is None)
        yield LimitKept(
            id=entry.id,
            measure=str(entry.measure),
            words=f"{entry.measure}{own} {entry.sense}" + ("" if row.at is None else f", {row.at}"),
            span=row.at,
            sense=entry.sense,
            bound=bound,
            planned=planned,
            used=used,
            told=told,
            ratio=entry.whole is not None,
            error=0.0
            if told or entry.whole is not None or entry.part in _PEOPLE
            else errors.of(entry.part, row.where, used),
            kept=not beyond if sure else None,
        )


def _used(realised: Realised, entry: LimitEntry, measure: Measure | str, where: Scope) -> tuple[float, float, bool]:
    """What was really used of a measure in a scope so far, what the plan's account has, and whether it is told."""
    used, told = realised.so_far(measure, where, asked=entry.origin == "fund")
    return used, realised.planned(measure, where), told


def _scale(realised: Realised, measure: Measure | str) -> float:
    return 10.0 ** digits_of(measure, minor_digits(realised.model.grid.scenario.currency))


def _hidden(realised: Realised, entry: LimitEntry) -> float:
    """What rounding in the account may hide of a use that nobody told."""
    functional = wholly_paid(Funds(realised.model).measure(entry.part, entry.limit.where))
    digits = digits_of(entry.part, minor_digits(realised.model.grid.scenario.currency))
    return float(rounding_of((1.0, digits, functional)).likely)

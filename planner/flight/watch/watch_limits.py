"""Budgets, other limits and stock of a running campaign: used so far, and whether they will break before the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from constraints.limits.entries import LimitEntry, LimitRow
from planner.flight.estimate_error import EstimateError
from planner.flight.watch.drawn_paths import Paths
from planner.flight.watch.foreseen_contacts import contacts_ahead
from planner.flight.watch.not_come import not_come
from planner.flight.watch.out_again import out_again
from planner.flight.watch.planned_out import EMPTY_UNITS, PlannedOut, left_over, stretches
from planner.flight.watch.readings import Interval, LimitReading
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import digits_of
from scenarios.arrays import Float
from scenarios.currency import minor_digits
from scenarios.flight.actuals import Actuals
from scenarios.flight.realised import Realised, Use
from scenarios.grid import Grid
from scenarios.language.implied_ids import STOCK
from scenarios.language.where import admitted
from scenarios.language.words import Measure
from scenarios.response.coefficients import available_units
from scenarios.response.measures import message_share
from surrogate.flight.evidence import not_there_yet
from surrogate.flight.watch.foresee import Beside, Foreseen, at_its_level, breaks, foresee, going_on

SEEN = 0.005
"""Probability of a break below which all are alike: of some hundred futures none or one or two break."""
SAME = 1e-6
"""Share of a bound by which a use may miss it and still be the same: accounts round every cell."""


def watch_limits(
    paths: Paths, as_it_ran: Paths, realised: Realised, errors: EstimateError, *, warned_at: float
) -> tuple[LimitReading, ...]:
    """Read every additive limit; of one with windows or months, the row that is most likely to break.

    Where none is likely to, that is the fullest one by what is foreseen (of a floor, the emptiest) of those that are
    not over yet.

    Where that row is broken already, nothing can be done about it: the row that is likeliest to break next is read
    beside it, if its probability is at least ``warned_at``.

    Parameters
    ----------
    paths
        Of the plan that was to run.
    errors
        How far uses that the file does not tell may be off.
    as_it_ran
        Of the plan as it ran: what was used is compared with these, and moves what is foreseen of the rest.
    """
    found = []
    past = PastUse(realised.model)
    for number, entry in enumerate(paths.entries):
        use = (realised.use if entry.origin == "fund" else realised.paid)(entry.part, entry.limit.where)
        scale = 10 ** digits_of(entry.part, minor_digits(realised.model.grid.scenario.currency))
        rows = []
        for row in entry.rows:
            before = past.used(entry.part, entry.limit.where, row.past) / scale if row.past else 0.0
            planned = before + realised.planned(entry.part, row.where)
            hidden = 0.0 if use.told else paths.hidden[number]
            drawn = paths.use[:, number], as_it_ran.use[:, number]
            inside = _inside(row, realised.actuals)
            moved = drawn[0], drawn[1] + message_share(entry.part) * realised.written.cost_beyond(entry.limit.where)
            ahead = contacts_ahead(realised, row.where, len(drawn[0])) if entry.part is Measure.CONTACTS else None
            used = before + realised.so_far(entry.part, row.where, asked=entry.origin == "fund")[0]
            reading = _reading(
                entry, row, moved, as_it_ran.beside, use, planned, before, used, realised.actuals, hidden, ahead
            )
            if not use.told:
                reading = replace(reading, error=errors.of(entry.part, row.where, reading.used))
            rows.append((_urgency(reading, bool(inside[realised.actuals.last + 1 :].any())), reading))
        _, worst = max(rows, key=lambda pair: pair[0])
        found.append(worst)
        to_come = [pair for pair in rows if not pair[1].broken and pair[1].probability >= warned_at]
        if worst.broken and to_come:
            found.append(max(to_come, key=lambda pair: pair[0])[1])
    return tuple(found)


def _urgency(row: LimitReading, is_open: bool) -> tuple[bool, float, bool, float]:
    """What a row is chosen by: how likely it breaks, where that can be seen at all; else how full it will be."""
    full = row.end.p50 / max(abs(row.bound), 1e-9)
    likely = row.probability if row.probability >= SEEN else 0.0
    return row.broken, likely, is_open, -full if row.sense == "min" else full


def _inside(row: LimitRow, actuals: Actuals) -> NDArray[np.bool_]:
    """[T] periods that a row counts."""
    grid = actuals.grid
    return admitted(row.where, grid.segments, grid.products, grid.scenario.horizon).periods


def _reading(
    entry: LimitEntry,
    row: LimitRow,
    drawn: tuple[Float, Float],
    beside: Beside | None,
    real: Use,
    planned: float,
    before: float,
    used: float,
    actuals: Actuals,
    hidden: float,
    ahead: Float | None,
) -> LimitReading:
    """Read one row; ``before`` is what lines before the horizon used of it, ``used`` all so far, with that.

    ``planned`` is the plan's account.

    What is foreseen of the periods to come is ``ahead`` [D, T''], where it is known otherwise than from what is drawn.

    Of the two uses that are ``drawn`` one is of the plan that was to run, the other of what ran in its place. What
    rounding may have ``hidden`` of a use that nobody told counts as the same.
    """
    grid, count = actuals.grid, actuals.last + 1
    inside = _inside(row, actuals)
    seen = np.where(inside, real.amounts, 0.0)[:count]
    paths, as_it_ran = (np.where(inside, use, 0.0) for use in drawn)
    foreseen = foresee(as_it_ran, seen, beside) if ahead is None else going_on(seen, ahead)
    least, asked = entry.sense == "min", float(entry.bound)
    # A bound that was raised to what is used is that use in whole minor units.
    slack = (SAME * abs(asked) + hidden) * (-1.0 if least else 1.0)
    broke = breaks(foreseen, np.full(grid.shape[2], asked + slack - before), at_end=least, below=least)
    # A floor is missed for good once the days that count are over.
    over = (used < asked + slack and not inside[count:].any()) if least else used > asked + slack
    return LimitReading(
        id=entry.id,
        measure=str(entry.measure),
        words=f"{entry.measure} {entry.sense}" + ("" if row.at is None else f", {row.at}"),
        span=row.at,
        sense=entry.sense,
        bound=asked,
        planned_bound=asked,
        used=used,
        told=real.told,
        planned=planned,
        forecast=interval(before + paths[:, :count].sum(axis=1)),
        end=interval(before + foreseen.total),
        at_risk=entry.limit.at_risk,
        end_at_risk=_at_risk(entry, before + foreseen.total),
        probability=1.0 if over else broke.probability,
        on=_date(grid, broke.period),
        earliest=_date(grid, broke.earliest),
        broken=over,
    )


def _at_risk(entry: LimitEntry, end: Float) -> float | None:
    """What a limit that is to hold in a share of the futures comes to at the end in so many of them."""
    if entry.limit.at_risk is None:
        return None
    return float(np.quantile(end, 1.0 - entry.limit.at_risk if entry.sense == "min" else entry.limit.at_risk))


def watch_stock(
    products: Float,
    as_it_ran: Float,
    expected: Float,
    actuals: Actuals,
    planned: PlannedOut,
    sold_out: NDArray[np.bool_],
    departed: frozenset[str] = frozenset(),
) -> tuple[LimitReading, ...]:
    """Read the stock of every product that has one, arrivals up to the end of the horizon included.

    Parameters
    ----------
    products : [D, K, T]
        Demand of each product in drawn futures, the chance of single periods in it.
    as_it_ran : [D, K, T]
        The same under what ran in place of the plan.
    expected : [S, K, T]
        Units by the plan's account.
    planned
        What the plan itself sells out.
    sold_out : [K, T]
        What was sold out.
    departed
        Ids of products whose own sales refute their forecast: they are foreseen to go on as they sell.
    """
    grid, last = actuals.grid, actuals.last
    available, not_there = available_units(grid), not_there_yet(actuals)
    left = actuals.stock_end
    found = []
    for k, product in enumerate(grid.products):
        if not np.isfinite(available[k]).all() or not actuals.observed[k].any():
            continue
        seen = np.nan_to_num(actuals.units_total[k, : last + 1])
        bound = available[k].copy()
        told = np.flatnonzero(np.isfinite(left[k, : last + 1])) if left is not None else np.zeros(0, dtype=np.int64)
        if left is not None and told.size:
            at = int(told[-1])  # as `replan` takes it
            bound[at:] = seen[: at + 1].sum() + left[k, at] + (bound[at:] - bound[at])
        # What was sold of an empty shelf tells nothing of what will be wanted.
        wanted = as_it_ran[:, k].copy()
        wanted[:, : last + 1] = np.where(sold_out[k, : last + 1], seen, wanted[:, : last + 1])
        wanted[:, available[k] <= 0] = 0.0  # nor is anything sold before the first of it comes
        foreseen = at_its_level(wanted, seen) if product.id in departed else foresee(wanted, seen)
        rest = np.where(np.arange(grid.shape[2]) > last, bound, np.inf)
        broke = breaks(foreseen, rest)
        left_now = float(bound[last] - seen.sum())
        ahead, by = bool(not_there[k, last] and bound[last] <= 0), planned.next(k, last)
        empty = left_now <= EMPTY_UNITS and not ahead
        again = None if ahead else out_again(foreseen.rest, 0.0 if empty else left_now, bound, planned.fine[k])
        found.append(
            LimitReading(
                id=f"{STOCK}{product.id}",
                measure=str(Measure.UNITS),
                words="stock and arrivals",
                span=None,
                arrives=min((day for day in product.arrivals if day > actuals.as_of), default=None),
                not_come=None if left is None else not_come(product, seen, left[k, : last + 1], grid.scenario.horizon),
                sense="max",
                bound=float(bound[-1]),
                planned_bound=float(available[k, -1]),
                used=float(seen.sum()),
                told=True,
                planned=float(expected[:, k, : last + 1].sum()),
                forecast=interval(products[:, k, : last + 1].sum(axis=1)),
                end=interval(foreseen.total),
                probability=broke.probability,
                on=_date(grid, broke.period),
                earliest=_date(grid, broke.earliest),
                broken=empty,
                planned_out=None if by is None else grid.scenario.horizon.last_day_of(by),
                planned_out_of=None if by is None else float(bound[by]),
                out_of=None if broke.period is None else float(bound[broke.period]),
                again=None if again is None else again.probability,
                again_on=None if again is None else _date(grid, again.period),
                again_earliest=None if again is None else _date(grid, again.earliest),
                known_out=planned.known is not None and bool(planned.known[k, last]),
                unplanned=None if by is None else _unplanned(foreseen, bound, left_now, planned.fine[k], sold_out[k]),
            )
        )
    return tuple(found)


def _unplanned(foreseen: Foreseen, bound: Float, left: float, fine: NDArray[np.bool_], out: NDArray[np.bool_]) -> float:
    """Return how likely a stock is empty [T] where that is not as planned: since the last arrival, or in the rest."""
    rest = foreseen.rest
    known = len(fine) - rest.shape[1]
    since = next(each.start for each in reversed(stretches(bound)) if each.start < known)
    if (out & ~fine)[since:known].any():
        return 1.0
    more = max(left, 0.0) + bound[known:] - bound[known - 1]
    empty = left_over(rest, more) <= 0.0
    return float((empty & ~fine[known:]).any(axis=1).mean())


def interval(values: Float | Sequence[float]) -> Interval:
    """Quantiles of some draws."""
    p05, p50, p95 = (float(x) for x in np.quantile(np.asarray(values), (0.05, 0.5, 0.95)))
    return Interval(p05=p05, p50=p50, p95=p95)


def _date(grid: Grid, period: int | None) -> dt.date | None:
    return None if period is None else grid.scenario.horizon.date_of(period)

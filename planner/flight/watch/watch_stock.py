"""Stock of a running campaign: sold so far, and whether it will run out before the end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.flight.watch.not_come import not_come
from planner.flight.watch.out_again import out_again
from planner.flight.watch.planned_out import EMPTY_UNITS, PlannedOut, left_over, stretches
from planner.flight.watch.readings import LimitReading, day_of, interval
from scenarios.arrays import Float
from scenarios.flight.actuals import Actuals
from scenarios.language.implied_ids import STOCK
from scenarios.language.words import Measure
from scenarios.response.coefficients import available_units
from surrogate.flight.evidence import not_there_yet
from surrogate.flight.watch.foresee import Foreseen, at_its_level, breaks, foresee


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
                on=day_of(grid, broke.period),
                earliest=day_of(grid, broke.earliest),
                broken=empty,
                planned_out=None if by is None else grid.scenario.horizon.last_day_of(by),
                planned_out_of=None if by is None else float(bound[by]),
                out_of=None if broke.period is None else float(bound[broke.period]),
                again=None if again is None else again.probability,
                again_on=None if again is None else day_of(grid, again.period),
                again_earliest=None if again is None else day_of(grid, again.earliest),
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

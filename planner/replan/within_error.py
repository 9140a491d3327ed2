"""Limits that a new plan keeps only within the error of an estimate: what was used so far may really be more, or less.

What the file does not tell of the days that are over is an estimate (`planner.flight.estimate_error`). The rest is
planned as if it were sure. A limit whose bound lies within that error of its use is kept, and may come out broken.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from constraints.limits.book import Limits
from constraints.limits.entries import LimitEntry, LimitRow, limit_entries
from planner.flight.estimate_error import EstimateError
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import digits_of
from scenarios.arrays import Float
from scenarios.currency import minor_digits
from scenarios.flight.realised import Realised
from scenarios.grid import Grid
from scenarios.language.where import admitted
from scenarios.language.words import Measure


@dataclass(frozen=True, kw_only=True)
class WithinError:
    """One limit; of one in several windows, weeks or months, the span whose bound is nearest, by the error."""

    id: str
    measure: str
    span: str | None
    """The window, week or month, where the limit holds in several; None for everything."""
    sense: str
    bound: float
    used: float
    """What it comes to at the end of the new plan."""
    error: float
    """Half a 90% interval of what was used so far."""


def kept_within_error(
    grid: Grid, limits: Limits, uses: Float, realised: Realised, errors: EstimateError, changed: Collection[str]
) -> tuple[WithinError, ...]:
    """Find the limits whose bounds lie within an estimate's error of what they come to.

    Spans that are over are left out: no plan moves them, and reports judge them. So are shares, whose error is not
    known, and customers reached, which audiences tell.

    Parameters
    ----------
    grid, limits
        Of the question of the rest.
    uses : [L]
        Of the new plan.
    realised, errors
        What was used so far, and how far that may be off.
    changed
        Ids of limits that gave way: what they come to is told there.
    """
    past, known, found = PastUse(realised.model), realised.actuals.last + 1, []
    for entry in limit_entries(grid):
        if entry.whole is not None or entry.part is Measure.CUSTOMERS_REACHED or entry.id in changed:
            continue
        near = []
        for row, place in zip(entry.rows, limits.rows_of[entry.id].tolist(), strict=True):
            inside = admitted(row.where, grid.segments, grid.products, grid.scenario.horizon).periods
            left = float(limits.sign[place] * (limits.bound[place] - uses[place]))
            if not (left >= 0 and inside[:known].any() and inside[known:].any()):
                continue
            error = _error(realised, errors, past, entry, row)
            if left < error:
                used = float(entry.bound) - float(limits.sign[place]) * left
                near.append((left / error, row.at, used, error))
        if near:
            _, at, used, error = min(near, key=lambda each: each[0])
            bound, measure = float(entry.bound), str(entry.measure)
            found.append(
                WithinError(
                    id=entry.id, measure=measure, span=at, sense=entry.sense, bound=bound, used=used, error=error
                )
            )
    return tuple(found)


def _error(realised: Realised, errors: EstimateError, past: PastUse, entry: LimitEntry, row: LimitRow) -> float:
    """How far what a row used so far may be off; 0 where the file tells it."""
    used, told = realised.so_far(entry.part, row.where, asked=entry.origin == "fund")
    if told:
        return 0.0
    if row.past:
        digits = digits_of(entry.part, minor_digits(realised.model.grid.scenario.currency))
        used += float(past.used(entry.part, entry.limit.where, row.past)) / 10.0**digits
    return errors.of(entry.part, row.where, used)

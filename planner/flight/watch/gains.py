"""Limits on what promotions gained against none (ROI), for a report: read as the monitor reads them.

No sale tells what no promotion would have made. It is drawn in the futures of the plan that ran, with the same good and
bad days, and moved by what was sold, so that `monitor` and `report` have one figure of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from constraints.limits.entries import LimitEntry, LimitRow, limit_entries
from planner.flight.estimate_error import EstimateError
from planner.flight.measure.comparable import comparable
from planner.flight.watch.drawn_paths import FUTURES, draw_paths
from planner.flight.watch.readings import LimitReading
from planner.flight.watch.row_sums import periods_of
from planner.flight.watch.watch_limits import LimitReader
from scenarios.arrays import Flag
from scenarios.flight.realised import Realised
from scenarios.flight.watched_uses import watch_uses
from scenarios.response.coefficients import unlimited
from scenarios.response.effects import Effects
from surrogate.flight.chance import ChanceParams


class GainRow(NamedTuple):
    """One row of such a limit."""

    inside: Flag
    """[T] periods that it counts."""
    read: LimitReading


Gains = Mapping[str, Sequence[GainRow]]
"""Rows of limits on what promotions gained, by the limits' ids."""


def read_gains(
    realised: Realised, effects: Effects, errors: EstimateError, *, seed: int, chance: ChanceParams, silent: Flag
) -> Gains:
    """Read the limits on what promotions gained; none are drawn for where a scenario has no such limit.

    As many futures as the monitor's: others would be other figures.

    Parameters
    ----------
    effects
        Of whom lines reached so far.
    chance
        Of single days, with the lots that the actuals tell.
    silent : [K, T]
        Shelves that were empty though nobody told so.
    """
    grid, actuals, plan = realised.model.grid, realised.actuals, realised.plan
    if not any(entry.counts_change for entry in limit_entries(grid)):
        return {}
    uses = watch_uses(unlimited(realised.model), plan, comparable(actuals, plan) & ~silent, actuals)
    paths = draw_paths(realised.model, effects, realised.ran, seed=seed, count=FUTURES, chance=chance, uses=uses)
    reader = LimitReader(paths, paths, realised, errors)
    return {
        entry.id: [
            GainRow(periods_of(grid, row.where), read)
            for row, read in zip(entry.rows, reader.rows(number, entry), strict=True)
            if _divides(realised, entry, row)
        ]
        for number, entry in enumerate(paths.entries)
        if entry.counts_change
    }


def _divides(realised: Realised, entry: LimitEntry, row: LimitRow) -> bool:
    """Whether there is anything to divide by so far, planned and real: without it there is no ratio."""
    if entry.whole is None or row.whole is None:
        return False
    return realised.so_far(entry.whole, row.whole)[0] > 0 and realised.planned(entry.whole, row.whole) > 0

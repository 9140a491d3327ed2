"""From which day to which an effect was measured: those on which its own offer was sent to its own segments."""

from __future__ import annotations

import datetime as dt

import numpy as np

from planner.flight.measure.as_planned import AsPlanned
from planner.flight.measure.measured import Effect, Source
from scenarios.grid import Grid


def measured_days(effect: Effect, planned: AsPlanned, grid: Grid, last: int) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day; None of a lot, which compares days without the offer, too.

    Parameters
    ----------
    planned
        What the plan expects of its offers, which knows when they reached whom.
    last
        Last period that was observed.
    """
    if effect.offer is None or effect.source is Source.LOT:
        return None
    everyone, everything = (tuple(each.id for each in axis) for axis in (grid.segments, grid.products))
    whom = (effect.segment,) if effect.segment else effect.segments or everyone
    what = (effect.product,) if effect.product else effect.products or everything
    found = np.zeros(grid.shape[2], dtype=bool)
    for product in what:
        for segment in whom:
            found |= planned.runs(effect.offer, product, segment) & ~planned.unsent(effect.offer, product, segment)
    periods = np.flatnonzero(found[: last + 1])
    if not periods.size:
        return None
    horizon = grid.scenario.horizon
    return horizon.date_of(int(periods[0])), horizon.last_day_of(int(periods[-1]))

"""Periods that are open, one after the other: what is closed between two of them is no pause and no part of a run.

Rules on runs count by places: the first open period of the horizon has place 0, the last one before it place -1.
Without closed days a place is the period itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np

from constraints.rules.forms import Entries
from scenarios.arrays import Int
from scenarios.grid import Grid
from scenarios.language.schema import Horizon


def opened_periods(grid: Grid) -> Int:
    """Return the open periods of a grid's horizon."""
    return np.flatnonzero(grid.scenario.horizon.opened())


class OpenDays:
    """Places of the open periods of a horizon, and of those before it."""

    def __init__(self, grid: Grid) -> None:
        self._horizon: Horizon = grid.scenario.horizon
        self._open = opened_periods(grid).tolist()
        self._place = {period: place for place, period in enumerate(self._open)}

    def period(self, place: int) -> int:
        """Return the period of a place; of one before the horizon by walking back over closed days."""
        if not self._horizon.closed:
            return place
        if place >= 0:
            return int(self._open[place])
        period = 0
        for _ in range(-place):
            period = self.before(period)
        return period

    def before(self, period: int) -> int:
        """Return the open period that comes before a period."""
        period -= 1
        while self._horizon.is_closed(period):
            period -= 1
        return period

    def places(self, periods: Iterable[int]) -> dict[int, int]:
        """Return the period of each place that some open periods have, in their order; closed ones have none."""
        if not self._horizon.closed:
            return {period: period for period in sorted(periods)}
        found = {}
        for period in sorted(periods):
            if period >= 0 and period in self._place:
                found[self._place[period]] = period
            elif period < 0 and not self._horizon.is_closed(period):
                found[-sum(not self._horizon.is_closed(each) for each in range(period, 0))] = period
        return found

    def date_of(self, place: int) -> dt.date:
        """Return the first day of the period of a place."""
        return self._horizon.date_of(self.period(place))

    def in_places(self, entries: Entries) -> Entries:
        """Put the entries of groups over periods into cells of places; cells behind the last place stay empty."""
        if not self._horizon.closed:
            return entries
        group, period = np.divmod(entries.cell, self._horizon.periods)
        cell = group * self._horizon.periods + np.searchsorted(self._open, period)
        return Entries(cell=cell, slot=entries.slot, choice_set=entries.choice_set, sets=entries.sets)

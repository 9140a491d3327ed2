"""The last week: an export that was drawn in its middle looks like a slump, from which a plan would start.

A week's usual days are those of the weeks before it, so shops that close on Sundays, or dates that all stand for a
week, are no cut.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from surrogate.data.events import Events
from surrogate.data.weeks import monday_of, week_of

_USUAL_WEEKS = 26
_LEAST_UNITS = 10.0
"""Units that must be expected on the days without any, because thin trade has quiet days."""
REFUSED_FROM = 1 / 3
"""Share of a usual week that no closing day explains."""
SUSPICIOUS_FROM = 0.05


@dataclass(frozen=True, kw_only=True)
class CutWeek:
    """A last week without purchases on its last days."""

    last_day: dt.date
    """Day of the last purchase."""
    share: float
    """Share of a usual week's units that the days after it sell."""

    @property
    def words(self) -> str:
        """Where purchases end, and how much of a week the days after it usually sell."""
        return f"after {self.last_day}, although the days after it usually sell {self.share:.0%} of a week"

    @property
    def whole_until(self) -> dt.date:
        """The Sunday before, the last day of a whole week."""
        return monday_of(week_of(self.last_day)) - dt.timedelta(days=1)


def cut_week(events: Events) -> CutWeek | None:
    """Return how the last week is cut; None where it is whole, or so thin that nobody can tell."""
    week, end = ((events.daily["day"] - 1) // 7).to_numpy(), week_of(events.until)
    day, units = events.daily["day"].to_numpy(), events.daily["quantity"].to_numpy(dtype=np.float64)
    if not (week == end).any():
        return None
    last = int(day[week == end].max())
    usual = (week < end) & (week >= end - _USUAL_WEEKS)
    weeks = np.unique(week[usual]).size
    by_weekday = np.bincount((day[usual] - 1) % 7, units[usual], 7) / max(weeks, 1)
    missing, whole = float(by_weekday[(last - 1) % 7 + 1 :].sum()), float(by_weekday.sum())
    if not (missing >= _LEAST_UNITS and missing >= SUSPICIOUS_FROM * whole):
        return None
    return CutWeek(last_day=dt.date.fromordinal(last), share=missing / whole)

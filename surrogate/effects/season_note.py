"""What is said of season and holidays: what baselines follow, and what a planner can do where the past is too short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from surrogate.effects.season import SEASON_WEEKS, Calendar

_REMEDY = "baseline: {times: FILE} of a scenario multiplies them by what you know of the season"


def season_note(calendar: Calendar, days: Collection[str], *, weeks: int, until: dt.date) -> str:
    """Say what baselines follow through the year.

    Parameters
    ----------
    days
        Holidays of which the share of each day is known.
    weeks, until
        Weeks that were trained on, and their last day: only these decide whether a yearly season is fitted, not those
        that were held out.
    """
    known, other = ([name for name in calendar.holidays if (name in days) == told] for told in (True, False))
    parts = [f"{_holidays(known)} day by day"] if known else []
    if other:
        parts.append(
            f"{_holidays(other)}, seven days each as one: their busiest day is not told apart (too little "
            "was sold on it that was on the same deal, or on none, on other days of its week)"
        )
    holidays = " and ".join(parts)
    if calendar.harmonics:
        year = f"the year's season{' and ' + holidays if holidays else ''}"
        return f"Baselines carry the last level forward and follow {year}."
    from_then = until + dt.timedelta(weeks=SEASON_WEEKS - weeks)
    short = (
        f"{weeks} weeks up to {until} were trained on, and from {SEASON_WEEKS} on a yearly season is told (the weeks "
        f"of the test do not count: with train_until {from_then} or later)"
    )
    if holidays:
        return f"Baselines carry the last level forward and follow {holidays}, but no season: {short}; {_REMEDY}."
    return f"Baselines carry the last level forward, no season and no holidays: {short}; {_REMEDY}."


def _holidays(names: Sequence[str]) -> str:
    return f"the holiday{'s' if len(names) > 1 else ''} {', '.join(names)}"

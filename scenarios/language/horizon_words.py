"""The horizon in words: how long it is, how many of its periods are open, and which are closed."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.language.schemas.horizon import Horizon
from scenarios.language.words import Unit, Weekday


def horizon_words(horizon: Horizon) -> str:
    """Say how long a horizon is, and which days of it are closed.

    Examples
    --------
    >>> horizon_words(Horizon(start="2027-02-22", periods=14, closed=("2027-02-28", "2027-03-07")))
    '14 days from 2027-02-22, 12 open (closed: sunday 2027-02-28, 2027-03-07)'
    """
    unit = horizon.unit.value
    whole = f"{horizon.periods:,} {unit}{'s' if horizon.periods != 1 else ''} from {horizon.start}"
    if not horizon.closed:
        return whole
    return f"{whole}, {sum(horizon.opened()):,} open (closed: {closed_words(horizon)})"


def so_far_words(horizon: Horizon, periods: int) -> str:
    """Say how much of a horizon is over after its first so many periods, open ones apart where some are closed.

    Examples
    --------
    >>> so_far_words(Horizon(start="2027-02-22", periods=14, closed=("sunday",)), 8)
    '8 of 14 days, 7 of 12 open'
    >>> so_far_words(Horizon(start="2027-02-22", periods=14), 14)
    'the whole campaign'
    """
    if periods == horizon.periods:
        return "the whole campaign"
    opened = horizon.opened()
    apart = "" if all(opened) else f", {sum(opened[:periods]):,} of {sum(opened):,} open"
    return f"{periods:,} of {horizon.periods:,} {horizon.unit.value}{'s' if horizon.periods != 1 else ''}{apart}"


def closed_words(horizon: Horizon) -> str:
    """Name what is closed: weekdays with their exceptions, single days by weekday, and stretches of days.

    A weekday beside a date lets a person see a date that was mistyped.

    Examples
    --------
    >>> closed_words(Horizon(start="2027-02-22", periods=28, closed=("sunday", "2027-03-10"), open=("2027-03-21",)))
    'every sunday but 2027-03-21; wednesday 2027-03-10'
    """
    return "; ".join((*_weekly(horizon), *_dated(horizon)))


def _weekly(horizon: Horizon) -> Iterator[str]:
    """Name weekdays that are closed, with the days of the horizon on which they are not."""
    for weekday in (each for each in Weekday if each in horizon.closed):
        opened = [str(day) for day in horizon.dates if Weekday.of(day) is weekday and not horizon.closed_on(day)]
        yield f"every {weekday.value}" + f" but {', '.join(opened)}" * bool(opened)


def _dated(horizon: Horizon) -> Iterator[str]:
    """Name days that are closed by their date: neighbours as a stretch, all others by their weekday."""
    weekly = [each for each in horizon.closed if isinstance(each, Weekday)]
    stretches: list[list[int]] = []
    for period, date in enumerate(horizon.dates):
        if not horizon.is_closed(period) or Weekday.of(date) in weekly:
            continue
        if stretches and stretches[-1][-1] == period - 1:
            stretches[-1].append(period)
        else:
            stretches.append([period])
    alone = [run[0] for run in stretches if len(run) == 1 and horizon.unit is Unit.DAY]
    for weekday in Weekday:
        days = [str(horizon.date_of(each)) for each in alone if Weekday.of(horizon.date_of(each)) is weekday]
        if days:
            yield f"{weekday.value} {', '.join(days)}"
    for run in stretches:
        if run[0] not in alone:
            yield f"{horizon.date_of(run[0])}..{horizon.last_day_of(run[-1])}"

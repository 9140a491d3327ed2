"""Season and holidays: what comes back every year, told from level and trend where the data spans long enough.

A season needs more than a year and a half of weeks, so that every part of the year is seen and some of it twice; with
less, a smooth year and a drifting level cannot be told apart. Holidays that the data file names (`holidays`) act in
the seven days up to the day itself, when people shop for them, each day with its own share of it where that is known;
one that was seen only once is one week's surprise against the drift around it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.stored_sizes import Holds

SEASON_WEEKS = 78
"""Weeks of data from which a yearly season is fitted."""
HARMONICS = 2
"""Waves a year: one and two, a sine and a cosine each."""
_YEAR = 365.2425
EVE_DAYS = 7
"""Days up to a holiday, itself among them, in which people shop for it."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What the baseline may follow through the year. B columns."""

    harmonics: int = 0
    holidays: Mapping[str, tuple[dt.date, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """[B] names of the columns."""
        waves = [f"{part} {number}" for number in range(1, self.harmonics + 1) for part in ("sine", "cosine")]
        return (*waves, *self.holidays)

    def by_day(self, days: Sequence[int]) -> Float:
        """Return the columns [N, B] of days (ordinals): waves, and 1 in the days up to each holiday."""
        day = np.asarray(days, dtype=np.int64)
        angle = 2 * np.pi * day / _YEAR
        columns = [wave(number * angle) for number in range(1, self.harmonics + 1) for wave in (np.sin, np.cos)]
        for dates in self.holidays.values():
            left = np.array([date.toordinal() for date in dates], dtype=np.int64)[None, :] - day[:, None]
            columns.append(((left >= 0) & (left < EVE_DAYS)).any(axis=1).astype(np.float64))
        return np.stack(columns, axis=1) if columns else np.zeros((day.size, 0))

    def by_week(self, weeks: Int) -> Float:
        """Return the columns [T, B] of weeks (numbers): means over their days."""
        days = (np.asarray(weeks)[:, None] * 7 + 1 + np.arange(7)).ravel()
        return np.asarray(self.by_day(days.tolist()).reshape(len(weeks), 7, -1).mean(axis=1))


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnedSeason:
    """What a model learned of season and holidays. E members, C categories, B columns.

    Raises
    ------
    ValueError
        For effects or days of other sizes than the calendar.
    """

    harmonics: int
    holidays: dict[str, tuple[str, ...]]
    """Dates by name."""
    effect: Annotated[Float, Holds(axes="E C calendar")]
    """[E, C, B] on log sales."""
    days: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """What each of the days up to a holiday sells over their mean, by name (`surrogate.effects.holiday_days`); absent
    where nobody knows, and in older models."""

    def __post_init__(self) -> None:
        columns = len(self.calendar.names)
        if not (self.harmonics >= 0 and self.effect.shape[-1:] == (columns,)):
            raise ValueError(f"a season of {columns} columns is needed, got effects of shape {self.effect.shape}")
        for name, factors in self.days.items():
            if name not in self.holidays or len(factors) != EVE_DAYS or not all(0 < one < np.inf for one in factors):
                raise ValueError(f"days of {name}: {EVE_DAYS} factors above 0 of a holiday are needed, got {factors}")

    @property
    def calendar(self) -> Calendar:
        """The calendar that the effects are of."""
        dates = {name: tuple(map(dt.date.fromisoformat, days)) for name, days in self.holidays.items()}
        return Calendar(harmonics=self.harmonics, holidays=dates)

    def factor(self, days: Sequence[int]) -> Float:
        """Return what days (ordinals) sell over an average one [E, C, N]."""
        shape, day = np.ones(len(days)), np.asarray(days, dtype=np.int64)
        for name, factors in self.days.items():
            for date in self.holidays[name]:
                place = day - dt.date.fromisoformat(date).toordinal() + EVE_DAYS - 1
                inside = (place >= 0) & (place < EVE_DAYS)
                shape[inside] *= np.array(factors)[place[inside]]
        return np.asarray(np.exp(self.effect @ self.calendar.by_day(days).T) * shape)


def calendar_of(holidays: Mapping[str, tuple[dt.date, ...]], *, weeks: int) -> Calendar:
    """Return what so many weeks of data can tell: a season from `SEASON_WEEKS` on, and holidays that are named."""
    return Calendar(harmonics=HARMONICS if weeks >= SEASON_WEEKS else 0, holidays=dict(holidays))

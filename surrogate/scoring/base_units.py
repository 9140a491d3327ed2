"""Base units of a scenario: levels at the end of the data, moved on by season, holidays and the age of goods."""

from __future__ import annotations

import datetime as dt

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Unit
from surrogate.data.weeks import week_of
from surrogate.digits import to_digits
from surrogate.model import Model
from surrogate.scoring.axes import Axes


def base_units_of(axes: Axes) -> Float:
    """Return [E, S, K, T]: the last level by season and age of goods, spread over weekdays where periods are days."""
    return to_digits(exact_base_units(axes))


def exact_base_units(axes: Axes) -> Float:
    """Return `base_units_of` before it is rounded, for sums that are rounded themselves."""
    horizon, weekly = axes.scenario.horizon, axes.groups.base[:, :, axes.index]
    if horizon.unit is Unit.WEEK:
        share = np.ones((len(axes.index), horizon.periods))
    else:
        days = [day.isoweekday() - 1 for day in horizon.dates]
        share = axes.model.weekday_share[axes.index][:, days]
    periods = weekly[:, :, :, None] * share[None, None]
    if axes.model.season is None and axes.model.fading is None:
        return np.asarray(periods)
    length = horizon.period_days
    days = [day.toordinal() + offset for day in horizon.dates for offset in range(length)]
    factor = _moved(axes.model, days)[:, axes.index]
    # Of a week, each day counts as much as its weekday sells.
    weekday = axes.model.weekday_share[axes.index][:, [(day - 1) % 7 for day in days]]
    weight = np.ones_like(weekday) if length == 1 else weekday
    split = (*weight.shape[:1], horizon.periods, length)
    return np.asarray(periods * (factor * weight).reshape(len(factor), *split).sum(axis=3)[:, None])


def _moved(model: Model, days: list[int]) -> Float:
    """Return what days (ordinals) sell over the level at the end of the data [E or 1, C, D]."""
    factor = np.ones((1, 1, 1)) if model.season is None else model.season.factor(days)
    if model.fading is None:
        return factor
    return np.asarray(factor * model.fading.factor(days, week_of(dt.date.fromisoformat(model.test_until))))

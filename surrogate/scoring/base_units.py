"""Base units of a scenario: levels at the end of the data, moved on by season and holidays."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Unit
from surrogate.digits import to_digits
from surrogate.scoring.axes import Axes


def base_units_of(axes: Axes) -> Float:
    """Return [E, S, K, T]: the last level by season, spread over weekdays where periods are days."""
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
    if (season := axes.model.season) is not None:
        length = horizon.period_days
        days = [day.toordinal() + offset for day in horizon.dates for offset in range(length)]
        factor = season.factor(days)[:, axes.index]
        # Of a week, each day counts as much as its weekday sells.
        weekday = axes.model.weekday_share[axes.index][:, [(day - 1) % 7 for day in days]]
        weight = np.ones_like(weekday) if length == 1 else weekday
        split = (*weight.shape[:1], horizon.periods, length)
        periods = periods * (factor * weight).reshape(len(factor), *split).sum(axis=3)[:, None]
    return np.asarray(periods)

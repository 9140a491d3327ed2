"""Learned orders of the horizon: those of the last weeks, grown as the baseline of the goods that they hold.

The model keeps the orders of its last weeks, and these may be another season than the campaign. What orders hold of
planned goods goes with what the baseline sells of them in the horizon; of other goods nothing is known but what was
paid for them lately. What sales grow by is split between more orders and larger ones as the weeks of the data say
(`surrogate.shelf.order_growth`). So orders times their value come to what the baseline sells, as far as they hold
planned goods; the share that is large enough for an offer is that of recent orders, of which the larger ones are more
frequent where orders are worth more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Unit
from surrogate.digits import to_digits
from surrogate.scoring.axes import Axes
from surrogate.scoring.base_units import exact_base_units
from surrogate.shelf.baskets import OrderBins
from surrogate.shelf.order_growth import with_mean

_DIGITS = 9
"""Digits of orders, more than learned figures keep: twice the customers place twice the orders."""


def in_season(axes: Axes) -> Axes:
    """Return the axes with the orders of the horizon's average period, counted by the week as they are kept.

    Orders that a table gives and those of older models, which do not say what they hold, stay as they are.
    """
    groups = axes.groups
    if groups.planned is None:
        return axes
    sold, level = _values(axes)
    grown = [
        _grown(mine, share, groups.more_orders, now, usual)
        for mine, share, now, usual in zip(groups.orders, groups.planned, sold, level, strict=True)
    ]
    return replace(axes, groups=replace(groups, orders=tuple(grown)))


def order_notes(recent: Axes, axes: Axes) -> Iterator[str]:
    """Say how many orders of which value are told where offers on orders ask, beside the ``recent`` ones."""
    (count, worth), (now, then) = (_sums(each.groups.orders) for each in (recent, axes))
    if not (count > 0 and now > 0) or not any(offer.is_basket for offer in axes.scenario.offers):
        return
    if axes.groups.planned is None:
        yield (
            "Orders are those of the last weeks of the data, whatever the season of the horizon, as an older version "
            "trained this model: train it again (campaign train), and they go with the baseline."
        )
        return
    yield (
        f"Orders go with the baseline: {now:,.0f} a week worth {then / now:,.2f} each in the horizon, where the last "
        f"weeks of the data had {count:,.0f} worth {worth / count:,.2f}. From week to week, where all that is sold was "
        f"10% more, orders were {10 * axes.groups.more_orders:.1f}% more, and the rest was their value."
    )


def _values(axes: Axes) -> tuple[Float, Float]:
    """Return what the baseline of all the model's goods sells, at regular prices, by segment and period [S, T].

    The second is the same with all days of a week alike, which is the season's and the level's own.
    """
    model, count = axes.model, len(axes.model.categories)
    every = replace(axes, index=np.arange(count))
    price = model.regular_price.copy()
    price[axes.index] = [axes.price(number) for number in range(len(axes.index))]
    flat = replace(every, model=replace(model, weekday_share=np.full((count, 7), 1 / 7)))
    sold, level = (np.einsum("skt,k->st", exact_base_units(each).mean(axis=0), price) for each in (every, flat))
    weeks = axes.scenario.horizon.period_days / 7
    return sold / weeks, (level if axes.scenario.horizon.unit is Unit.DAY else sold) / weeks


def _grown(bins: OrderBins, share: float, number: float, sold: Float, level: Float) -> OrderBins:
    """Grow a segment's orders to what its baseline sells a week, ``sold`` and ``level`` [T]."""
    recent = sum(value * count for value, count, _ in bins)
    if not recent > 0:
        return bins
    now, season = ((1 - share) + value / recent for value in (sold, level))
    if not (now.mean() > 0 and (season > 0).all()):
        return bins
    # Days of a week differ in the number of their orders alone; seasons in their value, too.
    times = float((now * season ** (number - 1)).mean())
    values, counts, units = (np.array(column) for column in zip(*bins, strict=True))
    counts, left = with_mean(values, counts, float(now.mean()) / times)
    rows = (np.round(values * left, 2), to_digits(counts * times, _DIGITS), np.round(units * left, 3))
    return tuple(zip(*(row.tolist() for row in rows), strict=True))


def _sums(orders: tuple[OrderBins, ...]) -> tuple[float, float]:
    every = [entry for bins in orders for entry in bins]
    return sum(count for _, count, _ in every), sum(value * count for value, count, _ in every)

"""The shelf as it was lately: promotions of the last weeks, regular prices, weekdays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from surrogate.data.events import Events
from surrogate.digits import to_digits
from surrogate.effects.category_response import category_lift
from surrogate.effects.depths import DEPTH_CAP, promotion_features
from surrogate.effects.ensemble import Ensemble
from surrogate.people.learned_groups import LearnedGroups
from surrogate.shelf.cells import Shelf
from surrogate.stored_sizes import Holds

_GRID = np.round(np.arange(0.0, DEPTH_CAP + 0.005, 0.01), 2)
HISTORY_WEEKS = 8
"""Weeks before the end of the data whose promotions are kept as history."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RecentShelf:
    """The last weeks of the data. C categories, H weeks."""

    weeks: Annotated[Int, Holds(axes="weeks", least=0, below=dt.date.max.toordinal() // 7)]
    """[H] week numbers (`surrogate.data.weeks.week_of`)."""
    depth: Annotated[Float, Holds(axes="C weeks")]
    """[C, H] one depth on the whole category that bumps it as its deals did."""
    display: Annotated[Float, Holds(axes="C weeks")]
    """[C, H] share of the sales-weighted shelf and stores on display."""
    mailer: Annotated[Float, Holds(axes="C weeks")]
    """[C, H] share of the sales-weighted shelf and stores in mailers."""


def recent_shelf(ensemble: Ensemble, groups: LearnedGroups, shelf: Shelf) -> RecentShelf:
    """Summarise the last weeks by category.

    Deals ran on some items at some depths; a category's depth is the one depth on all its items that would have
    bumped the category as much, by the learned response of all customers together.
    """
    recent = slice(-HISTORY_WEEKS, None)
    count = len(shelf.categories)
    member = np.zeros((count, len(shelf.names)))
    member[shelf.category, np.arange(len(shelf.names))] = shelf.weight
    none = np.zeros_like(_GRID)
    phi = np.broadcast_to(promotion_features(_GRID, none, none), (count, _GRID.size, 5))
    share = groups.base / groups.base.sum(axis=1, keepdims=True)
    lift = (
        (category_lift(ensemble, groups.features, np.ascontiguousarray(phi)) * share[..., None])
        .sum(axis=1)
        .mean(axis=0)
    )
    nearest = np.abs(shelf.depth[:, recent, None] - _GRID).argmin(axis=2)
    bumped = member @ np.take_along_axis(lift[shelf.category], nearest, axis=1)
    depth = np.stack([np.interp(bumped[number], lift[number], _GRID) for number in range(count)])
    return RecentShelf(
        weeks=shelf.weeks[recent],
        depth=to_digits(depth),
        display=to_digits(member @ shelf.display[:, recent]),
        mailer=to_digits(member @ shelf.mailer[:, recent]),
    )


def regular_prices(events: Events, categories: tuple[str, ...], *, digits: int) -> Float:
    """Return what the average package of each category costs undiscounted [C], over the last weeks.

    Prices are means, so they keep at least two digits after the point, also of currencies that write none.
    """
    week = (events.daily["day"] - 1) // 7
    rows = events.daily[(week > week.max() - HISTORY_WEEKS).to_numpy()]
    sums = _by_category(events, rows, categories)
    return np.round((sums["regular"] / sums["quantity"]).to_numpy(dtype=float), max(digits, 2))


def weekday_shares(events: Events, categories: tuple[str, ...]) -> Float:
    """Return the share of a week's units by weekday [C, 7], Monday first, over all weeks."""
    weekday = ((events.daily["day"] - 1) % 7).to_numpy()
    units = np.stack(
        [_by_category(events, events.daily[weekday == day], categories)["quantity"] for day in range(7)], axis=1
    )
    units = np.nan_to_num(units.astype(np.float64)) + 1.0
    return to_digits(units / units.sum(axis=1, keepdims=True))


def _by_category(events: Events, rows: pd.DataFrame, categories: tuple[str, ...]) -> pd.DataFrame:
    owner = rows["product"].map(events.products["category"])
    return rows.groupby(owner)[["regular", "quantity"]].sum().reindex(list(categories))


def seen_promotions(shelf: Shelf) -> Float:
    """Return what 95 % of a category's promoted item weeks stay below [C, 3]: depth, display share, mailer share."""
    out = np.zeros((len(shelf.categories), 3))
    for column, values in enumerate((shelf.depth, shelf.display, shelf.mailer)):
        for number in range(len(shelf.categories)):
            mine = values[shelf.category == number]
            if (mine > 0.02).any():
                out[number, column] = np.percentile(mine[mine > 0.02], 95)
    return to_digits(out)

"""Ages of lines of goods: how much of what sells now is new, comes and goes, or is nearly as old as goods get."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.arrays import Float
from surrogate.data.events import Events
from surrogate.digits import to_digits
from surrogate.effects.fading import NEW_WEEKS, LearnedFading
from surrogate.shelf.cells import Shelf

_LATELY = 2
"""Last weeks whose sales tell how much of a category is new, and how much of it fades."""
_GONE = 4
"""Weeks without a sale from which on a line counts as gone."""
_LEAST_LEFT = 8.0
"""Weeks that fading goes on for in any case: about as many as held-out weeks test."""
_DEEPEST = 0.9
_KEY = ["category", "line"]


def faded(fades: LearnedFading | None, events: Events, shelf: Shelf, *, cut: int) -> Float:
    """Return what items sell in the weeks after week ``cut`` over their level at its end [I, T]."""
    after = shelf.weeks[shelf.weeks > cut]
    if fades is None:
        return np.ones((len(shelf.names), after.size))
    return fades.of_items(shelf.category, coming_shares(events, shelf, by=cut), after - cut)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines:
    """Lines of goods as the last weeks tell them: what was launched lately is no shelf item of its own yet."""

    new: Float
    """[C] share of the last weeks' units, at full price, of lines first sold in the last `NEW_WEEKS` weeks."""
    left: Float
    """[C] weeks until lines that sell now are as old as lines got, on average; `_LEAST_LEFT` at least."""


def learned_fading(units: Float, lines: Lines, coming: Float, shelf: Shelf, slope: Float) -> LearnedFading:
    """Return how levels fall after some weeks.

    Parameters
    ----------
    units
        [I, T] of all customers in the first T weeks of the shelf.
    lines
        As many new ones as lately are taken to come later, so where goods come all the time a category's level stays.
    coming
        [I] share of items' sales that comes and goes (`coming_shares`).
    shelf
        Items, what was promoted and fading.
    slope
        [C] answer to log price, by which units at cut prices are taken back to full ones.
    """
    count, seen = len(shelf.categories), units.shape[1]
    lately = slice(max(seen - _LATELY, 0), seen)
    depth = np.minimum(shelf.depth[:, lately], _DEEPEST)
    sold = (units[:, lately] * (1 - depth) ** slope[shelf.category, None]).sum(axis=1) * shelf.on_shelf[:, seen - 1]
    total = np.maximum(np.bincount(shelf.category, sold, count), 1e-12)
    share = np.bincount(shelf.category, sold * coming, count) / total
    fading = np.zeros(count)
    if shelf.fading is not None:
        np.minimum.at(fading, shelf.category, shelf.fading)
    lost = np.maximum(-np.expm1(fading * NEW_WEEKS) * share, 1e-12)
    return LearnedFading(
        fading=to_digits(fading),
        share=to_digits(share),
        kept=to_digits(np.where(fading < 0, np.maximum(1 - lines.new / lost, 0.0), 0.0)),
        weeks=np.round(lines.left),
    )


def lines_of(events: Events, shelf: Shelf, slope: Float, *, by: int) -> Lines:
    """Return what lines of goods tell by the end of week ``by``; ``slope`` [C] as in `learned_fading`.

    Units count at full price: old goods are cut, new ones are not. How old lines get is told by those that left; where
    none has left, lines are taken to get twice as old as they are.
    """
    daily = _by_line(events, shelf, by)
    sold = _span(daily)
    sums = daily[(daily["week"] > by - _LATELY).to_numpy()].groupby([*_KEY, "week"])
    lately = sums[["quantity", "regular", "shelf_discount"]].sum().reset_index().merge(sold, on=_KEY)
    owner = pd.Index(shelf.categories)
    number = owner.get_indexer(pd.Index(lately["category"]))
    depth = np.clip((lately["shelf_discount"] / lately["regular"]).to_numpy(dtype=np.float64), 0.0, _DEEPEST)
    units = lately["quantity"].to_numpy(dtype=np.float64) * (1 - depth) ** slope[number]
    first, count = lately["first"].to_numpy(), len(shelf.categories)
    launched = first > max(by - NEW_WEEKS, int(shelf.weeks[0]))
    total, fresh, ages = (np.bincount(number, units * one, count) for one in (1.0, launched, by - first + 1))
    age = ages / np.maximum(total, 1e-12)
    gone = sold[(sold["last"] <= by - _GONE).to_numpy()]
    longest = np.zeros(count)
    np.maximum.at(longest, owner.get_indexer(pd.Index(gone["category"])), (gone["last"] - gone["first"] + 1).to_numpy())
    left = np.where(longest > 0, longest - age, age)
    return Lines(new=fresh / np.maximum(total, 1e-12), left=np.maximum(left, _LEAST_LEFT))


def coming_shares(events: Events, shelf: Shelf, *, by: int) -> Float:
    """Return what share of an item's sales up to week ``by`` is of goods that come and go [I].

    An item is a line, and all or nothing of it; of what is pooled in a category of which goods fade, lines that came
    after the first weeks of the data do. Other categories have none.
    """
    if shelf.fading is None:
        return np.zeros(len(shelf.names))
    share = np.where(shelf.fading < 0, 1.0, 0.0)
    fades = np.bincount(shelf.category, share, len(shelf.categories)) > 0
    daily = _by_line(events, shelf, by)
    lines = _span(daily)
    own = lines["category"] + ": " + lines["line"]
    lines = lines.assign(pooled=~own.isin(shelf.names))
    lately = daily[(daily["week"] > by - _LATELY).to_numpy()].groupby(_KEY)["quantity"].sum().reset_index()
    lately = lately.merge(lines[lines["pooled"]], on=_KEY)
    came = (lately["first"] > int(shelf.weeks[0]) + _GONE).to_numpy()
    owner = pd.Index(shelf.categories).get_indexer(pd.Index(lately["category"]))
    units = lately["quantity"].to_numpy(dtype=np.float64)
    total, coming = (np.bincount(owner, units * one, fades.size) for one in (1.0, came))
    pooled = fades[shelf.category] & (share == 0) & ~np.isin(shelf.names, own)
    return np.where(pooled, (coming / np.maximum(total, 1e-12))[shelf.category], share)


def _by_line(events: Events, shelf: Shelf, by: int) -> pd.DataFrame:
    """Return daily sales up to week ``by`` with their category, line and week."""
    goods = events.products[["product", *_KEY]]
    daily = events.daily.assign(week=(events.daily["day"] - 1) // 7).merge(goods, on="product")
    return daily[(daily["category"].isin(shelf.categories) & (daily["week"] <= by)).to_numpy()]


def _span(daily: pd.DataFrame) -> pd.DataFrame:
    """Return the first and the last week that each line was sold in."""
    return daily.groupby(_KEY)["week"].agg(first="min", last="max").reset_index()

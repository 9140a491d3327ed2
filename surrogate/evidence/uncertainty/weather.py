"""How much single weeks differ for all products alike, and by product: weather, news, what no promotion explains.

Told by what each product sold in a week beside what the season, holidays and promotions let expect, in stretches of
eight weeks, about as long as a campaign: a level that is off through all of it is none of a week's weather.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.response.effects import Weather
from surrogate.digits import to_digits
from surrogate.effects.fit import Member
from surrogate.effects.levels import seasonal
from surrogate.evidence.terms.panel import Panel
from surrogate.shelf.cells import Shelf
from surrogate.stored_sizes import Holds

STRETCH = 8
"""Weeks in which a level is taken to be one."""
LEAST_STRETCHES = 3
"""Stretches without which nothing is told."""
LEAST_UNITS = 5.0
"""Units a week that are expected of a product, below which its week tells nothing."""
UNPROMOTED = 0.05
"""Share by which promotions move a category's sales at most in weeks that tell: what a lift misses is no weather."""
FURTHEST = 1.0
"""Relative surprise that counts most: a stock-out, or a holiday that nobody named, is no usual weather."""
LEAST = 0.03
"""Least deviation of a week that is believed, of all products and of one."""
MOST = 0.6
"""Most."""
_ROUNDS = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class WeeklyWeather:
    """Surprises of weeks by category of the model. C categories."""

    covariance: Annotated[Float, Holds(axes="C C")]
    """[C, C] of relative surprises in weekly units, the chance of counting taken off; 0 where nothing is told."""
    told: Annotated[Float, Holds(axes="C C", least=0)]
    """[C, C] weeks that tell."""


def weekly_weather(panel: Panel, members: Sequence[Member], shelf: Shelf) -> WeeklyWeather | None:
    """Measure the surprises of weeks; None where there are too few of them.

    Parameters
    ----------
    panel
        Sales of items beside what is expected of them.
    members
        Whose season it is.
    shelf
        Its weeks.
    """
    season = np.mean([seasonal(member, shelf) for member in members], axis=0)
    counted = np.asarray(panel.usable, dtype=np.float64)
    inside = (np.arange(len(shelf.categories))[:, None] == shelf.category[None]).astype(np.float64)
    plain = panel.base[:, None] * season * counted
    quiet, expected = inside @ plain, inside @ (plain * panel.bump)
    told = np.abs(expected - quiet) <= UNPROMOTED * quiet
    return surprises(inside @ (panel.units * counted), np.where(told, expected, 0.0))


def surprises(sold: Float, expected: Float) -> WeeklyWeather | None:
    """Covariances of what weeks sold [C, T] beside what was expected of them, counting noise taken off."""
    stretches = sold.shape[1] // STRETCH
    if stretches < LEAST_STRETCHES:
        return None
    last = slice(sold.shape[1] - stretches * STRETCH, None)
    shape = (len(sold), stretches, STRETCH)
    real, wanted = sold[:, last].reshape(shape), expected[:, last].reshape(shape)
    known = wanted > 0
    level = np.where(known, real, 0.0).sum(axis=2) / np.maximum(wanted.sum(axis=2), 1e-9)
    mean = wanted * level[..., None]
    known &= mean >= LEAST_UNITS
    off = np.where(known, np.clip(real / np.maximum(mean, 1e-9) - 1.0, -FURTHEST, FURTHEST), 0.0).reshape(len(sold), -1)
    there = known.reshape(len(sold), -1).astype(np.float64)
    told = there @ there.T
    # A mean of eight weeks takes an eighth of their variance with it.
    covariance = (off @ off.T) / np.maximum(told, 1.0) * (STRETCH / (STRETCH - 1.0))
    flat = 1.0 / np.maximum(mean.reshape(len(sold), -1), LEAST_UNITS)
    counting = _counting(off**2, flat, there)
    own = np.diag(covariance) - counting * (flat * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1.0)
    np.fill_diagonal(covariance, np.maximum(own, 0.0))
    return WeeklyWeather(covariance=to_digits(covariance), told=told)


def _counting(squares: Float, flat: Float, there: Float) -> float:
    """Variance over mean of counts: what squared surprises grow by where fewer units are expected; at least 1."""
    per_unit, rest = 1.0, float((squares * there).sum() / max(there.sum(), 1.0))
    for _ in range(_ROUNDS):
        weight = there / (rest + per_unit * flat + 1e-9) ** 2
        columns = np.stack([np.ones_like(flat), flat]).reshape(2, -1)
        moments = (columns * weight.reshape(-1)) @ columns.T + 1e-12 * np.eye(2)
        rest, per_unit = np.linalg.solve(moments, (columns * weight.reshape(-1)) @ squares.reshape(-1)).tolist()
        rest, per_unit = max(rest, 0.0), max(per_unit, 1.0)
    return float(per_unit)


def weather_of(found: WeeklyWeather, index: Sequence[int], categories: Sequence[str]) -> Weather | None:
    """Split the surprises of some products into those of all, of a category and of one product.

    Parameters
    ----------
    index
        Category of the model of each product.
    categories
        Category of the scenario of each product.
    """
    places, named = np.asarray(index), np.asarray(categories)
    covariance, weeks = found.covariance[np.ix_(places, places)], found.told[np.ix_(places, places)]
    own, alike = places[:, None] == places[None], named[:, None] == named[None]
    if not weeks[own].any():
        return None

    def mean(which: Flag) -> float | None:
        total = float(weeks[which].sum())
        return float((covariance * weeks)[which].sum()) / total if total > 0 else None

    single = mean(own) or 0.0
    within, across = mean(alike & ~own), mean(~alike)
    common = within if across is None else across
    shared = max(common or 0.0, 0.0)
    category = 0.0 if within is None or across is None else max(within - shared, 0.0)
    left = max(single - shared - category, 0.0)
    everywhere, product = (float(np.clip(np.sqrt(each), LEAST, MOST)) for each in (shared, left))
    return Weather(
        everywhere=round(everywhere, 4),
        category=round(min(float(np.sqrt(category)), MOST), 4),
        product=round(product, 4),
    )

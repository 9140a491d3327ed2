"""What fading with age takes from goods of a season, told from what their markdowns bring: one regression a category.

    log units of item i in week t = level of the four weeks + slope * -log(1 - depth) + displays, mailers
                                    + fading * age + launch + how item i's level wanders around that

Markdowns come when goods have aged: without fading, a fall that age causes is read as an answer to the cut, and deep
markdowns are learned far too low. Fading is pooled over the items of a category, which are launched and cut at other
ages; an item wanders around it as a random walk (a spline with a knot every six weeks), and levels of months as
another, so that what moves all items at once is taken for a markdown where one began in that very week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.first_few import first_few
from surrogate.shelf.cells import Shelf
from surrogate.shelf.promoted import is_promoted

KNOT_WEEKS = 6
"""Weeks between two knots of an item's level."""
WANDERS = 0.1
"""Standard deviation of an item's level from week to week, around its fading."""
_MONTH_WEEKS = 4
_MONTH = 0.12
"""Of the level of all items from one four weeks to the next."""
_FADES = 0.1
"""Of a category's fading a week, before anything is seen of it; one of nothing is drawn to 0."""
_LAUNCH = 0.5
"""Of what the first and the second week after a launch sell beside the others, in logarithms."""
_MOSTLY = 0.5
"""Share of a category's units that goods which came or left sell, from which on it is one of seasons."""
_SAME_AGE = 2
"""Weeks of age between the first cuts of a category's goods up to which they count as equally old."""
_ROUNDS = 12
_RIDGE = 1e-6
_LEAST_MEAN = 1e-3


@dataclass(frozen=True, kw_only=True)
class Life:
    """What a category's weeks say of its answer to price and of its age."""

    slope: float
    """Of log units along -log(1 - depth)."""
    error: float
    """Standard error; what taking age into account moved the slope by is in it."""
    fading: float
    """Of log units with each week of age; never above 0."""


def is_seasonal(units: Float, passing: Flag) -> bool:
    """Say whether most of what items [I, T] of a category sell is of items that came or left."""
    return bool(units[passing].sum() > _MOSTLY * units.sum())


def life_of(units: Float, shelf: Shelf, mine: Int) -> Life:
    """Return what the weeks of a category's items say.

    Parameters
    ----------
    units
        [I, T] of the items ``mine`` in the first T weeks of the shelf, all customers together.
    shelf
        Items and what was promoted.
    mine
        [I] indices of the items.
    """
    slope, error, fading = _fitted(units, shelf, mine, _FADES)
    if fading >= 0:
        slope, error, _ = _fitted(units, shelf, mine, _RIDGE)
        return Life(slope=slope, error=error, fading=0.0)
    ageless, _, _ = _fitted(units, shelf, mine, _RIDGE)
    return Life(slope=slope, error=float(np.hypot(error, slope - ageless)), fading=fading)


def _fitted(units: Float, shelf: Shelf, mine: Int, fades: float) -> tuple[float, float, float]:
    """Return slope, its standard error, and fading, where fading has a prior deviation of ``fades``."""
    weeks, passing = units.shape[1], shelf.passing[mine]
    seen = shelf.counted[mine, :weeks]
    item, week = np.nonzero(seen)
    age = np.where(passing[:, None], weeks_since(shelf)[mine, :weeks], 0)
    launched = (passing & (shelf.on_shelf[mine].argmax(axis=1) > 0))[:, None]
    price = -np.log1p(-np.clip(shelf.depth[mine, :weeks], 0.0, 0.9))
    offered = np.zeros_like(price) if shelf.offered is None else shelf.offered[mine, :weeks]
    beside = (shelf.display[mine, :weeks], shelf.mailer[mine, :weeks], offered)
    terms = [price, age, launched & (age == 0), launched & (age == 1), *beside]
    months = week // _MONTH_WEEKS
    month = months[:, None] == np.arange(months.max() + 1)
    blocks, walks = [month], [_walk(month.shape[1], _MONTH)]
    for number in range(len(mine)):
        place = age[number, week] / KNOT_WEEKS
        knots = int(np.ceil(place[item == number].max(initial=0.0))) + 1
        hats = np.clip(1 - np.abs(place[:, None] - np.arange(knots)), 0, 1)
        blocks.append(hats * (item == number)[:, None])
        walks.append(_walk(knots, WANDERS * KNOT_WEEKS**0.5))
    table = np.column_stack([*(np.asarray(one, dtype=np.float64)[seen] for one in terms), *blocks]).astype(np.float64)
    prior = np.zeros((table.shape[1],) * 2)
    prior[[1, 2, 3], [1, 2, 3]] = fades**-2, _LAUNCH**-2, _LAUNCH**-2
    start = len(terms)
    for walk in walks:
        prior[start : start + len(walk), start : start + len(walk)] = walk
        start += len(walk)
    usual = (units * seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    return _solved(table, units[seen], prior, np.asarray(usual[item]))


def _solved(table: Float, sold: Float, prior: Float, usual: Float) -> tuple[float, float, float]:
    log_mean, dispersion = np.log(np.maximum(usual, _LEAST_MEAN)), 2.0
    ridge = _RIDGE * max(sold.sum(), 1.0) * np.eye(table.shape[1])
    for _ in range(_ROUNDS):
        mean = np.exp(log_mean)
        weighed = table * mean[:, None]
        matrix = table.T @ weighed + dispersion * prior + ridge
        terms = np.linalg.solve(matrix, weighed.T @ (log_mean + (sold - mean) / mean))
        log_mean = np.clip(table @ terms, np.log(_LEAST_MEAN), 20.0)
        used = float(np.trace(np.linalg.solve(matrix, table.T @ weighed)))
        mean = np.exp(log_mean)
        dispersion = max(float(((sold - mean) ** 2 / mean).sum()) / max(sold.size - used, 1.0), 1.0)
    variance = dispersion * np.linalg.inv(matrix)[0, 0]
    return float(terms[0]), float(np.sqrt(variance)), float(terms[1])


def fading_lines(shelf: Shelf) -> tuple[str, ...]:
    """Say what a week of age was found to cost, and where nothing but the cut itself tells cut and age apart."""
    if shelf.fading is None:
        return ()
    lost, same = [], []
    cut, age = is_promoted(shelf.depth) & shelf.on_shelf, weeks_since(shelf)
    for number, name in enumerate(shelf.categories):
        mine = (shelf.category == number) & (shelf.fading < 0)
        if not mine.any():
            continue
        lost.append(f"{name} {-np.expm1(shelf.fading[mine][0]):.0%}")
        found = mine & cut.any(axis=1)
        begun = age[found, cut[found].argmax(axis=1)]
        if begun.size and np.ptp(begun) <= _SAME_AGE:
            same.append(name)
    said = (
        f"Goods that come and go were found to lose with each week of age: {first_few(lost)}. What their markdowns "
        "bring is told apart from that by what changed when each began, and its interval is wider by what this moved.",
    )
    if not same:
        return said
    return (
        *said,
        f"All goods were first cut at the same age: {first_few(same)}. A change of demand that comes at just this age "
        "would pass for an answer to the cut; only cuts at other ages, or a test, can tell.",
    )


def fading_of(shelf: Shelf, fading: Float) -> Float | None:
    """Return by item [I] what its category's goods lose a week, of categories [C]; None where nothing fades."""
    found = np.where(shelf.passing, fading[shelf.category], 0.0)
    return found if found.any() else None


def first_life(shelf: Shelf) -> Float:
    """Return what items' levels begin their fit at [I, T]: fading, 0 on average; empty where all are always there."""
    if not shelf.passing.any():
        return np.zeros((0, 0))
    if shelf.fading is None:
        return np.zeros(shelf.depth.shape)
    age, there = weeks_since(shelf), shelf.on_shelf
    middle = (age * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return np.asarray(shelf.fading[:, None] * (age - middle[:, None]))


def weeks_since(shelf: Shelf) -> Float:
    """Return weeks [I, T] since each item came to the shelf, or since the first week; 0 before."""
    first = shelf.on_shelf.argmax(axis=1)
    return np.asarray(np.maximum(np.arange(shelf.weeks.size) - first[:, None], 0), dtype=np.float64)


def _walk(size: int, step: float) -> Float:
    """Return the precision matrix of a random walk."""
    differences = np.diff(np.eye(size), axis=0)
    return np.asarray(differences.T @ differences / step**2)

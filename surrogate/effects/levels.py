"""Baselines of segments: the level at the end of the data, item by item, with nothing promoted."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from surrogate.effects.demand import assemble, item_bump, log_baseline
from surrogate.effects.fit import Member
from surrogate.shelf.cells import Shelf
from surrogate.shelf.deal_cells import DealCells

HALF_LIFE_WEEKS = 10.0
"""Weeks after which a week's sales count half as much for the level at the end."""
PRIOR_UNITS = 4.0
"""Units that the network's own rate weighs against a segment's sales of an item."""
LAST_HALF_LIFE_WEEKS = 3.0
"""The same for the last weeks, which speak for themselves at the end."""
LAST_PRIOR_UNITS = 30.0
"""Units that the level of the longer past weighs against them."""


def last_level(
    member: Member,
    shelf: Shelf,
    units: Float,
    features: Float,
    customers: Float,
    *,
    lasting: Float,
    deals: DealCells | None = None,
) -> Float:
    """Return units of an average week of the year [S, I] at the end of the shelf's weeks with nothing promoted.

    The network's rate times its item shares and category level, corrected by what each segment bought of each item
    against what the member expected: a gamma-Poisson ratio with recent weeks weighing more. Then that level is a gamma
    prior of ``LAST_PRIOR_UNITS`` units for what the last weeks sold, their promotions taken off and
    what goods have faded since. Last, segments gain and lose by ``lasting`` [S] (`surrogate.effects.returning`), all
    together keeping their level. Items that left the shelf have none.
    """
    net, nuisance = member
    cells, own = assemble(shelf, units, features, customers, deals=deals), nuisance.for_groups(len(customers))
    base = log_baseline(net, own, cells)
    bump = item_bump(net, own, cells)
    expected = np.exp(base + bump)
    recent, last = (weight * shelf.counted for weight in recency(shelf.weeks.size))
    ratio = ((units * recent).sum(axis=2) + PRIOR_UNITS) / ((expected * recent).sum(axis=2) + PRIOR_UNITS)
    now = seasonal(member, shelf)
    level = np.exp(base[:, :, -1]) / now[:, -1] * ratio
    usual = (np.exp(bump) * now * since_faded(shelf) * last).sum(axis=2)
    found = led_by_last_weeks((units * last).sum(axis=2), usual, level) * shelf.goes_on
    moved = found * lasting[:, None]
    return np.asarray(moved * found.sum() / moved.sum())


def recency(weeks: int) -> tuple[Float, Float]:
    """Weights [T] of weeks for the level at their end: for the longer past, and for the last weeks against it."""
    age = np.arange(weeks)[::-1]
    return 0.5 ** (age / HALF_LIFE_WEEKS), 0.5 ** (age / LAST_HALF_LIFE_WEEKS)


def led_by_last_weeks(sold: Float, usual: Float, level: Float) -> Float:
    """Return the level that the last weeks make of one: a gamma prior of `LAST_PRIOR_UNITS` units for what they sold.

    Parameters
    ----------
    sold
        Units of the last weeks, by their weights.
    usual
        What they would have sold at a level of 1, by the same weights.
    level
        Of the longer past.
    """
    return np.asarray((sold + LAST_PRIOR_UNITS) / (usual + LAST_PRIOR_UNITS / np.maximum(level, 1e-9)))


def since_faded(shelf: Shelf) -> Float | float:
    """Return what goods sold in each week over what is left of them at the end of the shelf's weeks [I, T]."""
    if shelf.fading is None:
        return 1.0
    return np.asarray(np.exp(-shelf.fading[:, None] * np.arange(shelf.weeks.size)[::-1]))


def seasonal(member: Member, shelf: Shelf) -> Float:
    """Return what the shelf's weeks sell over an average one by season and holidays [I, T]; 1 where none is known."""
    nuisance = member[1]
    if shelf.calendar is None:
        return np.ones((len(shelf.names), shelf.weeks.size))
    effect = np.asarray((nuisance.year + nuisance.season) @ shelf.calendar.T)
    return np.asarray(np.exp(effect[shelf.category]))


def predicted_bump(member: Member, shelf: Shelf, features: Float, deals: DealCells | None = None) -> Float:
    """Return units over baseline [S, I, T] under what the shelf's weeks promoted and the offers that ran."""
    net, nuisance = member
    units = np.zeros((len(features), len(shelf.names), shelf.weeks.size))
    cells = assemble(shelf, units, features, np.ones(len(features)), deals=deals)
    return np.asarray(np.exp(item_bump(net, nuisance, cells)))

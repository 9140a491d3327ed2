"""How far lifts miss on held-out weeks, category by category, levels and counting noise allowed for.

Lifts are measured within items: what an item sold in its promoted weeks against its own level in the unpromoted ones.
That keeps a wrong level of an item from passing for a wrong lift. What levels and counts do to the measured lift is
simulated, and the spread of lifts is what the simulation still lacks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.held_out.held import Held
from surrogate.held_out.intervals import conformal_spread, count_noise, holds, least_spread, log_normal, pick_members

SPREADS = (0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8, 1.0)
TYPICAL_SD = 0.35
"""What grocery data shows; few categories are drawn to it."""
PRIOR_CATEGORIES = 5.0
"""Categories that the typical spread weighs against those measured."""
_LEVEL_UNITS = 20.0
"""Units of forecast that weigh against an item's own unpromoted sales where its level is estimated."""
_LEAST_UNITS = 50.0
"""Baseline units in promoted weeks below which a category's lift says nothing."""
_LEVEL_SD_RANGE = (0.05, 0.50)


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemSums:
    """Held-out sums over customers and weeks, by item. E members, I items."""

    category: Int
    """[I]"""
    categories: int
    sold_on: Float
    """[I] units in promoted weeks."""
    sold_off: Float
    """[I] units in the other weeks."""
    base_on: Float
    """[E, I] baseline in promoted weeks."""
    foreseen_on: Float
    """[E, I]"""
    foreseen_off: Float
    """[I] mean of the members."""
    usable: Flag
    """[I] items with both kinds of weeks and some sales."""
    dispersion: float
    """Variance over mean of an item's weekly units around its own level."""
    level_sd: float
    """Spread of log levels of items around the forecast."""


def item_sums(held: Held, weeks: Flag, on: Flag | None = None) -> ItemSums:
    """Sum the weeks marked in ``weeks`` [T]; ``on`` [I, T] says which promoted cells count (all by default)."""
    plain = ~held.promoted & weeks & held.shelf.counted
    on = (held.promoted if on is None else on & held.promoted) & weeks & held.shelf.counted
    base, foreseen = held.forecast.base.sum(axis=1), held.forecast.units.sum(axis=1)
    sold, mean = held.units.sum(axis=0), foreseen.mean(axis=0)
    sold_off, foreseen_off = (sold * plain).sum(axis=1), (mean * plain).sum(axis=1)
    base_on = base * on.sum(axis=1)
    dispersion = _dispersion(sold, mean, plain)
    return ItemSums(
        category=held.shelf.category,
        categories=len(held.shelf.categories),
        sold_on=(sold * on).sum(axis=1),
        sold_off=sold_off,
        base_on=base_on,
        foreseen_on=(foreseen * on).sum(axis=2),
        foreseen_off=foreseen_off,
        usable=(foreseen_off > 5) & (base_on.mean(axis=0) > 5),
        dispersion=dispersion,
        level_sd=_level_sd(sold_off, foreseen_off, dispersion),
    )


def _dispersion(sold: Float, mean: Float, plain: Flag) -> float:
    weeks = plain.sum(axis=1)
    expected = (mean * plain).sum(axis=1)
    level = (sold * plain).sum(axis=1) / np.maximum(expected, 1e-9)
    own = mean * level[:, None]
    typical = (own * plain).sum(axis=1) / np.maximum(weeks, 1)
    known = (weeks >= 3) & (expected > 10) & (typical > 0.5)
    if not known.any():
        return 2.0
    ratio = (((sold - own) ** 2) * plain).sum(axis=1)[known] / typical[known] / (weeks[known] - 1)
    return float(max(ratio.mean(), 1.0))


def _level_sd(sold: Float, foreseen: Float, dispersion: float) -> float:
    known = foreseen > 20
    if known.sum() < 5:
        return 0.15
    ratio = np.log((sold[known] + 1) / (foreseen[known] + 1))
    spread = 1.4826 * float(np.median(np.abs(ratio - np.median(ratio))))
    noise = dispersion * float(np.median(1 / foreseen[known]))
    return float(np.clip(np.sqrt(max(spread**2 - noise, 0.0)), *_LEVEL_SD_RANGE))


@dataclass(frozen=True, kw_only=True, eq=False)
class CategoryLifts:
    """Measured lifts by category. N categories that have one."""

    category: Int
    """[N]"""
    real: Float
    """[N] relative extra units in promoted weeks, items' own levels taken off."""
    foreseen: Float
    """[N]"""


def category_lifts(sums: ItemSums) -> CategoryLifts:
    """Return what the promoted weeks of each category brought and what was foreseen."""
    inside = _membership(sums)
    base = sums.base_on.mean(axis=0)
    known = np.flatnonzero(inside @ base > _LEAST_UNITS)
    foreseen = (inside @ sums.foreseen_on.mean(axis=0))[known] / (inside @ base)[known] - 1
    return CategoryLifts(category=known, real=_lifts(sums, sums.sold_on, sums.sold_off)[known], foreseen=foreseen)


def lift_draws(sums: ItemSums, spread: Float | float, rng: np.random.Generator) -> Float:
    """Return what lifts [D, C] would be measured, did the forecast and a spread of lifts hold.

    Parameters
    ----------
    spread
        Standard deviation of log(real lift / foreseen lift), one or by category [C].
    """
    member = pick_members(rng, len(sums.base_on))
    shape = (member.size, sums.category.size)
    factor = log_normal(rng, (member.size, sums.categories), spread)[:, sums.category]
    level = log_normal(rng, shape, sums.level_sd)
    lift = (sums.foreseen_on / np.maximum(sums.base_on, 1e-9) - 1)[member]
    sold_on = count_noise(rng, sums.base_on[member] * level * np.maximum(1 + lift * factor, 0.0), sums.dispersion)
    sold_off = count_noise(rng, sums.foreseen_off * level, sums.dispersion)
    return _lifts(sums, sold_on, sold_off)


def lift_scores(sums: ItemSums, lifts: CategoryLifts, rng: np.random.Generator) -> Float:
    """Return by category [N] the least spread whose interval holds the measured lift."""
    state = rng.bit_generator.state

    def inside(spread: float) -> Flag:
        rng.bit_generator.state = state  # the same futures for every spread
        return holds(lift_draws(sums, spread, rng)[:, lifts.category], lifts.real)

    return least_spread(inside, SPREADS)


def pooled_spread(scores: Float, typical: float = TYPICAL_SD) -> float:
    """Return the conformal spread of scores, drawn to a typical one where there are few."""
    if not scores.size:
        return typical
    own = conformal_spread(scores)
    return float(np.sqrt((scores.size * own**2 + PRIOR_CATEGORIES * typical**2) / (scores.size + PRIOR_CATEGORIES)))


def _membership(sums: ItemSums) -> Float:
    """[C, I] 1 for usable items of a category."""
    return np.asarray((np.arange(sums.categories)[:, None] == sums.category[None]) * sums.usable[None].astype(float))


def _lifts(sums: ItemSums, sold_on: Float, sold_off: Float) -> Float:
    """Return lifts [..., C] of sums [..., I]."""
    inside = _membership(sums)
    level = (sold_off + _LEVEL_UNITS) / (sums.foreseen_off + _LEVEL_UNITS)
    base = sums.base_on.mean(axis=0) * level
    return np.asarray((sold_on @ inside.T) / np.maximum(base @ inside.T, 1e-9) - 1)

"""How far units of segments in categories and weeks miss on held-out weeks: levels that drift, and counting noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.arrays import Flag, Float
from surrogate.effects.level_noise import BASE_CV_RANGE
from surrogate.held_out.held import Held
from surrogate.held_out.intervals import conformal_spread, count_noise, holds, least_spread, log_normal, pick_members

SCALES = (0.01, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class CellForecast:
    """Held-out units by segment, category and week, beside every member's forecast. E members."""

    sold: Float
    """[S, C, T]"""
    base: Float
    """[E, S, C, T]"""
    lift: Float
    """[E, S, C, T] relative extra units that the week's promotions were foreseen to bring."""
    promoted: Float
    """[S, C, T] share of the baseline whose items were promoted."""
    distance: Float
    """[C, T] mean distance of the promoted items from the training data."""


def cell_forecast(held: Held) -> CellForecast:
    """Sum the forecasts of items over their categories."""
    categories = len(held.shelf.categories)
    inside = (np.arange(categories)[:, None] == held.shelf.category[None]).astype(float)
    counted = held.shelf.counted

    def sums(values: Float) -> Float:
        return np.asarray(np.einsum("ci,...it->...ct", inside, values * counted))

    base = sums(held.forecast.base[..., None])
    mean = held.forecast.base.mean(axis=0)[..., None]
    promoted = sums(mean * held.promoted)
    weight = (mean * held.promoted).sum(axis=0)
    return CellForecast(
        sold=sums(held.units),
        base=base,
        lift=sums(held.forecast.units) / np.maximum(base, 1e-9) - 1,
        promoted=promoted / np.maximum(base.mean(axis=0), 1e-9),
        distance=sums(weight * held.forecast.distance) / np.maximum(sums(weight), 1e-9),
    )


def segment_sums(held: Held) -> tuple[Float, Float]:
    """Units of all held-out weeks by segment and category [S, C]: what was sold, and what was foreseen."""
    cells = cell_forecast(held)
    return cells.sold.sum(axis=2), (cells.base * (1 + cells.lift)).mean(axis=0).sum(axis=2)


def dispersion(cells: CellForecast, weeks: Flag) -> float:
    """Return variance over mean of weekly units of cells around their own held-out level; 3 where one week says it."""
    if weeks.sum() < 2:
        return 3.0
    sold, expected = cells.sold[..., weeks], (cells.base * (1 + cells.lift)).mean(axis=0)[..., weeks]
    level = expected * sold.sum(axis=2, keepdims=True) / np.maximum(expected.sum(axis=2, keepdims=True), 1e-9)
    known = level.mean(axis=2) > 0.5
    if not known.any():
        return 3.0
    ratio = ((sold - level) ** 2).sum(axis=2)[known] / level.mean(axis=2)[known] / (weeks.sum() - 1)
    return float(max(ratio.mean(), 1.0))


def rough_base_cv(cells: CellForecast, weeks: Flag, noise: float) -> Float:
    """Return by segment [S] the relative standard deviation of category totals around the forecast, noise taken off."""
    sold = cells.sold[..., weeks].sum(axis=2)
    expected = np.maximum((cells.base * (1 + cells.lift)).mean(axis=0)[..., weeks].sum(axis=2), 1e-9)
    excess = ((sold - expected) ** 2 - noise * expected) / expected**2
    weight = expected / (1.0 + expected / 100.0)  # large cells tell more, up to a point
    variance = np.maximum((weight * excess).sum(axis=1) / weight.sum(axis=1), 0.0)
    return np.asarray(np.clip(np.sqrt(variance), *BASE_CV_RANGE))


def unit_draws(
    cells: CellForecast, weeks: Flag, *, base_cv: Float, lift_sd: Float, noise: float, rng: np.random.Generator
) -> Float:
    """Return futures [D, S, C, T] of the marked weeks by the planner's own spreads, with counting noise.

    Parameters
    ----------
    base_cv
        [S] relative standard deviation of levels.
    lift_sd
        [C, T of all weeks] standard deviation of log lifts.
    noise
        Variance over mean of counts.
    """
    base, lift = cells.base[..., weeks], cells.lift[..., weeks]
    member = pick_members(rng, len(base))
    shape = (member.size, *base.shape[1:3], 1)
    level = log_normal(rng, shape, np.sqrt(np.log1p(base_cv**2))[:, None, None])
    spread = lift_sd[:, weeks]
    factor = np.exp(rng.standard_normal(shape) * spread - 0.5 * spread**2)
    mean = base[member] * level * np.maximum(1 + lift[member] * factor, 0.0)
    return count_noise(rng, np.asarray(mean), noise)


def calibrated_noise(
    cells: CellForecast, weeks: Flag, base_cv: Float, lift_sd: Float, rng: np.random.Generator
) -> float:
    """Return the variance over mean of weekly units whose 90 % intervals hold, given the other spreads."""
    rough = dispersion(cells, weeks)
    known = cells.base.mean(axis=0)[..., weeks] > 1.0

    def inside(scale: float, state: Mapping[str, Any] = rng.bit_generator.state) -> Flag:
        rng.bit_generator.state = state  # the same futures for every scale
        noise = 1.0 + (rough - 1.0) * scale
        futures = unit_draws(cells, weeks, base_cv=base_cv, lift_sd=lift_sd, noise=noise, rng=rng)
        return np.asarray(holds(futures, cells.sold[..., weeks])[known])

    return 1.0 + (rough - 1.0) * conformal_spread(least_spread(inside, SCALES)) if known.any() else rough


def calibrated_base_cv(
    cells: CellForecast, weeks: Flag, rough: Float, lift_sd: Float, noise: float, rng: np.random.Generator
) -> Float:
    """Return the level spread by segment [S] whose 90 % intervals of units over all marked weeks hold.

    Sums over weeks are what a plan is made of: there the level, which all weeks share, outweighs counting noise.
    """
    known = cells.base.mean(axis=0)[..., weeks].mean(axis=2) > 1.0

    def inside(scale: float, state: Mapping[str, Any] = rng.bit_generator.state) -> Flag:
        rng.bit_generator.state = state  # the same futures for every scale
        futures = unit_draws(cells, weeks, base_cv=rough * scale, lift_sd=lift_sd, noise=noise, rng=rng)
        return np.asarray(holds(futures.sum(axis=3), cells.sold[..., weeks].sum(axis=2))[known])

    if not known.any():
        return rough
    return np.asarray(np.clip(rough * conformal_spread(least_spread(inside, SCALES)), *BASE_CV_RANGE))

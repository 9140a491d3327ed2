"""Calibration: spreads of levels, lifts and coupon use, chosen so that 90 % intervals hold 90 % of held-out figures.

Coverage is never measured on weeks that calibrated: spreads of the first half of the held-out weeks are tested on the
second and the other way round, and only then are all held-out weeks used for the spreads that a model keeps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.held_out.coverage import Coverage, distance_groups, mechanic_groups, tally, together
from surrogate.held_out.held import Held
from surrogate.held_out.intervals import holds
from surrogate.held_out.level_errors import (
    CellForecast,
    calibrated_base_cv,
    calibrated_noise,
    cell_forecast,
    dispersion,
    rough_base_cv,
    unit_draws,
)
from surrogate.held_out.lift_errors import (
    category_lifts,
    item_sums,
    lift_draws,
    lift_scores,
    pooled_spread,
)
from surrogate.shelf.mechanics import KINDS
from surrogate.shelf.promoted import is_promoted

LIFT_SD_RANGE = (0.10, 1.00)
BY_DISTANCE = 0.25
"""What a distance of 1 adds to the spread of lifts where the held-out weeks hold too few promotions outside of the
range that training saw."""
BY_DISTANCE_RANGE = (0.10, 1.00)
_OUTSIDE = 0.25
"""Distance from which a promotion counts as outside of the training range when the widening is fitted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Spreads:
    """What the planner draws futures with. S segments."""

    base_cv: Float
    """[S] relative standard deviation of levels."""
    lift_sd: float
    """Standard deviation of log(real lift / foreseen lift) inside the training range."""
    lift_sd_by_distance: float
    """What a distance of 1 adds (as standard deviations add)."""
    noise: float
    """Variance over mean of weekly units of a segment in a category around their level; no part of a plan's futures."""

    def lift_sd_at(self, distance: Float) -> Float:
        """Return the spread of lifts [...] at distances [...] from the training data."""
        return np.asarray(np.hypot(self.lift_sd, self.lift_sd_by_distance * distance))


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """Spreads by all held-out weeks, and the coverage of those by half of the weeks on the other half."""

    spreads: Spreads
    coverage: tuple[Coverage, ...]

    def accuracy(self) -> dict[str, float | str]:
        """Return the coverage of the main groups by name, for the model's held-out metrics."""
        named = {
            ("units", "all"): "coverage_units",
            ("units", "promoted"): "coverage_promoted",
            ("lift", "all"): "coverage_lift",
        }
        return {
            named[one.what, one.group]: round(one.share, 6) for one in self.coverage if (one.what, one.group) in named
        }


INTERVALS = "held-out intervals"
"""Name of the random stream that calibrates: training and evaluating draw alike, so both report the same figures."""


def calibrate(held: Held, rng: np.random.Generator) -> Calibration:
    """Calibrate spreads on held-out weeks and measure coverage across their halves.

    Raises
    ------
    ValueError
        When ``held`` lacks the members' forecasts.
    """
    cells = cell_forecast(held)
    weeks = held.shelf.weeks.size
    everything = np.ones(weeks, dtype=bool)
    first = np.arange(weeks) < (weeks + 1) // 2
    parts: list[Coverage] = []
    for mine, other in ((first, ~first), (~first, first)) if weeks >= 2 else ():
        spreads = fit_spreads(held, cells, mine, rng)
        parts += measure(held, cells, spreads, other, rng)
    return Calibration(spreads=fit_spreads(held, cells, everything, rng), coverage=together(parts))


def fit_spreads(held: Held, cells: CellForecast, weeks: Flag, rng: np.random.Generator) -> Spreads:
    """Choose spreads by the marked held-out weeks [T]."""
    far = held.forecast.distance > _OUTSIDE
    inner = item_sums(held, weeks, on=~far)
    scores = lift_scores(inner, category_lifts(inner), rng)
    lift_sd = float(np.clip(pooled_spread(scores), *LIFT_SD_RANGE))
    by_distance = _by_distance(held, weeks, far, lift_sd, rng)
    spread = np.hypot(lift_sd, by_distance * cells.distance)
    rough = rough_base_cv(cells, weeks, dispersion(cells, weeks))
    noise = calibrated_noise(cells, weeks, rough, spread, rng)
    return Spreads(
        base_cv=calibrated_base_cv(cells, weeks, rough, spread, noise, rng),
        lift_sd=lift_sd,
        lift_sd_by_distance=by_distance,
        noise=noise,
    )


def _by_distance(held: Held, weeks: Flag, far: Flag, lift_sd: float, rng: np.random.Generator) -> float:
    """Return what a distance of 1 adds to the spread: what promotions outside of the range miss beyond those inside."""
    outer = item_sums(held, weeks, on=far)
    lifts = category_lifts(outer)
    if not lifts.category.size:
        return BY_DISTANCE
    here = far & held.promoted & weeks
    distance = float(held.forecast.distance[here].mean())
    typical = float(np.hypot(lift_sd, BY_DISTANCE * distance))
    spread = pooled_spread(lift_scores(outer, lifts, rng), typical)
    return float(np.clip(np.sqrt(max(spread**2 - lift_sd**2, 0.0)) / distance, *BY_DISTANCE_RANGE))


def measure(held: Held, cells: CellForecast, spreads: Spreads, weeks: Flag, rng: np.random.Generator) -> list[Coverage]:
    """Return how often intervals of given spreads held what happened in the marked weeks [T], by group."""
    sold = cells.sold[..., weeks]
    lift_sd = spreads.lift_sd_at(cells.distance)
    futures = unit_draws(cells, weeks, base_cv=spreads.base_cv, lift_sd=lift_sd, noise=spreads.noise, rng=rng)
    inside = holds(futures, sold)
    promoted = is_promoted(cells.promoted[..., weeks]) & (cells.base.mean(axis=0)[..., weeks] > 0)
    mechanic = np.broadcast_to(_main_mechanic(held)[:, weeks], sold.shape)
    distance = np.broadcast_to(cells.distance[:, weeks], sold.shape)
    out = tally("units", inside, [("all", np.ones_like(promoted)), ("promoted", promoted)])
    total = holds(futures.sum(axis=3), sold.sum(axis=2))
    out += tally("units", total, [("all weeks together", np.ones_like(total))])
    out += tally("units", inside, mechanic_groups(mechanic, promoted))
    out += tally("units", inside, distance_groups(distance, promoted))
    return out + _measure_lifts(held, spreads, weeks, rng)


def _measure_lifts(held: Held, spreads: Spreads, weeks: Flag, rng: np.random.Generator) -> list[Coverage]:
    out: list[Coverage] = []
    far = held.forecast.distance
    groups: list[tuple[str, Flag]] = [("all", np.ones_like(far, dtype=bool))]
    groups += mechanic_groups(held.forecast.mechanic, held.promoted) + distance_groups(far, held.promoted)
    for name, on in groups:
        if not on.any():
            continue
        sums = item_sums(held, weeks, on=on)
        lifts = category_lifts(sums)
        if lifts.category.size:
            spread = spreads.lift_sd_at(_category_distance(held, on & held.promoted & weeks))
            inside = holds(lift_draws(sums, spread, rng)[:, lifts.category], lifts.real)
            out += tally("lift", inside, [(name, np.ones_like(inside))])
    return out


def _category_distance(held: Held, on: Flag) -> Float:
    """Return the mean distance [C] of the marked item weeks, weighted by baseline."""
    base = held.forecast.base.mean(axis=0).sum(axis=0)[:, None] * on
    count = len(held.shelf.categories)
    total = np.bincount(held.shelf.category, base.sum(axis=1), count)
    return np.bincount(held.shelf.category, (base * held.forecast.distance).sum(axis=1), count) / np.maximum(
        total, 1e-9
    )


def _main_mechanic(held: Held) -> Int:
    """Return the mechanic [C, T] under which most of a category's promoted baseline stands."""
    base = held.forecast.base.mean(axis=0).sum(axis=0)[:, None]
    inside = (np.arange(len(held.shelf.categories))[:, None] == held.shelf.category[None]).astype(float)
    by_kind = np.stack([inside @ (base * (held.forecast.mechanic == kind)) for kind in range(len(KINDS))])
    return np.asarray(by_kind.argmax(axis=0), dtype=np.int64)

"""Scores of forecasts on held-out cells: error, bias, and the change that promotions make, foreseen and real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.streams import stream
from surrogate.held_out.held import Held

RESAMPLES = 1000
FEWEST_ITEMS = 3
"""Shelf items below which resampling them says nothing of chance."""
_ENDS = (2.5, 97.5)
_LEVEL_UNITS = 10.0
"""Units that an item's level counts as foreseen rightly beside those that it sold."""
_LEAST_VARIATION = 1e-6
"""Units a week: changes that differ by less were not foreseen at all, their sums are only rounded differently."""


@dataclass(frozen=True, kw_only=True)
class ForecastRow:
    """How well one predictor foresaw the held-out cells (segment x shelf item x week)."""

    name: str
    wape_promoted: float
    """Sum of absolute errors over units, on promoted cells; NaN where none sold anything."""
    bias_promoted: float
    """Forecast over units, less 1, on promoted cells; NaN where none sold anything."""
    wape_category: float
    """The error of segment x category x week, whatever was promoted."""
    change_correlation: float
    """Of promoted minus unpromoted units a week, foreseen and real, over segments and items that had both; NaN where
    fewer than three items had both."""
    change_slope: float
    """Real over foreseen change (least squares through 0): 1 is right, below 1 the changes are overrated."""
    note: str = ""
    wape_unpromoted: float = float("nan")
    """The error on cells where nothing was promoted, of levels alone; NaN where none sold anything."""
    bias_unpromoted: float = float("nan")
    """Forecast over units, less 1, on these cells."""
    wape_at_levels: float = float("nan")
    """The error on promoted cells of effects alone: each item's level is set right by its own cells without promotion
    (`at_real_levels`); NaN where fewer than three items had both."""
    effect_gain_95: tuple[float, float] | None = None
    """95 % interval of how much lower the network's `wape_at_levels` is (paired, over shelf items); None for the
    network itself, and where it is not known."""
    gain_95: tuple[float, float] | None = None
    """95 % interval of how much lower the network's error on promoted cells is (paired, over shelf items); None for the
    network itself, and where fewer than three items were promoted."""
    change_95: tuple[float, float] | None = None
    """95 % interval of the network's `change_correlation` over shelf items; None for others, and where unknown."""


def share_of(part: float, sold: float) -> float:
    """Return a part of what was sold as a share; NaN where nothing was, because an error of nothing is no success."""
    return part / sold if sold > 0 else float("nan")


def score_forecast(name: str, units: Float, held: Held, note: str = "") -> ForecastRow:
    """Score forecast units [S, I, T] against what was sold."""
    on = held.promoted
    units = units * held.shelf.counted
    real, sold = held.by_category(held.units), float((held.units * on).sum())
    correlation, slope = float("nan"), float("nan")
    if changed_items(held).sum() >= FEWEST_ITEMS:
        foreseen, happened = change_under_deals(held, units).ravel(), change_under_deals(held, held.units).ravel()
        if min(foreseen.std(), happened.std()) > _LEAST_VARIATION:
            correlation = float(np.corrcoef(foreseen, happened)[0, 1])
            slope = float((foreseen * happened).sum() / (foreseen**2).sum())
    off, both = held.unpromoted, held.promoted & changed_items(held)[:, None]
    quiet, judged = float((held.units * off).sum()), float((held.units * both).sum())
    enough = changed_items(held).sum() >= FEWEST_ITEMS
    right = at_real_levels(units, held)
    return ForecastRow(
        name=name,
        wape_unpromoted=share_of(float((np.abs(units - held.units) * off).sum()), quiet),
        bias_unpromoted=share_of(float((units * off).sum()), quiet) - 1,
        wape_at_levels=share_of(float((np.abs(right - held.units) * both).sum()), judged) if enough else float("nan"),
        wape_promoted=share_of(float((np.abs(units - held.units) * on).sum()), sold),
        bias_promoted=share_of(float((units * on).sum()), sold) - 1,
        wape_category=float(np.abs(held.by_category(units) - real).sum() / max(real.sum(), 1e-9)),
        change_correlation=correlation,
        change_slope=slope,
        note=note,
    )


def at_real_levels(units: Float, held: Held) -> Float:
    """Return forecast units [S, I, T] with the level of each item set right by its own weeks without promotion.

    All segments together: what an item sold in these weeks over what was foreseen, drawn to 1 where both are few. What
    is then still missed where it was promoted is the promotion's effect, and chance.
    """
    off = held.unpromoted
    real, foreseen = ((values * off).sum(axis=(0, 2)) for values in (held.units, units))
    return np.asarray(units * ((real + _LEVEL_UNITS) / (foreseen + _LEVEL_UNITS))[:, None])


def changed_items(held: Held) -> Flag:
    """Return the shelf items [I] that had both promoted and unpromoted weeks."""
    return np.asarray(held.promoted.any(axis=1) & held.unpromoted.any(axis=1))


def change_under_deals(held: Held, values: Float) -> Float:
    """Return units a week, promoted minus unpromoted, of units [S, I, T]: [S, items that had both]."""
    on, off, both = held.promoted, held.unpromoted, changed_items(held)
    promoted = (values * on).sum(axis=2)[:, both] / on.sum(axis=1)[both]
    return np.asarray(promoted - (values * off).sum(axis=2)[:, both] / off.sum(axis=1)[both])


def beside_chance(rows: Sequence[ForecastRow], forecasts: Sequence[Float], held: Held, seed: int) -> list[ForecastRow]:
    """Add to each forecast's scores, the network's first, what resampling the shelf items makes of its lead."""
    on = held.promoted
    size = (held.units * on).sum(axis=(0, 2))
    errors = [(np.abs(units * held.shelf.counted - held.units) * on).sum(axis=(0, 2)) for units in forecasts]
    rng = stream(seed, "evaluation leads")
    draws = resampled_items(size, rng)
    ours = replace(rows[0], change_95=_change_interval(rows[0], forecasts[0], held, rng))
    both = on & changed_items(held)[:, None]
    judged = (held.units * both).sum(axis=(0, 2))
    counted = [at_real_levels(units * held.shelf.counted, held) for units in forecasts]
    effects = [(np.abs(units - held.units) * both).sum(axis=(0, 2)) for units in counted]
    fresh = resampled_items(judged, stream(seed, "evaluation effects"))
    return [
        ours,
        *(
            replace(
                row,
                gain_95=gain_interval(draws, size, errors[0], error),
                effect_gain_95=gain_interval(fresh, judged, effects[0], effect),
            )
            for row, error, effect in zip(rows[1:], errors[1:], effects[1:], strict=True)
        ),
    ]


def resampled_items(size: Float, rng: np.random.Generator) -> Int:
    """Return how often each resample takes each shelf item [R, I]; ``size`` [I] is what they sold under promotions."""
    draws = rng.multinomial(size.size, np.full(size.size, 1 / size.size), size=RESAMPLES)
    return draws[draws @ size > 0]  # where few items were promoted, a resample may hold none of them


def gain_interval(draws: Int, size: Float, ours: Float, other: Float) -> tuple[float, float] | None:
    """Return the 95 % interval of how much lower our error is than another forecast's, as a share of what was sold.

    Parameters
    ----------
    draws
        As `resampled_items` gives them.
    size, ours, other
        [I] units sold and absolute errors on promoted cells.

    Returns
    -------
    tuple or None
        None where too few items were promoted to tell chance.
    """
    if (size > 0).sum() < FEWEST_ITEMS:
        return None
    return _ends(draws @ (other - ours) / (draws @ size))


def _change_interval(
    row: ForecastRow, units: Float, held: Held, rng: np.random.Generator
) -> tuple[float, float] | None:
    if np.isnan(row.change_correlation):
        return None
    foreseen, happened = change_under_deals(held, units * held.shelf.counted), change_under_deals(held, held.units)
    values = []
    for pick in rng.integers(foreseen.shape[1], size=(RESAMPLES, foreseen.shape[1])):
        mine, real = foreseen[:, pick].ravel(), happened[:, pick].ravel()
        if min(mine.std(), real.std()) > _LEAST_VARIATION:
            values.append(float(np.corrcoef(mine, real)[0, 1]))
    return _ends(np.array(values)) if values else None


def _ends(values: Float) -> tuple[float, float]:
    low, high = np.percentile(values, _ENDS)
    return float(low), float(high)

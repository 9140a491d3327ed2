"""Scores of forecasts on held-out cells: error, bias, and the change that promotions make, foreseen and real."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate.held_out.held import Held

Float = NDArray[np.float64]

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


def share_of(part: float, sold: float) -> float:
    """Return a part of what was sold as a share; NaN where nothing was, because an error of nothing is no success."""
    return part / sold if sold > 0 else float("nan")


def score_forecast(name: str, units: Float, held: Held, note: str = "") -> ForecastRow:
    """Score forecast units [S, I, T] against what was sold."""
    on, off = held.promoted, held.unpromoted
    units = units * held.shelf.counted
    real, sold = held.by_category(held.units), float((held.units * on).sum())
    both = on.any(axis=1) & off.any(axis=1)

    def change(values: Float) -> Float:
        promoted = (values * on).sum(axis=2)[:, both] / on.sum(axis=1)[both]
        return np.asarray(promoted - (values * off).sum(axis=2)[:, both] / off.sum(axis=1)[both])

    correlation, slope = float("nan"), float("nan")
    if both.sum() >= 3:
        foreseen, happened = change(units).ravel(), change(held.units).ravel()
        if min(foreseen.std(), happened.std()) > _LEAST_VARIATION:
            correlation = float(np.corrcoef(foreseen, happened)[0, 1])
            slope = float((foreseen * happened).sum() / (foreseen**2).sum())
    return ForecastRow(
        name=name,
        wape_promoted=share_of(float((np.abs(units - held.units) * on).sum()), sold),
        bias_promoted=share_of(float((units * on).sum()), sold) - 1,
        wape_category=float(np.abs(held.by_category(units) - real).sum() / max(real.sum(), 1e-9)),
        change_correlation=correlation,
        change_slope=slope,
        note=note,
    )

"""Calibration on held-out weeks: how far level forecasts, lifts and coupon use miss, beyond counting noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surrogate.evaluate import Held

Float = NDArray[np.float64]

LIFT_SD_RANGE = (0.15, 0.80)
BASE_CV_RANGE = (0.05, 0.80)


def dispersion(held: Held) -> float:
    """Return variance over mean of weekly units [S, C] around their own held-out level."""
    actual, expected = held.by_category(held.units), np.maximum(held.by_category(held.network), 1e-9)
    weeks = actual.shape[2]
    if weeks < 2:
        return 3.0
    level = expected * actual.sum(axis=2, keepdims=True) / expected.sum(axis=2, keepdims=True)
    ratio = ((actual - level) ** 2).sum(axis=2) / np.maximum(level.mean(axis=2), 1e-9) / (weeks - 1)
    return float(max(ratio.mean(), 1.0))


def base_cv(held: Held) -> Float:
    """Return by segment [S] the relative standard deviation of held-out category totals around the forecast.

    Counting noise is taken off; what remains is how far levels drift, which all periods of a future share.
    """
    actual, expected = (held.by_category(values).sum(axis=2) for values in (held.units, held.network))
    expected = np.maximum(expected, 1e-9)
    excess = ((actual - expected) ** 2 - dispersion(held) * expected) / expected**2
    weight = expected / (1.0 + expected / 100.0)  # large cells tell more, up to a point
    variance = np.maximum((weight * excess).sum(axis=1) / weight.sum(axis=1), 0.0)
    return np.asarray(np.clip(np.sqrt(variance), *BASE_CV_RANGE))


def lift_sd(held: Held) -> float:
    """Return the standard deviation of log(real lift / foreseen lift) over categories.

    A category's level error is taken off by its unpromoted cells; the spread is robust (median absolute deviation)
    and the mean counting noise is taken off.
    """
    on = held.promoted[None]

    def sums(values: Float, mask: NDArray[np.bool_]) -> Float:
        return np.asarray(held.by_category(values * mask).sum(axis=(0, 2)))

    units, base, plain = sums(held.units, on), sums(held.baseline, on), sums(held.network, ~on)
    level = (sums(held.units, ~on) + 50.0) / (plain + 50.0)
    real, foreseen = units / np.maximum(base * level, 1e-9) - 1, sums(held.network, on) / np.maximum(base, 1e-9) - 1
    usable = (real > 0.02) & (foreseen > 0.02) & (base > 20)
    if usable.sum() < 5:
        return 0.5
    error = np.log(real[usable] / foreseen[usable])
    spread = 1.4826 * float(np.median(np.abs(error)))  # around 0: a common bias is an error too
    noise = dispersion(held) * units[usable] / (base[usable] * level[usable]) ** 2 / real[usable] ** 2
    return float(np.clip(np.sqrt(max(spread**2 - float(np.median(noise)), 0.0)), *LIFT_SD_RANGE))


def take_up_cv(redeemed: Float, expected: Float, exposed: Float) -> float:
    """Return the relative standard deviation of coupon use over campaigns [N] beyond binomial noise, 0.3 to 1.0."""
    used = expected > 0
    if used.sum() < 5:
        return 0.6
    share = expected[used] / exposed[used]
    excess = (redeemed[used] - expected[used]) ** 2 - expected[used] * (1 - share)
    return float(np.clip(np.sqrt(max(excess.sum() / (expected[used] ** 2).sum(), 0.0)), 0.3, 1.0))

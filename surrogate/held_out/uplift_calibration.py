"""How well uplift scores size what an offer does: predicted and observed uplift side by side, on a randomised trial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float
from surrogate.held_out.trial import (
    Estimate,
    Trial,
    check_score,
    difference_of_means,
    normal_estimate,
    summed_by_customer,
)


@dataclass(frozen=True, kw_only=True)
class CalibrationRow:
    """Customers of similar predicted uplift: what was predicted, and what the experiment shows."""

    customers: int
    predicted: float
    observed: Estimate


def calibration(trial: Trial, predicted: Float, *, bins: int = 10) -> tuple[CalibrationRow, ...]:
    """Compare predicted and observed uplift in bins of equal size (deciles), lowest prediction first.

    Customers of equal prediction stay together, so there may be fewer bins; one that lacks an arm joins the next.

    Raises
    ------
    ValueError
        For less than one bin, and predictions [N] that do not fit the trial.
    """
    if not (bins >= 1):
        raise ValueError("bins must be at least 1")
    check_score(trial, predicted)
    edges = np.unique(np.quantile(predicted, np.arange(1, bins) / bins, method="inverted_cdf"))
    place = np.searchsorted(edges, predicted, side="left")
    masks: list[Flag] = []
    here = np.zeros(predicted.size, dtype=bool)
    for number in range(edges.size + 1):
        here = here | (place == number)
        if trial.treated[here].any() and not trial.treated[here].all():
            masks.append(here)
            here = np.zeros(predicted.size, dtype=bool)
    masks[-1] = masks[-1] | here
    rows = []
    for mask in masks:
        mean, variance = difference_of_means(trial, mask)
        observed = normal_estimate(mean, float(np.sqrt(variance)))
        rows.append(
            CalibrationRow(
                customers=int(mask.sum()) if trial.unit is None else int(np.unique(trial.unit[mask]).size),
                predicted=float(predicted[mask].mean()),
                observed=observed,
            )
        )
    return tuple(rows)


def calibration_slope(trial: Trial, predicted: Float) -> Estimate:
    """Return the slope of the true uplift on the predicted: 1 is right, 0 says that predictions hold no information.

    Least squares of an unbiased sign of each customer's uplift, y (t - e) / (e (1 - e)), on the prediction, with
    heteroscedasticity-robust standard errors (the best linear predictor of Chernozhukov, Demirer, Duflo and
    Fernandez-Val, doi:10.3982/ECTA19303).

    Parameters
    ----------
    predicted
        [N] uplift.
    """
    check_score(trial, predicted)
    e = trial.propensity
    sign = trial.outcome * (trial.treated - e) / (e * (1.0 - e))
    centred = predicted - predicted.mean()
    spread = float((centred**2).sum())
    if not (spread > 0):
        return Estimate(value=0.0, low=float("-inf"), high=float("inf"), standard_error=float("inf"))
    slope = float((centred * sign).sum() / spread)
    residual = sign - sign.mean() - slope * centred
    return normal_estimate(
        slope, float(np.sqrt((summed_by_customer(centred * residual, trial.unit) ** 2).sum()) / spread)
    )

"""Prices of several limits: the dual function, smoothed, on some of the customers.

The dual function at prices p >= 0 is sum_i max_c (v_ic - p . a_ic)^+ + p . b: convex, with a kink wherever a customer
is torn between two choices. The soft maximum with temperature mu has no kinks and lies at most mu log(C + 1) a customer
above it (Nesterov 2005, doi:10.1007/s10107-004-0552-5). It is minimised by L-BFGS-B, then again at a lower temperature
from there, in units in which a step of 1 moves an average use by mu, so that every stage is equally well scaled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, priced
from scenarios.arrays import Float

DIGITS = 12
"""Significant digits that prices are rounded to: they are printed, and decide for new customers."""


@dataclass(frozen=True, kw_only=True)
class SmoothParams:
    """How the temperature falls.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    factor: float = 0.25
    """Each temperature over the one before."""
    iterations: int = 60
    """Most iterations of L-BFGS-B at one temperature."""

    def __post_init__(self) -> None:
        if not (0 < self.factor < 1):
            raise ValueError("factor must lie between 0 and 1")
        if not (self.iterations >= 1):
            raise ValueError("iterations must be at least 1")


def soft_dual(
    rows: Rows, question: AssignQuestion, bounds: Float, prices: Float, temperature: float
) -> tuple[float, Float]:
    """Return the smoothed dual function and its gradient [L] at prices [L], with bounds [L] for these rows."""
    s, c = len(question.segments), len(question.offers)
    table = question.price_table(prices)
    worth = np.stack([priced(rows, offer, table) for offer in range(c)])
    best = np.maximum(worth.max(axis=0), 0.0)
    share = np.exp((worth - best) / temperature)
    total = share.sum(axis=0) + np.exp(-best / temperature)
    share /= total
    value = float(best.sum() + temperature * np.log(total).sum() + prices @ bounds)
    used = np.zeros((len(question.measures), s, c))
    for measure, use in enumerate(rows.use):
        for offer in range(c):
            weight = share[offer] if use is None else share[offer] * use[offer]
            used[measure, :, offer] = np.bincount(rows.segment, weights=weight, minlength=s)
    gradient = bounds - np.array([
        float((question.cells[number] * used[limit.measure]).sum()) for number, limit in enumerate(question.limits)
    ])  # fmt: skip
    return value, gradient


def typical_use(rows: Rows, question: AssignQuestion) -> Float:
    """Return the mean use of an offer by who can have it, of each limit [L]; 1 where nobody uses any."""
    out = np.ones(len(question.limits))
    possible = np.isfinite(rows.value)
    for number, limit in enumerate(question.limits):
        inside = limit.cells.T[:, rows.segment] & possible
        use = rows.use[limit.measure]
        count = int(inside.sum())
        if count and use is not None:
            out[number] = max(float(use[inside].sum()) / count, 1e-9)
    return out


def typical_value(rows: Rows) -> float:
    """Return the mean value of customers' best offers, of those that are worth any."""
    best = rows.value.max(axis=0)
    good = best[best > 0]
    return float(good.mean()) if good.size else 1.0


def smooth_prices(
    rows: Rows,
    question: AssignQuestion,
    bounds: Float,
    start: Float,
    temperatures: tuple[float, float],
    params: SmoothParams,
    reach: Float | None = None,
) -> Float:
    """Minimise the dual function of some rows.

    Parameters
    ----------
    bounds
        [L] what these rows may use.
    start
        Prices [L] to begin with.
    temperatures
        The first and the last.
    reach
        [L] how far prices may move from ``start``; everywhere where none is given.

    Returns
    -------
    Float
        Prices [L], at least 0.
    """
    uses = typical_use(rows, question)
    low = np.zeros_like(start) if reach is None else np.maximum(start - reach, 0.0)
    high = np.full_like(start, np.inf) if reach is None else start + reach
    prices, temperature = start.copy(), temperatures[0]
    while True:
        step = temperature / uses
        unit = max(rows.count, 1) * temperature

        def scaled(
            point: Float,
            begin: Float = prices,
            step: Float = step,
            unit: float = unit,
            temperature: float = temperature,
        ) -> tuple[float, Float]:
            value, gradient = soft_dual(rows, question, bounds, begin + point * step, temperature)
            return value / unit, gradient * step / unit

        box = [((a - p) / d, (b - p) / d) for a, b, p, d in zip(low, high, prices, step, strict=True)]
        found = minimize(
            scaled, np.zeros_like(prices), jac=True, method="L-BFGS-B", bounds=box,
            options={"maxiter": params.iterations, "ftol": 1e-13, "gtol": 1e-9, "maxcor": 20},
        )  # fmt: skip
        prices = np.clip(prices + found.x * step, low, high)
        if temperature <= temperatures[1]:
            return np.asarray(prices)
        temperature = max(temperature * params.factor, temperatures[1])


def to_price_digits(prices: Float) -> Float:
    """Round prices to `DIGITS` significant digits."""
    return np.array([float(f"{price:.{DIGITS - 1}e}") for price in prices])

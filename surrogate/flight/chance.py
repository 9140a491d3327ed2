"""The chance of single days around what a future expects: customers come or not, and some days are better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ChanceParams:
    """How much single periods scatter beyond the counting of customers.

    Raises
    ------
    ValueError
        For a deviation outside 0 to 1, and lots of less than a unit.
    """

    everywhere: float = 0.07
    """Relative standard deviation of a period, for all products alike: weather, news."""
    product: float = 0.07
    """Relative standard deviation of a product in a period."""
    lot: float = 1.0
    """Units that come together: the variance of a count is so many times its mean."""

    def __post_init__(self) -> None:
        for name in ("everywhere", "product"):
            if not (0.0 <= getattr(self, name) <= 1.0):
                raise ValueError(f"{name}: expected a deviation from 0 to 1, got {getattr(self, name)}")
        if not (self.lot >= 1.0):
            raise ValueError(f"lot: expected at least 1 unit, got {self.lot}")


def with_chance(units: Float, params: ChanceParams, rng: np.random.Generator) -> Float:
    """Draw units [..., Z, K, T] around expected ones: Poisson counts of lots about factors of mean 1."""
    wanted = np.maximum(units, 0.0) * days(units.shape, params, rng)
    return np.asarray(params.lot * rng.poisson(wanted / params.lot), dtype=np.float64)


def days(shape: tuple[int, ...], params: ChanceParams, rng: np.random.Generator) -> Float:
    """Draw how good single periods are for cells of a shape [..., Z, K, T]: factors [..., 1, K, T] of mean 1."""
    *lead, _, products, periods = shape
    everywhere = _factors(rng, (*lead, 1, 1, periods), params.everywhere)
    return everywhere * _factors(rng, (*lead, 1, products, periods), params.product)


def _factors(rng: np.random.Generator, shape: tuple[int, ...], cv: float) -> Float:
    if not cv:
        return np.ones(shape)
    sd = float(np.sqrt(np.log1p(cv**2)))
    return np.asarray(np.exp(sd * rng.standard_normal(shape) - 0.5 * sd**2))

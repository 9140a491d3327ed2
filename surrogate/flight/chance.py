"""The chance of single days around what a future expects: customers come or not, and some days are better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Float
from scenarios.response.effects import Weather


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
    category: float = 0.0
    """The same of all products of a category alike, beside; not without `categories`."""
    product: float = 0.07
    """Relative standard deviation of a product in a period."""
    lot: float = 1.0
    """Units that come together: the variance of a count is so many times its mean."""
    categories: tuple[int, ...] = ()
    """[K] number of each product's category."""
    measured: bool = False
    """Whether data told the deviations; else they are assumed."""

    def __post_init__(self) -> None:
        for name in ("everywhere", "category", "product"):
            if not (0.0 <= getattr(self, name) <= 1.0):
                raise ValueError(f"{name}: expected a deviation from 0 to 1, got {getattr(self, name)}")
        if not (self.lot >= 1.0):
            raise ValueError(f"lot: expected at least 1 unit, got {self.lot}")
        if self.category and not self.categories:
            raise ValueError("categories: expected the category of each product, got none")

    def by(self, weather: Weather | None, categories: Sequence[str]) -> ChanceParams:
        """The same as the data told it, where it did; ``categories`` [K] of the products."""
        if weather is None:
            return self
        names = list(dict.fromkeys(categories))
        return replace(
            self,
            everywhere=weather.everywhere,
            category=weather.category,
            product=weather.product,
            categories=tuple(names.index(each) for each in categories),
            measured=True,
        )

    @property
    def variance(self) -> float:
        """Of one product in a period, without the counting."""
        return self.everywhere**2 + self.category**2 + self.product**2


def with_chance(units: Float, params: ChanceParams, rng: np.random.Generator) -> Float:
    """Draw units [..., Z, K, T] around expected ones: Poisson counts of lots about factors of mean 1."""
    wanted = np.maximum(units, 0.0) * days(units.shape, params, rng)
    return np.asarray(params.lot * rng.poisson(wanted / params.lot), dtype=np.float64)


def days(shape: tuple[int, ...], params: ChanceParams, rng: np.random.Generator) -> Float:
    """Draw how good single periods are for cells of a shape [..., Z, K, T]: factors [..., 1, K, T] of mean 1."""
    *lead, _, products, periods = shape
    everywhere = _factors(rng, (*lead, 1, 1, periods), params.everywhere)
    found = everywhere * _factors(rng, (*lead, 1, products, periods), params.product)
    if params.category:
        # Whole baskets, where they come after the products, are of no category.
        places = [*params.categories, *range(max(params.categories) + 1, max(params.categories) + 2)][:products]
        of_each = _factors(rng, (*lead, 1, max(params.categories) + 2, periods), params.category)
        found = found * of_each[..., np.array(places), :]
    return found


def _factors(rng: np.random.Generator, shape: tuple[int, ...], cv: float) -> Float:
    if not cv:
        return np.ones(shape)
    sd = float(np.sqrt(np.log1p(cv**2)))
    return np.asarray(np.exp(sd * rng.standard_normal(shape) - 0.5 * sd**2))

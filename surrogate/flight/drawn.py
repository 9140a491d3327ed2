"""Watched series in drawn futures of a plan, with and without the chance of single days."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.series import Watched
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import sales
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.streams import stream
from surrogate.flight.chance import ChanceParams, with_chance

Float = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnSeries:
    """D futures of J series, in units."""

    means: Float
    """[D, J, T] what each future expects."""
    chanced: Float
    """[D, J, T] the same with the chance of single days."""
    products: Float
    """[D, K, T] demand of each product by itself, with that chance, whether watched or not."""


def unlimited(model: Coefficients) -> Coefficients:
    """The model as if nothing ever sold out: demand, of which sold-out products would hide a part."""
    return replace(model, available=np.full_like(model.available, np.inf))


def draw_series(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    watched: Watched,
    *,
    seed: int,
    name: str,
    count: int,
    chance: ChanceParams,
) -> DrawnSeries:
    """Draw futures of a plan and add up the watched series.

    Parameters
    ----------
    model
        Tables of the problem; `unlimited` for demand.
    name
        Names the streams of the futures and of their chance.
    count
        Number of futures.
    """
    rng = stream(seed, "flight", name, "chance")
    means, chanced, products = [], [], []
    for what in sales(model, effects, plan, draw(model.grid, effects, seed, name=f"flight {name}", count=count)):
        units = watched.folded(what.units)
        counted = with_chance(units, chance, rng)
        means.append(watched.sums(units))
        chanced.append(watched.sums(counted))
        products.append(counted.sum(axis=-3))
    return DrawnSeries(means=np.concatenate(means), chanced=np.concatenate(chanced), products=np.concatenate(products))

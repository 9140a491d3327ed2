"""Watched series, of sales and uses, in drawn futures of a plan, with and without the chance of single days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float
from scenarios.flight.series import Watched
from scenarios.flight.watched_uses import WatchedUses
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import sales
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.streams import stream
from surrogate.flight.chance import ChanceParams, with_chance

FORECAST = "forecast"
"""Names the futures that a forecast is made of."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnSeries:
    """D futures of J series, in units; those of uses come last."""

    means: Float
    """[D, J, T] what each future expects."""
    chanced: Float
    """[D, J, T] the same with the chance of single days."""
    products: Float
    """[D, K, T] demand of each product by itself, with that chance, whether watched or not."""
    product_means: Float
    """[D, K, T] the same without that chance."""


def draw_series(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    watched: Watched,
    *,
    seed: int,
    count: int,
    chance: ChanceParams,
) -> DrawnSeries:
    """Draw the forecast's futures of a plan and add up the series of sales; as `draw_under`, under one chance."""
    (found,) = draw_under(model, effects, plan, watched, seed=seed, name=FORECAST, count=count, chances=(chance,))
    return found


def draw_under(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    watched: Watched,
    *,
    seed: int,
    name: str,
    count: int,
    chances: Sequence[ChanceParams],
    uses: WatchedUses | None = None,
) -> tuple[DrawnSeries, ...]:
    """Draw futures of a plan and add up the watched series, the same futures under each of some chances.

    Parameters
    ----------
    model
        Tables of the problem; `scenarios.response.coefficients.unlimited` for demand.
    name
        Names the streams of the futures and of their chance.
    count
        Number of futures.
    uses
        Uses that are watched beside sales.
    """
    path = (seed, "flight", name)
    streams = [(stream(*path, "chance"), stream(*path, "chance of uses")) for _ in chances]
    means: list[Float] = []
    product_means: list[Float] = []
    happened: list[list[tuple[Float, Float]]] = [[] for _ in chances]
    for what in sales(model, effects, plan, draw(model.grid, effects, seed, name=f"flight {name}", count=count)):
        units = watched.folded(what.units)
        used = None if uses is None else uses.by_product(what)
        sums = watched.sums(units)
        means.append(sums if used is None else np.concatenate([sums, used.sum(axis=-2)], axis=-2))
        product_means.append(units.sum(axis=-3))
        for chance, (rng, rng_uses), found in zip(chances, streams, happened, strict=True):
            counted = with_chance(units, chance, rng)
            sums = watched.sums(counted)
            if used is not None:
                # Each offer's uses scatter by days of their own: what they share with sales would only make alarms
                # rarer.
                used_by_chance = with_chance(used[..., None, :, :], chance, rng_uses)[..., 0, :, :]
                sums = np.concatenate([sums, used_by_chance.sum(axis=-2)], axis=-2)
            found.append((sums, counted.sum(axis=-3)))
    alike = {"means": np.concatenate(means), "product_means": np.concatenate(product_means)}
    return tuple(
        DrawnSeries(
            chanced=np.concatenate([sums for sums, _ in each]), products=np.concatenate([of for _, of in each]), **alike
        )
        for each in happened
    )

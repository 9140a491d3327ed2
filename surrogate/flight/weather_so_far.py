"""Which weather a running campaign has had: told by its own untouched sales, where no data told it before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import Actuals
from scenarios.flight.series import told_by_segment, watch
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects, Weather
from surrogate.flight.chance import ChanceParams
from surrogate.flight.common_sales import common_sales
from surrogate.flight.drawn import draw_under, unlimited
from surrogate.flight.untouched import LEAST_UNITS, untouched
from surrogate.flight.weathers import likeliest, possible_weathers

FUTURES = 200
"""That say what is usual."""


def weather_so_far(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    actuals: Actuals,
    usable: NDArray[np.bool_],
    *,
    seed: int,
    chance: ChanceParams,
) -> Weather | None:
    """Return how much periods scatter; None where that was measured before, and in calm weather.

    Parameters
    ----------
    plan
        What ran.
    usable : [K, T]
        Cells that can be compared with the forecast.
    chance
        What is assumed of single periods, or measured.
    """
    grid, sold = actuals.grid, np.nan_to_num(actuals.units_total)
    weathers = possible_weathers(chance, [product.category for product in grid.products])
    if len(weathers) == 1:
        return None
    watched = watch(grid, plan, usable, by_segment=told_by_segment(actuals))
    apart = untouched(grid, plan, watched)
    futures = draw_under(
        unlimited(model), effects, plan, watched, seed=seed, name="weather", count=FUTURES,
        chances=[each.chance for each in weathers],
    )  # fmt: skip
    logs = []
    for drawn in futures:
        means, sums = apart.by_category(drawn.product_means), apart.by_category(drawn.products)
        usual = common_sales(means, sums, np.asarray(means.mean(axis=0) >= LEAST_UNITS))
        logs.append(float(usual.log_likelihood(apart.by_category(sold))[actuals.last]))
    told = likeliest(weathers, np.array(logs))
    if told == 0:
        return None
    found = weathers[told].chance
    return Weather(everywhere=found.everywhere, category=found.category, product=found.product)

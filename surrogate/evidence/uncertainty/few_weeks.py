"""How sure an effect can be that is told by few weeks: what weeks do by themselves does not average out over customers.

Public offers are compared with other weeks. What their own weeks sold for weather, news or chance is part of what they
seem to bring, for all customers and goods alike, so a sum over thousands of customers is no surer than the weeks are
many. How much weeks differ is known of all weeks (`uncertainty.weather`), and with it the error of a mean over
the weeks of a mechanic: the standard error of its log lift, whatever that lift is. Offers to named customers are
compared with the others on the same days, and their weeks are nobody's.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from surrogate.digits import to_digits
from surrogate.evidence.uncertainty.weather import LEAST, WeeklyWeather
from surrogate.shelf.cells import Shelf
from surrogate.shelf.deal_cells import DealCells
from surrogate.shelf.mechanics import KINDS


def week_errors(
    cells: DealCells, shelf: Shelf, units: Float, weather: WeeklyWeather | None, counting: float
) -> dict[str, float]:
    """Return by mechanic the standard error of a log lift that its weeks leave: ``sent MECHANIC`` of targeted offers.

    Parameters
    ----------
    cells
        Where declared offers ran.
    shelf
        Its items and weeks.
    units
        [I] units that items sell in a usual week.
    weather
        How much weeks differ; where it is not known they are taken to differ by the least that is believed.
    counting
        Variance over mean of counts.
    """
    found: dict[str, float] = {}
    of_category = (np.arange(len(shelf.categories))[:, None] == shelf.category[None]).astype(np.float64)
    for kind in np.unique(cells.kind).tolist():
        for sent in (False, True):
            mine = (cells.kind == kind) & (cells.targeted == sent)
            if not mine.any():
                continue
            on = np.zeros((len(shelf.names) + 1, shelf.weeks.size))
            on[cells.item[mine], cells.week[mine] - int(shelf.weeks[0])] = 1.0
            sold = of_category @ (units[:, None] * np.maximum(on[:-1], on[-1:]))  # [C, T]
            name = f"sent {KINDS[kind].value}" if sent else KINDS[kind].value
            found[name] = 0.0 if cells.apart[mine].any() else mean_error(sold, weather, counting)
    return found


def mean_error(sold: Float, weather: WeeklyWeather | None, counting: float) -> float:
    """Return the standard error of a mean over categories and weeks [C, T], weighed by what these sell."""
    total = sold.sum()
    if not total > 0:
        return 0.0
    share = sold / total
    spread = LEAST**2 * (1.0 + np.eye(len(sold)))
    if weather is not None:
        spread = np.maximum(weather.covariance, spread * np.eye(len(sold)))
    variance = float(np.einsum("ct,cd,dt->", share, spread, share))
    floor = LEAST**2 * float((share.sum(axis=0) ** 2).sum())
    return float(to_digits(np.sqrt(np.array([max(variance, floor) + counting / total])), 4)[0])

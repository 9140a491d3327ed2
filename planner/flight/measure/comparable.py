"""Which cells of a running campaign can be compared with its forecast, and how much single days scatter there.

Sales at zero where nearly every future sells something are an empty shelf that nobody told of, and so are zeros beside
them. Such a cell says nothing of demand, nor of how much single days scatter.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag
from scenarios.first_few import first_few
from scenarios.flight.actuals import Actuals
from scenarios.flight.series import all_ran_as_planned, sold_cells, told_by_segment, watch
from scenarios.response.coefficients import Coefficients, unlimited
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by
from surrogate.flight.chance import ChanceParams
from surrogate.flight.evidence import sold_out
from surrogate.flight.lots import lot_size
from surrogate.flight.watch.drawn import draw_series

SURE_SALES = 3.0
"""Sales at zero are read as an empty shelf where 99 % of the futures expect at least so many units."""
FUTURES = 400
"""That say so."""


def comparable(actuals: Actuals, plan: NDArray[np.int8]) -> Flag:
    """[K, T] cells that are observed, not sold out and ran as planned, and the rest of the products that are."""
    return np.asarray(~sold_out(actuals) & all_ran_as_planned(actuals, plan) & _known(actuals))


def told_chance(
    model: Coefficients, plan: NDArray[np.int8], actuals: Actuals, usable: Flag, chance: ChanceParams
) -> ChanceParams:
    """The chance of single days, with lots as large as the actuals tell."""
    seen, expected = actuals.last + 1, sold_by(model, plan, np).units
    if not told_by_segment(actuals):
        expected = expected.sum(axis=0, keepdims=True)
    sold = sold_cells(actuals)[..., :seen]
    return replace(chance, lot=lot_size(sold, expected[..., :seen], usable[:, :seen], chance))


def empty_shelves(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    actuals: Actuals,
    *,
    seed: int,
    chance: ChanceParams,
    futures: int = FUTURES,
    before: Coefficients | None = None,
) -> tuple[Flag, ChanceParams]:
    """[K, T] shelves that were empty though nobody told so, and the chance of single days elsewhere.

    Parameters
    ----------
    effects
        That ``model`` was made of.
    before
        Tables of what was believed before the campaign, where ``model`` holds sales that are known: what these sales
        themselves foresee does not scatter around them.
    chance
        Of single days, before their lots are told.
    """
    usable = comparable(actuals, plan)
    expected = sold_by(unlimited(model), plan, np).units.sum(axis=0)
    zero = np.asarray(usable & (np.nan_to_num(actuals.units_total, nan=1.0) == 0) & (expected >= SURE_SALES))
    told = told_chance(before or model, plan, actuals, usable & ~zero, chance)
    if not zero.any():
        return zero, told
    watched = watch(actuals.grid, plan, usable, by_segment=told_by_segment(actuals))
    drawn = draw_series(unlimited(model), effects, plan, watched, seed=seed, count=futures, chance=told)
    sure = np.asarray(zero & (np.quantile(drawn.products, 0.01, axis=0) >= SURE_SALES))
    silent = beside(sure, zero, np.array(actuals.grid.scenario.horizon.opened(), dtype=bool))
    return silent, told_chance(before or model, plan, actuals, usable & ~silent, chance)


def beside(sure: Flag, zero: Flag, opened: Flag) -> Flag:
    """[K, T] days that are surely empty, with the zeros before and after them without a sale between: the same shelf.

    A zero by itself, where only the mean of the futures is large enough, stays in the comparison: of many quiet days
    some are zeros. That one lies beside a day that is surely empty is rare by chance, so that no forecast looks better
    than it is where shelves are full.

    Parameters
    ----------
    sure, zero : [K, T]
        Days on which 99 % of the futures sell enough, and on which their mean does; nothing was sold on either.
    opened : [T]
        Closed days are passed over, and belong to no run.
    """
    found, days = np.zeros_like(sure), np.flatnonzero(opened)
    for k in np.flatnonzero(sure.any(axis=1)):
        runs = np.split(days, np.flatnonzero(np.diff(zero[k, days].astype(np.int8))) + 1)
        for run in runs:
            found[k, run] = bool(sure[k, run].any())
    return found


def told_empty(actuals: Actuals, silent: Flag) -> tuple[str, ...]:
    """Say which shelves are read as empty by their sales alone, a sentence a product."""
    said = []
    for k, product in enumerate(actuals.grid.products):
        dates = [str(actuals.grid.scenario.horizon.date_of(int(period))) for period in np.flatnonzero(silent[k])]
        if dates:
            when = first_few(dates)
            said.append(f"{product.id} sold nothing where nearly every future sells something, {when}: an empty shelf?")
    return tuple(said)


def _known(actuals: Actuals) -> Flag:
    """[K, T] cells that are observed, and the rest of the products that are."""
    later = np.arange(actuals.grid.shape[2]) > actuals.last
    ever = np.asarray(actuals.observed.any(axis=1, keepdims=True))
    return np.asarray(actuals.observed | (later & ever))

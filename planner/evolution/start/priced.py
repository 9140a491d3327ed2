"""Prices of limits at a plan that is there already: duals of the linear programme over single changes.

A guided step learns prices from nothing in many iterations, and tears a good plan apart meanwhile. At a good plan the
linear programme knows them at once.
"""

from __future__ import annotations

import numpy as np

from constraints.solver.linear import LinearModel
from constraints.solver.prices import LpPrices, PriceError, PriceProgramme
from planner.evolution.linearise import linearise
from planner.evolution.neighbourhood import Neighbourhood, over_columns
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Plan

PRICED_SLOTS = 2000
"""Slots that the linear programme sees: lines, then the most promising others."""
PRICED_LINES = 8000
"""Lines that prices to search by are taken from, at most; of more, and of the promising slots, every so-manieth."""
NEAR = 0.25
"""Limits and stock of which a larger share is left are taken to be worth nothing."""
A_LITTLE = 1e-4
"""Share of a bound by which limits are eased where the linear programme is torn between its prices."""


def promising(space: Workspace, plan: Plan, prices: Prices, most: int | None = None) -> Neighbourhood:
    """The slots that say most of what limits are worth at a plan.

    Parameters
    ----------
    prices
        At which other slots than the plan's own are judged.
    most
        Lines of the plan at most; of more, and of other slots, evenly spread ones are taken.
    """
    gain = space.gains_everywhere(plan, prices)
    gain = np.where(space.rules.base, gain, -np.inf).max(axis=1)
    lines = np.flatnonzero(plan)
    wanted = np.zeros(len(plan), dtype=bool)
    every = 1 if most is None else max(-(-len(lines) // most), 1)
    wanted[lines[::every]] = True
    wanted[np.argsort(-gain, kind="stable")[:PRICED_SLOTS:every]] = True
    return over_columns(space.grid, np.arange(space.grid.shape[1] * space.grid.shape[2]), wanted)


def prices_at(space: Workspace, candidate: Candidate) -> Prices:
    """Prices of all limits at a plan, 0 where the linear programme gives no answer.

    A row that no line prices, because the plan breaks it or just uses it up, gets its natural size.
    """
    linear = linearise(space, candidate, promising(space, candidate.plan, space.no_prices(), PRICED_LINES), near=NEAR)
    try:
        with PriceProgramme(linear, candidate.plan, space.rules.base) as programme:
            found = programme.prices
            if any(rows.any() for rows in programme.priced_by_slack(found)):
                left = space.limits.available[linear.stock.product, linear.stock.period]
                found = programme.eased(A_LITTLE * space.limits.scale, A_LITTLE * left)
            unset, unset_stock = programme.priced_by_slack(found)
    except PriceError:
        return space.no_prices()
    prices = as_prices(space, linear, found)
    prices.scalar[unset] = space.unit.scalar[unset]
    places = linear.stock.product[unset_stock], linear.stock.period[unset_stock]
    prices.stock[places] = space.unit.stock[places]
    return prices


def as_prices(space: Workspace, linear: LinearModel, found: LpPrices) -> Prices:
    """Duals of a linear model's rows as prices of all limits and of stock through time."""
    prices = space.no_prices()
    prices.scalar[:] = found.scalar
    prices.stock[linear.stock.product, linear.stock.period] = found.stock
    return prices

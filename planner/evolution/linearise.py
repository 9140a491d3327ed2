"""Fill the linear model that solvers see: exact effects of every single change, at one plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from constraints.solver.linear import LinearModel, StockRows
from planner.evolution.neighbourhood import Neighbourhood
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Flag, Float

TIGHTEST = 3
"""Rows of one limit (its windows, weeks or months) that solvers see beside those that are broken."""
_DUST = 1e-6
"""Changes of use below this are float32 noise, not use."""


def linearise(
    space: Workspace,
    scored: Candidate,
    hood: Neighbourhood,
    *,
    every_window: bool = False,
    near: float = np.inf,
) -> LinearModel:
    """Gains and uses of all free slots of a neighbourhood.

    Stock enters by each product's tightest moment and by the end of the horizon, a limit with many windows by its
    tightest ones; true evaluation sees all moments.

    Parameters
    ----------
    scored
        The plan to linearise at.
    hood
        Its free slots are the model's.
    every_window
        Take all windows of a limit in, not only its tightest ones.
    near
        Only rows and stock are seen of which at most this share is left; each costs a pass over all columns.
    """
    free = np.flatnonzero(hood.free)
    free = free[np.argsort(hood.slots[free], kind="stable")]
    slots = hood.slots[free]
    gain = space.gains(scored.plan, space.no_prices(), hood)[free]
    finite = np.isfinite(gain)

    def use_of(prices: Prices) -> Float:
        change = -space.gains(scored.plan, prices, hood, objective_weight=0.0)[free]
        return np.where(finite & (np.abs(change) > _DUST), change, 0.0)

    headroom = space.limits.sign * (space.bound - scored.uses)
    seen = np.ones(len(headroom), dtype=bool) if every_window else _seen(space, headroom)
    seen &= headroom <= near * space.limits.scale
    use = [use_of(space.only(row)) if seen[row] else np.zeros(gain.shape) for row in range(len(space.bound))]
    return LinearModel(
        slots=slots,
        gain=gain,
        use=np.stack(use) if use else np.zeros((0, *gain.shape)),
        headroom=headroom,
        stock=_stock_rows(space, scored, use_of, near),
    )


def _seen(space: Workspace, headroom: Float) -> Flag:
    """[L] rows that are broken, or among the tightest of their limit."""
    seen = np.asarray(headroom < 0)
    for rows in space.limits.rows_of.values():
        seen[rows[np.argsort(headroom[rows] / space.limits.scale[rows], kind="stable")[:TIGHTEST]]] = True
    return seen


def _stock_rows(space: Workspace, scored: Candidate, use_of: Callable[[Prices], Float], near: float) -> StockRows:
    products: list[int] = []
    periods: list[int] = []
    headrooms: list[float] = []
    parts = []
    available = space.limits.available
    for product in space.limits.stock_products:
        left = available[product] - scored.stock[product]
        for period in sorted({int(left.argmin()), available.shape[1] - 1}):
            if np.isfinite(near) and left[period] > near * available[product, period]:  # nothing may be available
                continue
            prices = space.no_prices()
            prices.stock[product, period] = 1.0
            change = use_of(prices)
            at, choice = np.nonzero(change)
            parts.append((np.full(len(at), len(products)), at, choice, change[at, choice]))
            products.append(int(product))
            periods.append(period)
            headrooms.append(float(left[period]))
    if not products:
        return StockRows.none()
    return StockRows(
        product=np.array(products),
        period=np.array(periods),
        headroom=np.array(headrooms),
        row=np.concatenate([part[0] for part in parts]),
        slot=np.concatenate([part[1] for part in parts]),
        choice=np.concatenate([part[2] for part in parts]),
        units=np.concatenate([part[3] for part in parts]),
    )

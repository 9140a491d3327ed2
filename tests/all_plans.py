"""Every plan of a tiny grid, evaluated by enumeration: the oracle of bounds and searches."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constraints.limits.book import Limits
from scenarios.response import totals
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.model import Chosen, flows, pair_indices, setting

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


def thin(rng: np.random.Generator, allowed: Bool, most: int) -> Bool:
    """Forbid random choices until at most ``most`` plans are left; every slot keeps one choice, most keep "none"."""
    allowed = allowed.copy()
    while allowed.sum(axis=1).astype(float).prod() > most:
        slot = int(rng.integers(len(allowed)))
        choices = np.flatnonzero(allowed[slot])
        if len(choices) > 1:
            first = 0 if rng.random() < 0.03 else 1
            allowed[slot, rng.choice(choices[first:])] = False
    return allowed


def plans_of(allowed: Bool) -> NDArray[np.int8]:
    """[P, N] every plan that the masks allow."""
    return np.array(list(itertools.product(*(np.flatnonzero(row) for row in allowed))), dtype=np.int8)


def sold_by_all(model: Coefficients, plans: NDArray[np.int8]) -> totals.Sold:
    """`totals.sold_by` for many plans at once, looking tables up by fancy indices."""
    grid = model.grid
    s, k, t = grid.shape
    blocks = grid.split(plans)
    cell, basket = pair_indices(blocks, grid.widths, np)
    here = np.ix_(range(s), range(k), range(t))
    where = np.ix_(range(s), range(t))

    def of_cell(table: Any) -> Float:
        return np.asarray(table[(*here, cell)])

    def of_basket(table: Any) -> Float:
        return np.asarray(table[(*where, basket)])

    cells, orders = model.cells, model.basket
    chosen = Chosen(
        theft=of_cell(cells.theft),
        spill=of_cell(cells.spill),
        reach=of_cell(cells.reach),
        dips=tuple(of_cell(table) for table in cells.dips),
        basket_lift=of_basket(orders.lift),
        basket_reach=of_basket(orders.reach),
    )
    order_names = ("lift", "base_public", "base_targeted", "bump_public", "bump_targeted")
    shares = totals.Shares(
        lift=of_cell(cells.lift),
        lines=totals.LineShares(*(of_cell(getattr(cells, name)) for name in totals.LineShares._fields)),
        beyond=of_cell(cells.beyond),
        **{f"basket_{name}": of_basket(getattr(orders, name)) for name in order_names},
    )
    flow = flows(chosen, setting(model), model, np)
    return totals.sold(model, shares, flow, setting(model), blocks, np)


def gains_and_feasible(
    model: Coefficients, limits: Limits, plans: NDArray[np.int8], *, at_risk: bool = False
) -> tuple[Float, Bool]:
    """[P] objective counted from the empty plan, and whether a plan keeps the limits in the account, but for rounding.

    Limits at risk are left out unless ``at_risk``.
    """
    what = sold_by_all(model, plans)
    objective = objective_functional(model)
    empty = float(totals.evaluate(objective, model, model.grid.empty(), np))
    gains = totals.value(objective, model, what, np) - empty
    kept = np.ones(len(plans), dtype=bool)
    for functional, sign, bound, risk in zip(
        limits.functionals, limits.sign, limits.within_rounding, limits.at_risk, strict=True
    ):
        if at_risk or np.isnan(risk):
            kept &= sign * (totals.value(functional, model, what, np) - bound) <= 1e-9 * (1 + abs(bound))
    stock = np.cumsum(what.units.sum(axis=-3), axis=-1)
    kept &= (stock <= model.available + 1e-9).all(axis=(-2, -1))
    return gains, kept

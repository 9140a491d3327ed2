"""What one targeted offer does for single customers who get it and nothing else, over a stretch of time as one period.

The response model's own entries (`scenarios.response.entries`) with customers in place of segments: the bump, what
products on the same offer take from each other and from their rivals, halo, and what is borrowed from later sales,
charged at full margin. Customers come fresh: no fatigue, and no public offer meets the targeted one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.response.cell_tables import rival_units
from scenarios.response.coefficients import rival_table
from scenarios.response.economics import Economics
from scenarios.response.entries import Surroundings, cell_entries
from scenarios.response.functional import Functional
from scenarios.response.interactions import LIFT_FLOOR, Strengths
from scenarios.response.model import rivalry
from scenarios.response.two_layers import Pair, under_line


@dataclass(frozen=True, kw_only=True, eq=False)
class Surround:
    """What every offer and customer share."""

    grid: Grid
    economics: Economics
    strengths: Strengths
    """Those of all n customers; or each one's own: bought ahead [n, K], rivals' losses [n, 1, 1]."""
    halo: Float
    """[K, K] units of the second product per truly new unit of the first."""
    still_sold: Float
    """[K] share of the periods right after the stretch in which a product is in the range."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OneOffer:
    """What customers buy under an offer, against what they would buy without. n customers."""

    units: Float
    """[n, K] change of units."""
    under: Float
    """[n, K] units under the offer."""
    base_under: Float
    """[n, K] of them, units that would have been bought anyway."""
    charges: Float
    """[n, K] money: later sales borrowed, at full margin."""
    orders: Float
    """[n] change of orders."""
    orders_under: Float
    """[n] orders under the offer."""
    base_orders_under: Float
    """[n]"""


def on_products(around: Surround, base: Float, lift: Float, take_up: Float, per_unit: Float) -> OneOffer:
    """Return what an offer on products does.

    Parameters
    ----------
    base
        [n, K] units of each customer without it.
    lift, take_up
        [n, K]; 0 where the offer does not apply.
    per_unit
        [n, K] orders that a unit stands for.
    """
    cells = base[..., None]
    lift = np.maximum(lift, LIFT_FLOOR)[..., None]
    take = take_up[..., None]
    nothing = np.zeros_like(cells)
    pair = Pair(lift, nothing, take, nothing, nothing, under_line(lift, take, np), nothing)
    rivals = rival_table(around.grid.rival_group)
    count = (rivals < cells.shape[1]).sum(axis=1)[None, :, None]
    ahead = around.strengths.pull_forward[..., None]
    entries = cell_entries(
        pair, nothing, Surroundings(cells, rival_units(cells, rivals), count, ahead, ()), around.strengths, np
    )
    stolen = rivalry(entries.theft, np.ones_like(cells), rivals, np)
    bump = cells * stolen
    sold = bump + np.einsum("njt,jk->nkt", entries.spill * bump, around.halo)
    units = (sold + bump * entries.lift - cells)[..., 0]
    base_under = (sold * take)[..., 0]
    under = base_under + (bump * entries.bump_targeted)[..., 0]
    borrowed = around.strengths.pull_forward * np.maximum(lift, 0.0)[..., 0] * base
    none = np.zeros(len(base))
    return OneOffer(
        units=units,
        under=under,
        base_under=base_under,
        charges=borrowed * around.economics.unit_margin * around.still_sold,
        orders=(per_unit * units).sum(axis=1),
        orders_under=none,
        base_orders_under=none,
    )


def on_baskets(around: Surround, base: Float, lift: Float, take_up: Float, per_unit: Float) -> OneOffer:
    """Return what an offer on orders does; ``lift`` and ``take_up`` [n] are per order, the rest as `on_products`."""
    lift = np.maximum(lift, LIFT_FLOOR)
    orders = (per_unit * base).sum(axis=1)
    units = base * lift[:, None]
    none = np.zeros_like(base)
    return OneOffer(
        units=units,
        under=none,
        base_under=none,
        charges=around.strengths.pull_forward
        * np.maximum(units, 0.0)
        * (around.economics.unit_margin * around.still_sold),
        orders=orders * lift,
        orders_under=orders * (take_up + under_line(lift, take_up, np)),
        base_orders_under=orders * take_up,
    )


def weighed(functional: Functional, sold: OneOffer, choice: int, *, basket: bool) -> Float:
    """Weigh what customers buy under a choice of the targeted layer [n]; fixed costs of lines are left out.

    Parameters
    ----------
    choice
        Number of the choice in its block, at least 1.
    """
    total = sold.units @ functional.cell + sold.charges @ functional.charges + sold.orders * functional.order
    if basket:
        total = total + sold.orders_under * functional.basket_targeted[choice]
        total = total + sold.base_orders_under * functional.basket_targeted_base[choice]
        told = functional.contact_basket[:, choice][:, None]
    else:
        total = total + sold.under @ functional.targeted[:, 0, choice]
        total = total + sold.base_under @ functional.targeted_base[:, 0, choice]
        told = functional.contact_targeted[:, :, choice]
    return np.asarray(total + float(functional.message[(told > 0).any(axis=1)].sum()))

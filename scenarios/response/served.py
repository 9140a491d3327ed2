"""Who is served: what levels of quantity and caps per customer leave of an offer's lift and take-up.

Both enter the tables that are made before the search. A *level of quantity* serves a share of those who want the
offer, as a coverage level reaches a share of the segment. A *cap per customer* leaves each buyer at most so many uses a
period: uses beyond it are sold at the regular price, and the extra units beyond it are not sold at all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.response.economics import units_per_use
from scenarios.response.reachable import covered, told
from scenarios.response.two_layers import under_line


def served(grid: Grid, block: int) -> Float:
    """Share of a segment that each choice of a block serves: coverage x reach x quantity, 0 for none.

    Returns
    -------
    [choices], or [S, choices] where a channel of the block does not reach everybody
    """
    return covered(grid, block) * quantities(grid, block)


def quantities(grid: Grid, block: int) -> Float:
    """[choices] quantity level of each choice of a block, 1 for none and where pieces are not counted."""
    return np.array([1.0] + [choice.quantity for choice in grid.choices[block]])


def demand(base: Float, orders_per_unit: Float, lift: Float, take_up: Float) -> Float:
    """[S, K+1, T, O] uses (in units, in orders of baskets) that each offer alone would find, were everybody served."""
    orders = (orders_per_unit * base).sum(axis=1, keepdims=True)
    return np.asarray(np.concatenate([base, orders], axis=1)[..., None] * (take_up + under_line(lift, take_up, np)))


def in_time(grid: Grid, block: int, wanted: Float, counted_for: Float | None) -> Float:
    """Share of those who want each choice of a block that find a piece.

    Parameters
    ----------
    wanted
        `demand` as it is.
    counted_for
        `demand` that the pieces are a share of; None where it is the same.

    Returns
    -------
    [choices], or [S, K, T, choices] ([S, T, choices] on baskets) where the two differ
        1 for none and where pieces are not counted; a public line's pieces are for all segments together.
    """
    level = quantities(grid, block)
    if counted_for is None:
        return level
    picked = [choice.offer for choice in grid.choices[block]]
    rows = (slice(None), -1) if block >= 2 else (slice(None), slice(0, -1))
    there, here = (table[rows][..., picked] for table in (counted_for, wanted))
    if block % 2 == 0:
        there, here = (np.broadcast_to(table.sum(axis=0), table.shape) for table in (there, here))
    share = np.where(here > 0, level[1:] * there / np.where(here > 0, here, 1.0), 1.0)
    counted = np.array([grid.scenario.offers[number].quantity is not None for number in picked], dtype=bool)
    share = np.where(counted, np.minimum(share, 1.0), 1.0)
    return np.concatenate([np.ones((*share.shape[:-1], 1)), share], axis=-1)


class Served(NamedTuple):
    """Share of a segment that finds each offer of two layers, in time for a piece."""

    public: Float
    """[..., P] or [..., V]; 1 for none, which leaves nobody to come too late."""
    targeted: Float
    """[..., Q] or [..., U] of those who are told; 0 for none. Axes that lead may be 1 long, and stand for all."""


def who_is_served(grid: Grid, blocks: tuple[int, int], wanted: Float, counted_for: Float | None) -> Served:
    """Shares that find the offers of a public and a targeted block; parameters as for `in_time`."""
    contacted = covered(grid, blocks[1])
    if contacted.ndim > 1:  # [S, choices]: the other axes of cells, or of baskets, are between
        contacted = contacted[:, None] if blocks[1] == 3 else contacted[:, None, None]
    public, targeted = (in_time(grid, block, wanted, counted_for) for block in blocks)
    return Served(public, contacted * targeted)


def reach_of(grid: Grid, block: int, found: Served) -> Float:
    """[..., P, Q] share of a segment that a pair of choices of a public ``block`` and its targeted one tires.

    What was sent before tires nobody again.
    """
    public, targeted = found.public * told(grid, block), found.targeted * told(grid, block + 1)
    return np.asarray(np.maximum(public[..., :, None], targeted[..., None, :]))


def tiring(grid: Grid, block: int) -> Float:
    """[choices] or [S, choices] share of a segment that each choice of a block tires: whom it serves and is told to."""
    return served(grid, block) * told(grid, block)


def kept_uses(grid: Grid, baskets: Baskets | None) -> Float:
    """[S, K+1, O] share of the uses under an offer that its cap per customer leaves; 1 without a cap.

    On products it follows from how many units of the product an order holds, a customer being taken to order once a
    period; on baskets from orders per customer that the offer is for, which are taken to fall at random (Poisson).

    Raises
    ------
    ValueError
        Where an offer on products has a cap and there are no baskets; `scenarios.response.capped_offers` says so first.
    """
    s, k, _ = grid.shape
    kept = np.ones((s, k + 1, len(grid.scenario.offers)))
    for number, offer in enumerate(grid.scenario.offers):
        if offer.per_customer is None:
            continue
        for place, segment in enumerate(grid.segments):
            if offer.is_basket:
                uses = 0.0 if baskets is None else baskets.orders_at_least(segment.id, float(offer.spend or 0))
                kept[place, -1, number] = kept_orders(uses / max(segment.customers, 1), offer.per_customer)
                continue
            if baskets is None:
                raise ValueError(f"{offer.id} has a cap per customer, but there are no order quantities")
            for column, product in enumerate(grid.products):
                bins = baskets.quantities_of(segment.id, product.id)
                kept[place, column, number] = _kept(bins, units_per_use(offer, product), offer.per_customer)
    return kept


def _kept(bins: tuple[OrderBin, ...], units_a_use: float, cap: int) -> float:
    """Share of the uses that orders of some sizes keep when each may hold ``cap`` of them; 1 where nobody orders."""
    uses = [(entry.orders, entry.units / units_a_use) for entry in bins]
    total = sum(orders * size for orders, size in uses)
    return sum(orders * min(size, float(cap)) for orders, size in uses) / total if total > 0 else 1.0


def kept_orders(mean: float, cap: int) -> float:
    """Share of the orders that remain when a customer's Poisson number of them, of some mean, is cut at ``cap``."""
    if not (mean > 0):
        return 1.0
    # 1 - exp(-mean) loses its digits where hardly anybody orders, and is 0 below 1e-16: then no order would be left.
    exactly, more, kept = float(np.exp(-mean)), float(-np.expm1(-mean)), 0.0
    for number in range(1, cap + 1):
        # The mean of a count cut at n is the sum of the chances of more than 0, 1, ... n - 1.
        kept += more
        exactly *= mean / number
        more -= exactly
    return float(min(max(kept / mean, 0.0), 1.0))

"""Optimistic bounds on limits slot by slot, so that rules between slots can be asked beside them.

`constraints.infeasible.optimistic` gives every pair of choices of a cell its least value. A pair's value is at least
what its public choice brings with the best targeted one, plus what its targeted choice adds beside the public choice
where it adds least: two sums over slots, equal to the pair's value where layers do not meet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.infeasible.flow_reach import Reach
from constraints.infeasible.optimistic import PairValues
from scenarios.arrays import Float
from scenarios.grid import Grid


@dataclass(frozen=True, kw_only=True, eq=False)
class SlotCosts:
    """A plan's row is at least the sum of what its choices cost, and the rest."""

    cost: Float
    """[N, width]; of choices that no plan holds anything."""
    rest: float


def slot_costs(grid: Grid, values: PairValues, reach: Reach) -> SlotCosts:
    """Split the least values of pairs by their two slots.

    Parameters
    ----------
    values
        Of a row under ``reach``.
    """
    cost = np.zeros((grid.slots, grid.width))
    p, q, v, u = grid.widths
    public, targeted = _split(values.cells.reshape(*values.cells.shape[:3], p, q))
    everybody, chosen = _split(values.baskets.reshape(*values.baskets.shape[:2], v, u))
    for block, (part, open_) in enumerate(
        zip(
            (public, targeted, everybody, chosen),
            (reach.public, reach.targeted, reach.basket_public, reach.basket_targeted),
            strict=True,
        )
    ):
        rows = slice(grid.offsets[block], grid.offsets[block + 1])
        cost[rows, : grid.widths[block]] = np.where(open_, part, 0.0).reshape(-1, grid.widths[block])
    return SlotCosts(cost=cost, rest=values.rest)


def _split(values: Float) -> tuple[Float, Float]:
    """Return what public choices bring, over all segments [..., P], and what targeted ones add [S, ..., Q]."""
    best = values.min(axis=-1)
    known = np.isfinite(best)
    more = np.where(known[..., None], values - np.where(known, best, 0.0)[..., None], np.inf).min(axis=-2)
    return best.sum(axis=0), more

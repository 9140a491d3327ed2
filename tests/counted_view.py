"""Repair's view of one limit on what a plan's lines count together, where no change can be read off single lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenarios.grid import Blocks, Grid


class CountedView:
    """One limit, ``count`` of a plan's blocks; each line is worth 1, and gains come from trying every change."""

    def __init__(self, grid: Grid, count: Callable[[Blocks], float]) -> None:
        self.grid, self._count = grid, count

    def value(self, plans):
        """Return objective [P], use [P, 1] and no stock [P, K, T]."""
        _, k, t = self.grid.shape
        used = np.array([float(self._count(self.grid.split(plan))) for plan in plans])
        return (plans > 0).sum(axis=1).astype(float), used[:, None], np.zeros((len(plans), k, t))

    def gains(self, plan, objective_weight, limit_prices, stock_prices):
        """Return [N, width] what each change adds to the priced objective."""
        slots, choices = np.nonzero(self.grid.allowed_flat)
        plans = np.repeat(plan[None], len(slots) + 1, axis=0)
        plans[np.arange(len(slots)), slots] = choices
        objective, uses, _ = self.value(plans)
        priced = objective_weight * objective - uses @ limit_prices
        table = np.full(self.grid.allowed_flat.shape, -np.inf)
        table[slots, choices] = priced[:-1] - priced[-1]
        return table

    def dropped(self, plan, droppable, objective_weight, limit_prices, stock_prices):  # noqa: D102
        return []  # no whole messages are offered

"""Gains of single changes laid out in the order of a flat plan."""

from __future__ import annotations

import numpy as np

from planner.evaluation.lagrangian import Gains
from scenarios.arrays import Float
from scenarios.grid import Grid


def gains_by_plan(gains: Gains, grid: Grid) -> Float:
    """[N, width] gains of all columns in the order of a flat plan; choices that a block lacks are -inf."""
    s, k, t = grid.shape
    table = np.full((grid.slots, grid.width), -np.inf)
    targeted = np.moveaxis(gains.targeted.reshape(k, t, s, -1), 2, 0).reshape(s * k * t, -1)
    blocks = (gains.public, targeted, gains.basket_public, gains.basket_targeted.reshape(s * t, -1))
    for number, block in enumerate(blocks):
        table[grid.offsets[number] : grid.offsets[number + 1], : block.shape[1]] = block
    return table

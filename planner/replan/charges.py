"""What each change of a running plan must earn, slot by slot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import objective_functional

Float = NDArray[np.float64]


def charges(model: Coefficients, running: NDArray[np.int8], cost: float, kept_back: Float) -> Float:
    """[N] objective that a change of each slot must earn.

    A new line on a product that sells out anyway seems to sell the units that are kept back of it, which quiet sales
    would have sold: it must earn what they are worth, too.

    Parameters
    ----------
    running
        The flat plan [N] that runs.
    cost
        Objective that every change must earn.
    kept_back : [K, T]
        See `scenarios.flight.settled.WithinStock`.
    """
    grid = model.grid
    worth = np.maximum(objective_functional(model).cell, 0.0)[:, None] * kept_back
    asked = np.zeros(grid.slots)
    public, targeted = (slice(*grid.offsets[block : block + 2]) for block in (0, 1))
    asked[public] = worth.ravel()
    asked[targeted] = np.broadcast_to(worth, grid.slot_shapes.targeted).ravel()
    return cost + np.where(running == 0, asked, 0.0)

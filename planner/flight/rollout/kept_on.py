"""The holdout of a re-planned campaign: who was kept out so far is kept out on, or the measurement is spoilt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.archive import Frozen
from scenarios.flight.messages.kept_out import kept_out_customers
from scenarios.grid import Grid
from scenarios.language.words import Layer

UNTOLD = (
    "warning: the actuals that this plan was changed by tell of no holdout: the one drawn here is new, and may hold "
    "customers who were reached already; give --holdout the share of the first rollout, or 0%"
)
"""Said where targeted offers ran before a plan was changed, and nobody tells who was kept out of them."""


def kept_on(frozen: Frozen, grid: Grid, plan: NDArray[np.int8]) -> tuple[tuple[int | None, ...], bool]:
    """Return how many customers of each segment [S] are kept out on, and whether a holdout is missed.

    None stands where a holdout may be sized anew: in a first rollout, and in segments that no targeted offer has
    reached yet. It is missed where such offers ran and the actuals tell of no holdout at all.

    Parameters
    ----------
    plan
        The flat plan [N] that is rolled out.
    """
    nothing = (None,) * len(grid.segments)
    if frozen.flight is None:
        return nothing, False
    reached = {
        line.segment
        for line in grid.lines(plan)
        if line.date <= frozen.flight.locked_until and grid.offer(line.offer).layer is Layer.TARGETED
    }
    told = kept_out_customers(frozen, grid)
    if not told.any():
        return nothing, bool(reached)
    return tuple(
        int(count) if count or segment.id in reached else None
        for count, segment in zip(told.tolist(), grid.segments, strict=True)
    ), False

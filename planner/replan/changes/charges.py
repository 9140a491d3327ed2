"""What each change of a running plan must earn, slot by slot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.totals import sold_by
from scenarios.rounding import to_decimal

CHANGE_SHARE = 0.05
"""What a change must gain where no cost is named, as a share of what an average line of the rest brings."""


def usual_cost(ranked: RankedPlan, free: dt.date, digits: int) -> Decimal:
    """Return what each change must gain where no cost is named: a share of what an average line of the rest brings."""
    worth = [line.contribution for line in ranked.lines if line.period >= free and line.contribution is not None]
    worth = worth or [line.contribution for line in ranked.lines if line.contribution is not None]
    mean = max(float(sum(worth)) / len(worth), 0.0) if worth else 0.0
    return to_decimal(round(CHANGE_SHARE * mean * 10**digits), digits)


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


def freed(
    grid: Grid, tables: Callable[[], Coefficients], running: NDArray[np.int8], kept_back: Float, until: int
) -> Float:
    """[N] objective that lines of a running plan only seem to earn: units kept back, which quiet sales would sell.

    Parameters
    ----------
    tables
        Of the effects whose baselines are cut at stock; made where there is such a line.
    running
        The flat plan [N] that runs.
    kept_back : [K, T]
        See `scenarios.flight.settled.WithinStock`.
    until
        Last period that is locked: lines up to it stay, whatever they earn.
    """
    found, lines = np.zeros(grid.slots), []
    for number in np.flatnonzero(running).tolist():
        slot = grid.slot(number)
        if slot.product is not None and slot.period > until and kept_back[slot.product, slot.period] > 0:
            lines.append((number, slot.product))
    if not lines:
        return found
    model = tables()
    worth = np.maximum(objective_functional(model).cell, 0.0)
    sold = sold_by(model, running, np).units.sum(axis=(0, 2))
    for number, product in lines:
        without = running.copy()
        without[number] = 0
        lost = sold[product] - sold_by(model, without, np).units[:, product].sum()
        found[number] = worth[product] * max(float(lost), 0.0)
    return found
